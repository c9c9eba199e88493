package reports

import (
	"math"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/scenarios"
)

// hopeless says whether a condition over the whole run can no longer be met, whatever becomes of the actions that are
// still to come: even if each of them ended in the way that helps the condition most. Of the planned actions those to come
// are the ones that have not ended. It is exact for what it says and errs on one side alone: an action of which no time
// will be measured is taken as one that could help.
func hopeless(c scenarios.Condition, a amount, planned int64) bool {
	left := max(0, planned-a.ends.outcomes())
	if c.Statistic != "" {
		return hopelessTimes(c, a.spans, left)
	}
	errors, all := a.ends.errors(record.Running)
	if all+left == 0 {
		return false // the run has none of these actions, and its report judges none
	}
	least, most := float64(errors), float64(errors+left)
	if c.Unit == scenarios.Share {
		least, most = least/float64(all+left), most/float64(all+left)
	}
	return outOfReach(c, least, most)
}

// hopelessTimes says so of a percentile: it lies between the one that it would be if all that is left took no time, and
// the one that it would be if all that is left took the longest.
func hopelessTimes(c scenarios.Condition, spans pressed, left int64) bool {
	if len(spans) == 0 {
		return false
	}
	with := func(us int64) float64 {
		h := spans.histogram()
		_ = h.RecordValues(us, left) // both ends of the range are within it
		return float64(h.ValueAtPercentile(percentileOf(c)))
	}
	return outOfReach(c, with(0), with(record.NewHistogram().HighestTrackableValue()))
}

// outOfReach says whether no value from least to most meets the condition.
func outOfReach(c scenarios.Condition, least, most float64) bool {
	switch c.Wants() {
	case -1:
		return !c.Meets(least)
	case 1:
		return !c.Meets(most)
	default:
		return least > c.Bound || most < c.Bound
	}
}

// grown says whether a number that can only grow has grown beyond what a condition allows.
func grown(c scenarios.Condition, v float64) bool { return outOfReach(c, v, math.Inf(1)) }
