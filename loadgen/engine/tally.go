package engine

import (
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// tally gathers the frames of the current second of one attacker. Its memory is used again for every second. Not safe
// for concurrent use.
type tally struct {
	names   []string
	second  int
	sums    []sums          // by operation
	planned map[int][]int64 // by planned second, by operation
	recent  []int64         // the entry of planned that was used last
	at      int             // its second; -1 when there is none
}

// sums are the counts of one operation.
type sums struct {
	used     bool
	planned  int64 // beside those in tally.planned
	fired    int64
	sent     int64
	outcomes [contract.Outcomes]int64
	classes  map[contract.Class]int64
	spans    [spans]buckets
}

// batch is what a tally hands over: the frames of one attacker up to a second.
type batch struct {
	attacker int
	second   int
	frames   []*record.Frame
	last     bool // no more come from this attacker
}

func newTally(names []string) *tally {
	t := &tally{names: names, sums: make([]sums, len(names)), planned: map[int][]int64{}, at: -1}
	for i := range t.sums {
		t.sums[i].classes = map[contract.Class]int64{}
	}
	return t
}

// record counts a finished slot, whose outcome became known at done: its outcome in the current second, that it was
// planned in its own.
func (t *tally) record(s *slot, done time.Duration) {
	sum := t.count(s.op, second(s.planned), s.reply.Outcome, s.reply.Class)
	sum.fired++
	sum.late(s)
	if s.reply.Outcome == contract.NeverSent {
		return
	}
	sum.sent++
	waited, served := response, service
	if s.reply.Outcome == contract.Failed {
		waited, served = failedResponse, failedService
	}
	sum.spans[waited].add(done - s.planned)
	if s.reply.Sent.IsZero() {
		return
	}
	took := s.reply.Done.Sub(s.reply.Sent)
	sum.spans[served].add(took)
	sent := done - took
	if s.reply.Queued.IsZero() {
		sum.spans[lagConnect].add(sent - s.handed)
		return
	}
	queued := done - s.reply.Done.Sub(s.reply.Queued)
	sum.spans[kafkaBuffer].add(queued - s.handed)
	sum.spans[kafkaLinger].add(sent - queued)
	sum.spans[kafkaBroker].add(took)
}

// late counts the generator's lag, and what it is made of.
func (sum *sums) late(s *slot) {
	sum.spans[lag].add(s.lag())
	sum.spans[lagPacer].add(s.entered - s.planned)
	sum.spans[lagHandOff].add(s.taken - s.published)
	if s.handed >= 0 {
		sum.spans[lagWorker].add(s.handed - s.taken)
	}
	if wait := s.wait(); wait > 0 {
		sum.spans[lagLane].add(wait)
	}
}

// count counts one due and its outcome and returns the sums in which it did.
func (t *tally) count(op, plannedIn int, o contract.Outcome, c contract.Class) *sums {
	if plannedIn != t.at {
		t.turnTo(plannedIn)
	}
	t.recent[op]++
	sum := &t.sums[op]
	sum.used = true
	sum.outcomes[o]++
	if c != contract.ClassNone {
		sum.classes[c]++
	}
	return sum
}

// turnTo makes the counts of a planned second the recent ones.
func (t *tally) turnTo(second int) {
	if t.planned[second] == nil {
		t.planned[second] = make([]int64, len(t.names))
	}
	t.recent, t.at = t.planned[second], second
}

// neverSent counts n dues that were left when the run was interrupted. They are all counted into the current second,
// planned ones too: their own seconds were never reached.
func (t *tally) neverSent(op int, n int64) {
	if n == 0 {
		return
	}
	sum := &t.sums[op]
	sum.used = true
	sum.planned += n
	sum.outcomes[contract.NeverSent] += n
	sum.classes[contract.ClassCancelled] += n
}

// take returns all frames and starts afresh. Dues that were planned in earlier seconds give frames of those seconds,
// which hold nothing else.
func (t *tally) take() []*record.Frame {
	var frames []*record.Frame
	for second, counts := range t.planned {
		for op, n := range counts {
			switch {
			case n == 0:
			case second == t.second:
				t.sums[op].used = true
				t.sums[op].planned += n
			default:
				frames = append(frames, &record.Frame{Second: second, Operation: t.names[op], Planned: n})
			}
		}
	}
	clear(t.planned)
	t.at = -1
	for op := range t.sums {
		if t.sums[op].used {
			frames = append(frames, t.sums[op].move(t.second, t.names[op]))
		}
	}
	return frames
}

// move makes a frame of the sums and starts afresh.
func (sum *sums) move(second int, operation string) *record.Frame {
	f := record.NewFrame(second, operation)
	f.Planned, f.Fired, f.Sent = sum.planned, sum.fired, sum.sent
	for o, n := range sum.outcomes {
		if n != 0 {
			f.Outcomes[contract.Outcome(o).String()] = n
		}
	}
	for c, n := range sum.classes {
		f.Classes[string(c)] = n
	}
	clear(sum.classes)
	sum.used, sum.planned, sum.fired, sum.sent, sum.outcomes = false, 0, 0, 0, [contract.Outcomes]int64{}
	for i := range sum.spans {
		b := &sum.spans[i]
		switch {
		case b.empty():
		case span(i) == response:
			b.move(f.Response)
		case span(i) == service:
			b.move(f.Service)
		case span(i) == lag:
			b.move(f.Lag)
		default:
			b.move(f.Part(span(i).part()))
		}
	}
	return f
}
