package reports

import (
	"math"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// Interval is one stretch of the run, the same length for all, at most a few hundred in all. Warm-up is not left out:
// pictures shade it.
type Interval struct {
	CCU       int   // intended, at its end
	InSession int64 // acknowledged starts less acknowledged ends until its end: whom the target has in a session
	Stretch
	Lag        Percentiles
	Parts      map[string]Percentiles // what the times are made of, by the names of record.Frame.Parts
	Classes    map[string]float64     // actions per second that were not acknowledged, by class
	Operations map[string]Stretch     // by name; those of which something is on record
	Heat       []int64                // answers by their response time, in heatBuckets buckets
	Links      map[string]LinkStretch // by transport
	Facts      map[string]float64     // about the generator, by the names of record.Health.Facts: the one farthest from zero
}

// Stretch is what became of actions in an interval. Counts are per second.
type Stretch struct {
	Planned, Sent, Acknowledged, Unacknowledged float64
	Response, Service                           Percentiles
}

// LinkStretch is how the connections of one transport fared in an interval. All but Open are per second.
type LinkStretch struct {
	Open                                 int64 // at its end
	Dials, Errors, Full, Resumed, Reused float64
}

// fill takes what the frames of the interval came to, which lasted so many seconds.
func (i *Interval) fill(all *record.Frame, operations map[string]*record.Frame, width float64) {
	i.Stretch, i.Lag = stretchOf(all, width), percentiles(all.Lag)
	i.Parts, i.Classes, i.Operations = map[string]Percentiles{}, map[string]float64{}, map[string]Stretch{}
	for name, h := range all.Parts {
		if h.TotalCount() > 0 {
			i.Parts[name] = percentiles(h)
		}
	}
	for class, n := range all.Classes {
		i.Classes[class] = float64(n) / width
	}
	if left := left(all); left > 0 {
		i.Classes[string(contract.ClassCancelled)] -= float64(left) / width
	}
	for name, f := range operations {
		i.Operations[name] = stretchOf(f, width)
	}
	i.Heat = heat(all.Response)
}

func stretchOf(f *record.Frame, width float64) Stretch {
	acknowledged, all := f.Outcomes[contract.Acknowledged.String()], int64(0)
	for _, n := range f.Outcomes {
		all += n
	}
	left := left(f)
	all -= left
	return Stretch{
		Planned: float64(f.Planned-left) / width, Sent: float64(f.Sent) / width,
		Acknowledged: float64(acknowledged) / width, Unacknowledged: float64(all-acknowledged) / width,
		Response: percentiles(f.Response), Service: percentiles(f.Service),
	}
}

// left is how much of the plan was still to come when the run was cut short. The engine counts it, planned and never sent,
// into the run's last second; it is part of the sums, but did not happen in that second.
func left(f *record.Frame) int64 {
	return min(f.Planned, f.Outcomes[contract.NeverSent.String()], f.Classes[string(contract.ClassCancelled)])
}

// A heat map's buckets are even on a logarithmic scale, so that a slow minority has as much room as the quick majority:
// ten to a decade, from 10 µs to 100 s. The first and the last also have what lies beyond.
const (
	heatLowest    = 10.0 // µs
	heatPerDecade = 10
	heatBuckets   = 7 * heatPerDecade
)

// heatEdge is the lower end of a bucket in microseconds.
func heatEdge(bucket int) float64 {
	return heatLowest * math.Pow(10, float64(bucket)/heatPerDecade)
}

// heat counts the values of a histogram by bucket; nil when it has none.
func heat(h *hdrhistogram.Histogram) []int64 {
	if h == nil || h.TotalCount() == 0 {
		return nil
	}
	counts := make([]int64, heatBuckets)
	for _, bar := range h.Distribution() {
		if bar.Count > 0 {
			bucket := int(math.Floor(math.Log10(float64(max(bar.To, 1))/heatLowest) * heatPerDecade))
			counts[max(0, min(bucket, heatBuckets-1))] += bar.Count
		}
	}
	return counts
}
