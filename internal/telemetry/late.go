package telemetry

import (
	"maps"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/fitness"
	"github.com/passmuster/muster/internal/record"
)

// window is how many seconds stay open for the frames of slower attackers.
const window = 3

// lateness counts the seconds in which the generator was late, by the rule of the report: the p99 of a second's lag over
// all operations was above the limit, or actions were held up throughout it.
type lateness struct {
	warmup time.Duration
	limit  int64 // µs
	open   map[int]*hdrhistogram.Histogram
	newest int
	last   int // late second; -1 before the first
	count  int
}

func newLateness(warmup, limit time.Duration) *lateness {
	return &lateness{warmup: warmup, limit: limit.Microseconds(), open: map[int]*hdrhistogram.Histogram{}, last: -1}
}

// take adds the lag of a second. What comes for a second that was closed counts as of the oldest open one.
func (l *lateness) take(second int, lag *hdrhistogram.Histogram) {
	if lag == nil || lag.TotalCount() == 0 {
		return
	}
	second = max(second, l.newest-window+1)
	if l.open[second] == nil {
		l.open[second] = record.NewHistogram()
	}
	l.open[second].Merge(lag) // frames have the format's buckets, so nothing is dropped
	if second > l.newest {
		l.newest = second
		l.close(second - window)
	}
}

// close judges every open second up to one, in their order.
func (l *lateness) close(upTo int) {
	for _, second := range slices.Sorted(maps.Keys(l.open)) {
		if second > upTo {
			return
		}
		lag := l.open[second].ValueAtPercentile(99)
		delete(l.open, second)
		l.judge(second, lag)
	}
}

// judge counts a second that was late, and those before it through which its actions were held up.
func (l *lateness) judge(second int, lag int64) {
	if lag <= l.limit || l.warming(second) {
		return
	}
	for s := max(fitness.HeldUpSince(second, time.Duration(lag)*time.Microsecond), l.last+1); s <= second; s++ {
		if !l.warming(s) {
			l.count++
		}
	}
	l.last = max(l.last, second)
}

func (l *lateness) warming(second int) bool { return time.Duration(second)*time.Second < l.warmup }
