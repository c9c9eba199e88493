package telemetry

import (
	"strings"

	"github.com/HdrHistogram/hdrhistogram-go"
	"go.opentelemetry.io/otel/attribute"
)

// mostSeries bounds the series of one metric. A run of both contracts on all transports has about a tenth of it.
const mostSeries = 1024

// other stands for the values of all labels beyond mostSeries.
const other = "other"

// kind is how a metric's values are to be read.
type kind uint8

const (
	counter kind = iota // only grows
	gauge
	histogram // of seconds
)

// family is one metric with all its series.
type family struct {
	name, unit, help string // in OpenTelemetry's terms: dots in the name, the unit by UCUM
	kind             kind
	labels           []string
	run              string // value of the label run, which every series has
	ruler            *ruler

	series map[string]*series // by the values of the labels
	order  []*series          // as they came
}

// series is one metric with one value for each label.
type series struct {
	attributes attribute.Set
	value      float64 // of a counter or a gauge
	tally      tally   // of a histogram
}

// at returns the series with these values of the labels, which it makes when there is none yet.
func (f *family) at(values ...string) *series {
	key := strings.Join(values, "\x00")
	if s := f.series[key]; s != nil {
		return s
	}
	if len(f.series) >= mostSeries {
		for i := range values {
			values[i] = other
		}
		key = strings.Join(values, "\x00")
		if s := f.series[key]; s != nil {
			return s
		}
	}
	attributes := []attribute.KeyValue{attribute.String("run", f.run)}
	for i, v := range values {
		attributes = append(attributes, attribute.String(f.labels[i], strings.ToValidUTF8(v, "?")))
	}
	s := &series{attributes: attribute.NewSet(attributes...)}
	f.series[key] = s
	f.order = append(f.order, s)
	return s
}

// add adds to a counter.
func (f *family) add(n float64, values ...string) { f.at(values...).value += n }

// set sets a gauge.
func (f *family) set(v float64, values ...string) { f.at(values...).value = v }

// fold adds to a histogram. One without any value makes no series.
func (f *family) fold(h *hdrhistogram.Histogram, values ...string) {
	if h != nil && h.TotalCount() > 0 {
		f.at(values...).tally.fold(f.ruler, h)
	}
}
