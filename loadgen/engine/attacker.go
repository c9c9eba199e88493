package engine

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/loadgen/plan"
)

// spawned is how many workers an attacker starts with. More are started when all are busy, up to the cap.
const spawned = 64

// attacker plays one shard of the players through one vegeta Attacker.
type attacker struct {
	*shared
	shard    int
	pacer    *pacer
	slots    []slot
	workers  int64 // cap
	ready    ready
	freed    freed
	answered answered
	answer   *http.Response // to every hit: that its slot was handed over. Nobody writes to it
	nudged   chan struct{}  // tells the drainer to look up
	vitals   vitals

	published atomic.Int64 // handed to the workers; the pacer's
	_         [56]byte     // another writer, another cache line
	results   atomic.Int64 // taken from vegeta; the drainer's
	_         [56]byte
	returned  atomic.Int64 // come back from their drivers; the workers'
	_         [56]byte
	filled    int64   // slots filled so far; the pacer's, until vegeta's results have ended
	unsent    []int64 // by operation; likewise
	leftOver  bool    // likewise

	tally  *tally // this and the rest are the drainer's
	sample Sample // reused for every call of the Sink
	hits   error  // the first hit that never reached the round tripper
}

func newAttacker(r *shared, shard int) (*attacker, error) {
	n := r.MaxInFlight / r.Attackers
	a := &attacker{
		shared: r, shard: shard, workers: int64(min(r.MaxWorkers/r.Attackers, n)),
		ready: newReady(n), freed: newFreed(n), nudged: make(chan struct{}, 1),
		answer: &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody},
		tally:  newTally(r.table.Names()), unsent: make([]int64, len(r.table.Names())),
	}
	a.slots = make([]slot, n)
	for i := range a.slots {
		s := &a.slots[i]
		s.url = slotURL(i)
		s.done = func(reply contract.Reply) { a.reply(uint32(i), reply) }
	}
	mine := r.Plan
	mine.Shard = shard
	timeline, err := plan.NewTimeline(mine)
	if err != nil {
		return nil, err
	}
	a.pacer = newPacer(a, timeline)
	return a, nil
}

// run plays the shard to its end and returns when everything is recorded.
func (a *attacker) run() error {
	results := vegeta.NewAttacker(
		vegeta.Client(&http.Client{Transport: a}), // no Timeout: deadlines are the drivers'
		vegeta.Workers(uint64(min(spawned, a.workers))),
		vegeta.MaxWorkers(uint64(a.workers)),
	).Attack(a.target, a.pacer, 0, "")
	return a.drain(results)
}

// underWay returns how many dues were handed to the workers and are not yet finished.
func (a *attacker) underWay() int64 {
	finished := int64(a.freed.tail.Load())
	return max(0, a.published.Load()-finished)
}

// target is the Targeter: it takes exactly one published slot. The pacer publishes before vegeta wakes a worker, so
// there always is one.
func (a *attacker) target(t *vegeta.Target) error {
	t.Method, t.URL = http.MethodPost, a.slots[a.ready.take()].url
	return nil
}

// RoundTrip is the protocol plane: it hands the slot that the URL names to the driver of its route. What became of it
// comes through the slot.
func (a *attacker) RoundTrip(req *http.Request) (*http.Response, error) {
	i, ok := slotNumber(req.URL.Opaque, len(a.slots))
	if !ok {
		return nil, fmt.Errorf("slot %q, want 0 to %d", req.URL.Opaque, len(a.slots)-1)
	}
	a.fire(&a.slots[i])
	a.returned.Add(1)
	return a.answer, nil
}

// fire renders the action of a slot and hands it to its driver. After that the slot belongs to others.
func (a *attacker) fire(s *slot) {
	route := &a.table.operations[s.op].route
	a.Cast.Act(&s.action, s.due, a.began.Add(s.planned))
	if err := route.Renderer.Render(&s.message, &s.action); err != nil {
		s.handed = -1
		s.done(contract.Reply{Outcome: contract.NeverSent, Class: contract.ClassGenerator, Detail: err.Error()})
		return
	}
	s.message.Player = s.due.Player
	s.handed = a.now()
	route.Driver.Send(a.hard, &s.message, s.done)
}

// reply takes what a driver says about slot i. Where vegeta's result is still to come the drainer learns of it by that.
func (a *attacker) reply(i uint32, r contract.Reply) {
	if r.Done.IsZero() {
		r.Done = time.Now()
	}
	s := &a.slots[i]
	s.reply = r
	if s.add(replied) && a.answered.put(a.slots, i) {
		a.nudge()
	}
}

// nudge has the drainer look up.
func (a *attacker) nudge() {
	select {
	case a.nudged <- struct{}{}:
	default:
	}
}

// backlog returns how many slots were answered and are not yet recorded.
func (a *attacker) backlog() int {
	n := 0
	for i := range a.slots {
		if a.slots[i].state.Load() >= replied {
			n++
		}
	}
	return n
}
