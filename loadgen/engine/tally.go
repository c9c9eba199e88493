package engine

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// tally gathers the frames of the current second of one attacker. Not safe for concurrent use.
type tally struct {
	names   []string
	second  int
	frames  []*record.Frame // by operation; nil until there is something to count
	planned map[int][]int64 // by planned second, by operation
}

// batch is what a tally hands over: the frames of one attacker up to a second.
type batch struct {
	attacker int
	second   int
	frames   []*record.Frame
}

func newTally(names []string) *tally {
	return &tally{names: names, frames: make([]*record.Frame, len(names)), planned: map[int][]int64{}}
}

// record counts a finished slot: its outcome in the current second, that it was planned in its own.
func (t *tally) record(s *slot, plannedIn int) {
	f := t.count(s.op, plannedIn, s.reply.Outcome, s.reply.Class)
	f.Fired++
	observe(f.Lag, s.fired.Sub(s.planned))
	if s.reply.Outcome == contract.NeverSent {
		return
	}
	f.Sent++
	observe(f.Response, s.reply.Done.Sub(s.planned))
	if !s.reply.Sent.IsZero() {
		observe(f.Service, s.reply.Done.Sub(s.reply.Sent))
	}
}

// count counts one due and its outcome and returns the frame in which it did.
func (t *tally) count(op, plannedIn int, o contract.Outcome, c contract.Class) *record.Frame {
	if t.planned[plannedIn] == nil {
		t.planned[plannedIn] = make([]int64, len(t.names))
	}
	t.planned[plannedIn][op]++
	f := t.frame(op)
	f.Outcomes[o.String()]++
	if c != contract.ClassNone {
		f.Classes[string(c)]++
	}
	return f
}

// neverSent counts n dues that were left when the run was interrupted. They are all counted into the current second,
// planned ones too: their own seconds were never reached.
func (t *tally) neverSent(op int, n int64) {
	if n == 0 {
		return
	}
	f := t.frame(op)
	f.Planned += n
	f.Outcomes[contract.NeverSent.String()] += n
	f.Classes[string(contract.ClassCancelled)] += n
}

func (t *tally) frame(op int) *record.Frame {
	if t.frames[op] == nil {
		t.frames[op] = record.NewFrame(t.second, t.names[op])
	}
	return t.frames[op]
}

// take returns all frames and starts afresh. Dues that were planned in earlier seconds give frames of those seconds,
// which hold nothing else.
func (t *tally) take() []*record.Frame {
	for second, counts := range t.planned {
		for op, n := range counts {
			if n == 0 {
				continue
			}
			if second == t.second {
				t.frame(op).Planned += n
				continue
			}
			t.frames = append(t.frames, &record.Frame{Second: second, Operation: t.names[op], Planned: n})
		}
	}
	var frames []*record.Frame
	for i, f := range t.frames {
		if f == nil {
			continue
		}
		if i < len(t.names) {
			f.Second = t.second // later than when it was made, if it grew
		}
		frames = append(frames, f)
	}
	t.frames, t.planned = make([]*record.Frame, len(t.names)), map[int][]int64{}
	return frames
}

// observe records a duration in microseconds. What is outside the histogram's range counts as its end.
func observe(h *hdrhistogram.Histogram, d time.Duration) {
	us := min(max(d.Microseconds(), 0), h.HighestTrackableValue())
	_ = h.RecordValue(us) // it refuses only what is out of range
}
