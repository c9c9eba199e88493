package reports

import (
	"maps"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/scenarios"
)

// amount is what a stretch of a run holds of that which one condition is about.
type amount struct {
	spans pressed   // of times, those after the warm-up
	ends  Operation // how actions ended; their classes only where the condition is about errors
}

// add counts a frame in, if it is of the condition's operation. The amount must not be shared. The frame is left as it is.
// A time is not counted during the warm-up; how actions ended is.
func (a *amount) add(c scenarios.Condition, f *record.Frame, warming bool) {
	if c.OfLedger() || c.Operation != "" && c.Operation != f.Operation {
		return
	}
	a.ends.Acknowledged += f.Outcomes[contract.Acknowledged.String()]
	a.ends.Failed += f.Outcomes[contract.Failed.String()]
	a.ends.Indeterminate += f.Outcomes[contract.Indeterminate.String()]
	a.ends.NeverSent += f.Outcomes[contract.NeverSent.String()]
	if c.Quantity == scenarios.Errors {
		a.ends.Classes = addClasses(a.ends.Classes, f.Classes)
		return
	}
	if h := timesOf(c, f); !warming {
		a.spans = a.spans.plus(press(h))
	}
}

// timesOf returns the histogram of a frame that holds a condition's times. The time of an acknowledgement is that of the
// service: by every transport it begins when the message is on its way, and refusals are left out.
func timesOf(c scenarios.Condition, f *record.Frame) *hdrhistogram.Histogram {
	switch c.Quantity {
	case scenarios.Response:
		return f.Response
	case scenarios.Visible:
		return f.Parts[record.KafkaSeen]
	default:
		return f.Service
	}
}

// plus returns the sum of two amounts, which it leaves as they are and may share.
func (a amount) plus(b amount) amount {
	sum := amount{spans: a.spans.plus(b.spans), ends: a.ends}
	sum.ends.Acknowledged += b.ends.Acknowledged
	sum.ends.Failed += b.ends.Failed
	sum.ends.Indeterminate += b.ends.Indeterminate
	sum.ends.NeverSent += b.ends.NeverSent
	if len(a.ends.Classes)+len(b.ends.Classes) > 0 {
		sum.ends.Classes = addClasses(maps.Clone(a.ends.Classes), b.ends.Classes)
	}
	return sum
}

func addClasses(to, from map[string]int64) map[string]int64 {
	if to == nil {
		to = map[string]int64{}
	}
	for name, n := range from {
		to[name] += n
	}
	return to
}

// value returns what a condition measures of the amount, and of how many actions (or events, of those that were seen); of
// none there is no value. Ended says how the run ended.
func (a amount) value(c scenarios.Condition, ended string) (v float64, of int64) {
	if c.Statistic != "" {
		h := a.spans.histogram()
		if h == nil {
			return 0, 0
		}
		return float64(h.ValueAtPercentile(percentileOf(c))), h.TotalCount()
	}
	errors, all := a.ends.errors(ended)
	switch {
	case all == 0:
		return 0, 0
	case c.Unit == scenarios.Share:
		return float64(errors) / float64(all), all
	default:
		return float64(errors), all
	}
}

// empty says whether there is nothing in the amount.
func (a amount) empty() bool {
	return len(a.spans) == 0 && a.ends.outcomes() == 0 && len(a.ends.Classes) == 0
}

// unitOf is what the values of a condition are counted in.
func unitOf(c scenarios.Condition) string {
	if c.Quantity == scenarios.Visible {
		return "event"
	}
	return "action"
}

func percentileOf(c scenarios.Condition) float64 {
	return map[string]float64{"p50": 50, "p90": 90, "p99": 99, "p99.9": 99.9, "max": 100}[c.Statistic]
}
