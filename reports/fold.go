package reports

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/record"
)

// mostIntervals bounds the timeline, so that a picture of a long run stays a picture.
const mostIntervals = 480

// What counts as late when the plan does not say.
const (
	defaultMaxLag    = 250 * time.Millisecond
	defaultLateShare = 0.1
)

// fold goes once over the frames in their order and keeps sums: by operation, by interval and, for the lag alone, by
// second. It holds a handful of frames at a time, whatever the length of the run.
type fold struct {
	warmup    time.Duration
	maxLag    int64 // µs
	lateShare float64
	width     int // seconds of an interval

	totals   map[string]*record.Frame // counts of the whole run, histograms of what came after the warm-up
	timeline []Interval
	late     []int        // seconds after the warm-up in which the generator was late, in order
	active   map[int]bool // seconds after the warm-up in which anything was fired or held up
	touched  map[int]bool // those of them in which the lag is such that a known cause had an effect, or muster could not send
	waited   []int        // those of them in which actions waited as long for a connection

	second, interval int           // under way; -1 before the first
	lag              *record.Frame // of the second under way
	sum              *record.Frame // of the interval under way, of all operations

	sums map[string]*record.Frame // of the interval under way, by operation
}

func newFold(plan *record.LoadPlan, seconds int) *fold {
	f := &fold{
		warmup: plan.Warmup, maxLag: plan.MaxLag.Microseconds(), lateShare: plan.LateShare,
		totals: map[string]*record.Frame{}, late: []int{}, active: map[int]bool{}, touched: map[int]bool{}, second: -1, interval: -1,
	}
	if plan.MaxLag <= 0 {
		f.maxLag, f.lateShare = defaultMaxLag.Microseconds(), defaultLateShare
	}
	f.width = max(1, (seconds+mostIntervals-1)/mostIntervals)
	f.timeline = make([]Interval, (seconds+f.width-1)/f.width)
	for i := range f.timeline {
		if last := min((i+1)*f.width, len(plan.CCU)) - 1; last >= 0 && i*f.width < len(plan.CCU) {
			f.timeline[i].CCU = plan.CCU[last]
		}
	}
	return f
}

// read folds all frames of the run and returns what could not be merged.
func (f *fold) read(run *record.Run) []record.Problem {
	var problems []record.Problem
	for frame, err := range run.Frames() {
		if err == nil {
			err = f.add(frame)
		}
		if err != nil {
			problems = append(problems, record.Problem{File: record.FramesFile, Text: err.Error()})
		}
	}
	f.closeSecond()
	f.closeInterval()
	return problems
}

// add folds in one frame, which it may change.
func (f *fold) add(frame *record.Frame) error {
	f.advance(frame.Second)
	if err := f.sum.Merge(frame); err != nil {
		return err
	}
	if err := sumFor(f.sums, frame.Operation).Merge(frame); err != nil {
		return err
	}
	if err := f.lag.Merge(&record.Frame{Lag: frame.Lag, Classes: frame.Classes, Parts: part(frame, record.LagConnect)}); err != nil {
		return err
	}
	if f.warming(frame.Second) {
		frame.Response, frame.Service, frame.Lag, frame.Parts = nil, nil, nil, nil
	}
	return sumFor(f.totals, frame.Operation).Merge(frame)
}

// sumFor returns the sum of an operation, which it adds when there is none yet.
func sumFor(sums map[string]*record.Frame, operation string) *record.Frame {
	if sums[operation] == nil {
		sums[operation] = record.NewFrame(0, operation)
	}
	return sums[operation]
}

// part returns one part of a frame alone, if it is there.
func part(frame *record.Frame, name string) map[string]*hdrhistogram.Histogram {
	if h := frame.Parts[name]; h != nil {
		return map[string]*hdrhistogram.Histogram{name: h}
	}
	return nil
}

// warming says whether a second began during the warm-up.
func (f *fold) warming(second int) bool { return time.Duration(second)*time.Second < f.warmup }

// advance closes the second and the interval under way when second lies beyond them.
func (f *fold) advance(second int) {
	if second != f.second {
		f.closeSecond()
		f.second, f.lag = second, record.NewFrame(second, "all")
	}
	if interval := second / f.width; interval != f.interval {
		f.closeInterval()
		f.interval, f.sum, f.sums = interval, record.NewFrame(second, "all"), map[string]*record.Frame{}
	}
}

// closeSecond judges the second under way. What was fired seconds late was held up in all the seconds between, in which
// perhaps nothing was fired at all: these are late too, or a generator that stood still would have one late second.
func (f *fold) closeSecond() {
	if f.second < 0 || f.warming(f.second) {
		return
	}
	lag := f.lag.Lag.ValueAtPercentile(99)
	since := f.second - int(time.Duration(lag)*time.Microsecond/time.Second) + 1
	f.touch(lag, since)
	if f.lag.Lag.TotalCount() == 0 {
		return
	}
	f.active[f.second] = true
	if lag <= f.maxLag {
		return
	}
	if n := len(f.late); n > 0 {
		since = max(since, f.late[n-1]+1)
	}
	for second := max(0, min(since, f.second)); second <= f.second; second++ {
		if !f.warming(second) {
			f.late, f.active[second] = append(f.late, second), true
		}
	}
}

// touch marks the second under way, and those in which its actions were held up, if there was an effect; and whether
// actions waited for connections.
func (f *fold) touch(lag int64, since int) {
	if f.lag.Classes[generatorClass] > 0 {
		f.touched[f.second] = true
	}
	if at(f.lag.Parts[record.LagConnect], 99) > effectLag(f.maxLag) {
		f.waited = append(f.waited, f.second)
	}
	if lag <= effectLag(f.maxLag) {
		return
	}
	for second := max(0, min(since, f.second)); second <= f.second; second++ {
		if !f.warming(second) {
			f.touched[second] = true
		}
	}
}

func (f *fold) closeInterval() {
	if f.interval < 0 || f.interval >= len(f.timeline) {
		return
	}
	f.timeline[f.interval].fill(f.sum, f.sums, float64(f.width))
}

func at(h *hdrhistogram.Histogram, percentile float64) int64 {
	if h == nil {
		return 0
	}
	return h.ValueAtPercentile(percentile)
}
