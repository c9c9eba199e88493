package engine

import (
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/loadgen/plan"
)

// spawned is how many workers an attacker starts with. More are started when all are busy, up to one for each slot.
const spawned = 64

// attacker plays one shard of the players through one vegeta Attacker. All its channels have room for every slot, so
// that nobody who hands a slot on ever blocks.
type attacker struct {
	*shared
	shard     int
	pacer     *pacer
	slots     []slot
	lanes     *lanes
	free      chan uint32 // not in use
	ready     chan uint32 // published by the pacer, for the workers
	completed chan uint32 // outcome known, for the drainer
	unblocked chan uint32 // the player's earlier action is done, for the pacer
	settled   chan struct{}
	busy      atomic.Int64 // workers between taking a slot and being ready for the next
	taken     atomic.Int64 // slots filled so far
	tally     *tally
	sample    Sample  // reused for every call of the Sink
	unsent    []int64 // by operation, set when the pacer has ended
	leftOver  bool
	coarse    int64 // seconds merged into the next
}

func newAttacker(r *shared, shard int) (*attacker, error) {
	n := r.MaxInFlight / r.Attackers
	a := &attacker{
		shared:    r,
		shard:     shard,
		free:      make(chan uint32, n),
		ready:     make(chan uint32, n),
		completed: make(chan uint32, n),
		unblocked: make(chan uint32, n),
		settled:   make(chan struct{}),
		tally:     newTally(r.table.Names()),
		unsent:    make([]int64, len(r.table.Names())),
	}
	a.slots = newSlots(n, a.completed)
	for i := range a.slots {
		a.free <- uint32(i)
	}
	mine := r.Plan
	mine.Shard = shard
	timeline, err := plan.NewTimeline(mine)
	if err != nil {
		return nil, err
	}
	a.lanes = newLanes(timeline.Players())
	a.pacer = &pacer{attacker: a, timeline: timeline, timer: time.NewTimer(time.Hour)}
	return a, nil
}

// run plays the shard to its end and returns when everything is recorded.
func (a *attacker) run() error {
	defer a.pacer.timer.Stop()
	drained := make(chan error, 1)
	go func() { drained <- a.drain() }()
	results := vegeta.NewAttacker(
		vegeta.Client(&http.Client{Transport: a}), // no Timeout: deadlines are the drivers'
		vegeta.Workers(min(spawned, uint64(len(a.slots)))),
		vegeta.MaxWorkers(uint64(len(a.slots))),
		vegeta.MaxBody(0),
	).Attack(a.target, a.pacer, 0, "")
	err := a.discard(results)
	close(a.settled)
	if drainErr := <-drained; drainErr != nil {
		return drainErr
	}
	return err
}

// discard takes vegeta's own results until the attack is over. They say nothing that a slot does not say better; only
// a hit that never reached the round tripper would show here alone.
func (a *attacker) discard(results <-chan *vegeta.Result) (err error) {
	for {
		select {
		case r, ok := <-results:
			if !ok {
				return err
			}
			a.busy.Add(-1)
			if r.Error != "" && err == nil {
				err = fmt.Errorf("engine: hit %d: %s", r.Seq, r.Error)
			}
		case <-a.given:
			return err
		}
	}
}

// target is the Targeter: it takes exactly one published slot. The pacer publishes before vegeta wakes a worker, so
// there always is one.
func (a *attacker) target(t *vegeta.Target) error {
	a.busy.Add(1)
	t.Method, t.URL = http.MethodPost, a.slots[<-a.ready].url
	return nil
}

// RoundTrip is the protocol plane: it hands the slot that the URL names to the driver of its route. The response only
// says that the slot was handed over; what became of it comes through the slot.
func (a *attacker) RoundTrip(req *http.Request) (*http.Response, error) {
	i, err := strconv.ParseUint(req.URL.Fragment, 10, 32)
	if err != nil || i >= uint64(len(a.slots)) {
		return nil, fmt.Errorf("slot %q, want 0 to %d", req.URL.Fragment, len(a.slots)-1)
	}
	a.fire(&a.slots[i])
	return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody, Request: req}, nil
}

// fire renders the action of a slot and hands it to its driver. After that the slot belongs to others.
func (a *attacker) fire(s *slot) {
	if s.fired.IsZero() {
		s.fired = time.Now()
	}
	route := &a.table.operations[s.op].route
	a.Cast.Act(&s.action, s.due, s.planned)
	if err := route.Renderer.Render(&s.message, &s.action); err != nil {
		s.done(contract.Reply{Outcome: contract.NeverSent, Class: contract.ClassGenerator, Detail: err.Error()})
		return
	}
	route.Driver.Send(a.hard, &s.message, s.done)
}
