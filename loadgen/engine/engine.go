// Package engine fires the dues of a plan on time and measures what becomes of them. It is the only importer of vegeta.
//
// A plan, players and routes flow in; frames of measurements flow out once a second, and every finished due to a Sink.
// The package imports internal/contract, internal/transport, internal/record, loadgen/plan and loadgen/player.
//
// # How vegeta drives
//
// The players are divided among one or more Attackers. In each, our Pacer is the clock: it blocks until the next due's
// planned instant, takes a free slot and publishes exactly one due. Our Targeter takes exactly one and names its slot in
// a URL. Our RoundTripper finds the slot, renders the action and hands it to the driver of its route; nothing that vegeta
// adds reaches the wire. A slot is finished when vegeta's result and the driver's reply have both come, in whatever
// order. One drainer records it and gives it back to the pacer; it does no I/O.
//
// Each thing has one owner, so there are no locks: the free slots and the lanes are the pacer's, the tally is the
// drainer's, and three queues hand slots on (ready to the workers, answered to the drainer, freed to the pacer).
//
// # Late, but never different
//
// The schedule is absolute: what is late is fired at once, and nothing is dropped or moved. When all slots are taken
// dues wait, which is counted and shows as lag. One thing may wait for the target: actions of one player within one
// lane (his session, his events) go out one after the other, as they would from a game. A due that waits for its
// player's earlier one counts as fired on time; the wait shows in its response time, and as a part of its own.
//
// # Clocks
//
// Every instant is a time.Duration since the beginning of the run, by the monotonic clock. Per due the engine reads the
// clock once, when the message is handed to its driver; when it was published and taken up it learns from the readings
// that vegeta makes anyway, and the driver stamps when it was sent and done.
package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// settle is how long after Grace a driver may take to honour the end of its context.
const settle = 5 * time.Second

// mostAttackers is how many attackers are made when the number is not given: more only get in the target's way.
const mostAttackers = 4

// backlog bounds the batches of one attacker that wait to be written.
const backlog = 4

// shared is what the attackers of one run share.
type shared struct {
	Config
	table     *Table
	attackers []*attacker
	began     time.Time
	ctx       context.Context // ends with the caller's, or when frames cannot be written: no new dues
	stop      context.CancelCauseFunc
	stopping  atomic.Bool     // ctx has ended
	hard      context.Context // ends Grace after the last due: what is under way is cancelled
	kill      context.CancelFunc
	givenUp   atomic.Bool  // settle after that: a driver that keeps a message is left alone with it
	playing   atomic.Int64 // attackers that have dues left
	mu        sync.Mutex
	timers    []*time.Timer

	batches chan batch
	room    chan struct{} // holds one token for each batch that is not yet written
}

// Run plays the plan to its end, or until ctx ends: then no new due is fired, what is under way is awaited for Grace,
// and the rest of the plan is counted as never sent. The error is about the engine itself; what the target does is in
// the frames.
func Run(ctx context.Context, c Config) (Result, error) {
	r, err := newShared(ctx, c)
	if err != nil {
		return Result{}, err
	}
	defer r.stop(nil)
	defer r.kill()
	if err := r.newAttackers(); err != nil {
		return Result{}, err
	}
	r.began = time.Now()
	if r.Started != nil {
		r.Started(r.began)
	}
	defer context.AfterFunc(r.ctx, func() { r.stopping.Store(true); r.wake() })()
	collected := make(chan error, 1)
	go func() { collected <- newCollector(r).run() }()
	errs := make([]error, len(r.attackers))
	var wg sync.WaitGroup
	for i, a := range r.attackers {
		wg.Go(func() { errs[i] = a.run() })
	}
	wg.Wait()
	r.endTimers()
	close(r.batches)
	errs = append(errs, <-collected)
	return r.result(), errors.Join(errs...)
}

func newShared(ctx context.Context, c Config) (*shared, error) {
	c = c.withDefaults()
	if c.TimeScale < 0 || c.MaxInFlight < c.Attackers || c.MaxWorkers < c.Attackers {
		return nil, fmt.Errorf("engine: time scale %v, %d in flight and %d workers for %d attackers, want a positive scale, a slot and a worker each at least",
			c.TimeScale, c.MaxInFlight, c.MaxWorkers, c.Attackers)
	}
	r := &shared{Config: c, table: NewTable(c.Routes)}
	if len(r.table.Names()) == 0 {
		return nil, errors.New("engine: no route carries any action")
	}
	r.batches, r.room = make(chan batch, backlog*c.Attackers), make(chan struct{}, backlog*c.Attackers)
	r.playing.Store(int64(c.Attackers))
	r.ctx, r.stop = context.WithCancelCause(ctx)
	r.hard, r.kill = context.WithCancel(context.WithoutCancel(ctx))
	return r, nil
}

func (c Config) withDefaults() Config {
	if c.TimeScale == 0 {
		c.TimeScale = 1
	}
	if c.Grace == 0 {
		c.Grace = 30 * time.Second
	}
	if c.MaxInFlight == 0 {
		c.MaxInFlight = 4096
	}
	if c.MaxWorkers == 0 {
		c.MaxWorkers = c.MaxInFlight
	}
	if c.Attackers <= 0 {
		c.Attackers = min(max(1, runtime.GOMAXPROCS(0)-1), mostAttackers, c.MaxInFlight, c.MaxWorkers)
	}
	if c.waiter == nil {
		c.waiter = c.Pacing.waiter
	}
	c.Plan.Shards = c.Attackers
	return c
}

// newAttackers makes the attackers beside each other: laying out the players takes a moment when there are millions.
func (r *shared) newAttackers() error {
	r.attackers = make([]*attacker, r.Attackers)
	errs := make([]error, r.Attackers)
	var wg sync.WaitGroup
	for i := range r.attackers {
		wg.Go(func() { r.attackers[i], errs[i] = newAttacker(r, i) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// last is called by each attacker when it takes no more dues. The last one starts the clock for what is under way.
func (r *shared) last() {
	if r.playing.Add(-1) > 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.timers = []*time.Timer{
		time.AfterFunc(r.Grace, r.kill),
		time.AfterFunc(r.Grace+settle, func() { r.givenUp.Store(true); r.wake() }),
	}
}

// wake has every pacer and drainer look up.
func (r *shared) wake() {
	for _, a := range r.attackers {
		a.pacer.waiter.wake()
		a.nudge()
	}
}

func (r *shared) endTimers() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.timers {
		t.Stop()
	}
}

// now returns the time since the beginning of the run.
func (r *shared) now() time.Duration { return time.Since(r.began) }

// since returns the instant of a clock reading as the time since the beginning of the run.
func (r *shared) since(t time.Time) time.Duration { return t.Sub(r.began) }

// onWall returns how long after the beginning of the run a plan instant lies.
func (r *shared) onWall(at time.Duration) time.Duration {
	if r.TimeScale == 1 {
		return at
	}
	return time.Duration(float64(at) / r.TimeScale)
}

// second returns the wall second in which an instant lies.
func second(at time.Duration) int { return max(0, int(at/time.Second)) }

func (r *shared) result() Result {
	result := Result{Began: r.began, Finished: time.Now(), Attackers: len(r.attackers)}
	for _, a := range r.attackers {
		result.Interrupted = result.Interrupted || a.leftOver
		result.PeakInFlight += int(a.vitals.peak.Load())
		result.SlotsExhausted += a.vitals.exhausted.Load()
		result.WorkersAtCap += a.vitals.atCap.Load()
		result.CoarseFrames += a.vitals.coarse.Load()
	}
	return result
}
