package compare

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// side is one run: for each operation and clock, what was measured in each second after the warm-up.
type side struct {
	seconds int // after the warm-up
	series  map[series]*track
	errors  map[string]*shares // by operation
}

// series names what is compared.
type series struct {
	operation string
	clock     string
}

// The two clocks, and what is not measured by a clock.
const (
	Response = "response"
	Service  = "service"
	Errors   = "errors"
)

// track is the counts of a series, by second and bucket.
type track struct {
	counts [][]int64 // by second; nil where nothing was measured
	total  int64
}

// shares is how many actions of an operation had an outcome, and how many were not acknowledged, by second.
type shares struct{ all, bad []int64 }

// farthest is how long after a plan's end something may still become of its actions. A frame that claims to be of a later
// second is damaged, and there must be no room made for all the seconds that would lie between.
const farthest = 24 * time.Hour

// read gathers a run. Frames that cannot be merged are an error: a comparison of half the evidence is none.
func read(run *record.Run) (*side, error) {
	if run.Manifest.Load == nil {
		return nil, fmt.Errorf("compare %s: the run has no load half", run.Dir)
	}
	if most := int((run.Manifest.Load.PlannedWall + farthest) / time.Second); run.Seconds() > most {
		return nil, fmt.Errorf("compare %s: %s has a frame of second %d, want at most %d, a day after the plan's end: the frame is damaged",
			run.Dir, record.FramesFile, run.Seconds()-1, most-1)
	}
	s, err := gather(run.Frames(), run.Seconds(), run.Manifest.Load.Warmup)
	if err != nil {
		return nil, fmt.Errorf("compare %s: %w", run.Dir, err)
	}
	return s, nil
}

// gather takes up the frames of so many seconds, but for those of the warm-up.
func gather(frames iter.Seq2[*record.Frame, error], seconds int, warmup time.Duration) (*side, error) {
	skip := int((warmup + time.Second - 1) / time.Second)
	s := &side{seconds: max(0, seconds-skip), series: map[series]*track{}, errors: map[string]*shares{}}
	for frame, err := range frames {
		if err != nil {
			return nil, err
		}
		if second := frame.Second - skip; second >= 0 {
			s.add(second, frame)
		}
	}
	if len(s.series) == 0 {
		return nil, errors.New("nothing was measured after the warm-up")
	}
	return s, nil
}

func (s *side) add(second int, f *record.Frame) {
	s.measure(series{f.Operation, Response}, second, f.Response)
	s.measure(series{f.Operation, Service}, second, f.Service)
	e := s.errors[f.Operation]
	if e == nil {
		e = &shares{make([]int64, s.seconds), make([]int64, s.seconds)}
		s.errors[f.Operation] = e
	}
	for outcome, n := range f.Outcomes {
		e.all[second] += n
		if outcome != contract.Acknowledged.String() {
			e.bad[second] += n
		}
	}
}

func (s *side) measure(what series, second int, h *hdrhistogram.Histogram) {
	if h == nil || h.TotalCount() == 0 {
		return
	}
	t := s.series[what]
	if t == nil {
		t = &track{counts: make([][]int64, s.seconds)}
		s.series[what] = t
	}
	t.counts[second] = trimmed(h.Export().Counts)
	t.total += h.TotalCount()
}

// trimmed leaves out the empty buckets at the end.
func trimmed(counts []int64) []int64 {
	end := len(counts)
	for end > 0 && counts[end-1] == 0 {
		end--
	}
	return slices.Clone(counts[:end])
}
