package telemetry

import (
	"context"
	"slices"
	"time"

	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// scope names where the metrics come from.
const scope = "github.com/passmuster/muster/internal/telemetry"

// Produce implements the SDK's metric.Producer: every series as of now, cumulative from the State's beginning. What it
// returns shares nothing with the State.
func (s *State) Produce(context.Context) ([]metricdata.ScopeMetrics, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	scoped := metricdata.ScopeMetrics{Scope: instrumentation.Scope{Name: scope}}
	for _, f := range s.metrics.all {
		if len(f.order) > 0 {
			scoped.Metrics = append(scoped.Metrics, metricdata.Metrics{Name: f.name, Description: f.help, Unit: f.unit, Data: f.data(s.began, now)})
		}
	}
	return []metricdata.ScopeMetrics{scoped}, nil
}

// data returns the points of a metric.
func (f *family) data(began, now time.Time) metricdata.Aggregation {
	switch f.kind {
	case counter:
		return metricdata.Sum[float64]{Temporality: metricdata.CumulativeTemporality, IsMonotonic: true, DataPoints: f.points(began, now)}
	case gauge:
		return metricdata.Gauge[float64]{DataPoints: f.points(began, now)}
	default:
		return metricdata.Histogram[float64]{Temporality: metricdata.CumulativeTemporality, DataPoints: f.histograms(began, now)}
	}
}

func (f *family) points(began, now time.Time) []metricdata.DataPoint[float64] {
	points := make([]metricdata.DataPoint[float64], len(f.order))
	for i, s := range f.order {
		points[i] = metricdata.DataPoint[float64]{Attributes: s.attributes, StartTime: began, Time: now, Value: s.value}
	}
	return points
}

func (f *family) histograms(began, now time.Time) []metricdata.HistogramDataPoint[float64] {
	points := make([]metricdata.HistogramDataPoint[float64], len(f.order))
	for i, s := range f.order {
		points[i] = metricdata.HistogramDataPoint[float64]{
			Attributes: s.attributes, StartTime: began, Time: now,
			Count: s.tally.count, Sum: s.tally.sum, Bounds: f.ruler.bounds, BucketCounts: slices.Clone(s.tally.buckets),
		}
	}
	return points
}
