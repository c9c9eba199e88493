package reports

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/fitness"
	"github.com/passmuster/muster/internal/record"
)

// defaultLateShare is the share of late seconds that makes a run invalid when the plan does not say.
const defaultLateShare = 0.1

// lateness keeps what says in which seconds the generator was late, in whatever order it comes. It takes some hundred bytes
// for each second.
type lateness struct {
	warmup    time.Duration
	maxLag    int64 // µs
	lateShare float64
	seconds   []lagSecond // in their order
}

// lagSecond is one second over all operations.
type lagSecond struct {
	second       int
	lag, connect pressed // connect is the part of lag that was waited for a connection
	unsent       bool    // there was something that muster itself could not send

	reckoned           bool // the figures below are of all of the above
	lagP99, connectP99 int64
}

// lates are seconds after the warm-up.
type lates struct {
	late    []int        // the generator was late in them; in order
	active  int          // in how many anything was fired or held up
	touched map[int]bool // the lag is such that a known cause had an effect, or muster could not send
	waited  []int        // actions waited as long for a connection; in order
}

func newLateness(plan *record.LoadPlan) *lateness {
	l := &lateness{warmup: plan.Warmup, maxLag: plan.MaxLag.Microseconds(), lateShare: plan.LateShare}
	if plan.MaxLag <= 0 {
		l.maxLag, l.lateShare = fitness.DefaultMaxLag.Microseconds(), defaultLateShare
	}
	return l
}

// warming says whether a second began during the warm-up.
func (l *lateness) warming(second int) bool { return time.Duration(second)*time.Second < l.warmup }

// add takes a frame, of which it keeps nothing, and the same one pressed.
func (l *lateness) add(f *record.Frame, small squeezed) {
	if l.warming(f.Second) {
		return
	}
	i, known := l.find(f.Second)
	if !known {
		l.seconds = slices.Insert(l.seconds, i, lagSecond{second: f.Second})
	}
	s := &l.seconds[i]
	s.lag, s.connect = s.lag.plus(small.lag), s.connect.plus(small.parts[record.LagConnect])
	s.unsent, s.reckoned = s.unsent || f.Classes[generatorClass] > 0, false
}

// lates judges all seconds.
func (l *lateness) lates() lates {
	r := lates{late: []int{}, touched: map[int]bool{}}
	for i := range l.seconds {
		s := &l.seconds[i]
		s.reckon()
		l.judge(s, &r)
	}
	l.touch(r.touched)
	return r
}

func (s *lagSecond) reckon() {
	if !s.reckoned {
		s.lagP99, s.connectP99, s.reckoned = at(s.lag.histogram(), 99), at(s.connect.histogram(), 99), true
	}
}

// since is the first second in which the second's actions were held up.
func (s *lagSecond) since() int {
	return fitness.HeldUpSince(s.second, time.Duration(s.lagP99)*time.Microsecond)
}

// judge says of one second, after those before it, whether the generator was late and whether actions waited for
// connections.
func (l *lateness) judge(s *lagSecond, r *lates) {
	if s.connectP99 > effectLag(l.maxLag) {
		r.waited = append(r.waited, s.second)
	}
	if len(s.lag) == 0 {
		return
	}
	r.active++
	if s.lagP99 <= l.maxLag {
		return
	}
	since := s.since()
	if n := len(r.late); n > 0 {
		since = max(since, r.late[n-1]+1)
	}
	for second := since; second <= s.second; second++ {
		if l.warming(second) {
			continue
		}
		r.late = append(r.late, second)
		if !l.fired(second) {
			r.active++ // held up
		}
	}
}

// fired says whether anything was fired in a second after the warm-up.
func (l *lateness) fired(second int) bool {
	i, known := l.find(second)
	return known && len(l.seconds[i].lag) > 0
}

// find returns where a second is, or where it would be.
func (l *lateness) find(second int) (int, bool) {
	return slices.BinarySearchFunc(l.seconds, second, func(s lagSecond, second int) int { return cmp.Compare(s.second, second) })
}

// touch marks the seconds in which there was an effect, and those in which their actions were held up. It goes backwards,
// so that no second is looked at twice however long actions were held up.
func (l *lateness) touch(touched map[int]bool) {
	marked := math.MaxInt // nothing before it was looked at
	for _, s := range slices.Backward(l.seconds) {
		if s.unsent {
			touched[s.second] = true
		}
		if s.lagP99 <= effectLag(l.maxLag) {
			continue
		}
		for second := min(s.second, marked-1); second >= s.since(); second-- {
			if !l.warming(second) {
				touched[second] = true
			}
		}
		marked = min(marked, s.since())
	}
}

func at(h *hdrhistogram.Histogram, percentile float64) int64 {
	if h == nil {
		return 0
	}
	return h.ValueAtPercentile(percentile)
}
