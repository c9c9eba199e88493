// Package engine fires the dues of a plan on time and measures what becomes of them. It is the only importer of vegeta.
//
// A plan, players and routes flow in; frames of measurements flow out once a second, and every finished due to a Sink.
// The package imports internal/contract, internal/transport, internal/record, loadgen/plan and loadgen/player.
//
// # How vegeta drives
//
// The players are divided among one or more Attackers. In each, our Pacer is the clock: it blocks until the next due's
// planned instant, takes a slot from a bounded ring and publishes exactly one due. Our Targeter takes exactly one and
// names its slot in the fragment of a URL. Our RoundTripper finds the slot, renders the action and hands it to the
// driver of its route; nothing that vegeta adds reaches the wire. Finished slots go to one drainer, which records them
// and frees the slot; it does no I/O.
//
// # Late, but never different
//
// The schedule is absolute: what is late is fired at once, and nothing is dropped or moved. When all slots are taken
// dues wait, which is counted and shows as lag. One thing may wait for the target: actions of one player within one
// lane (his session, his events) go out one after the other, as they would from a game. A due that waits for its
// player's earlier one counts as fired on time; the wait shows in its response time.
package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/loadgen/player"
)

// Config is one run of the engine.
type Config struct {
	Plan        plan.Params // of the slice; the engine divides it into shards
	Cast        *player.Cast
	Routes      []transport.Route
	TimeScale   float64       // plan seconds in one wall second; 0 is 1
	Attackers   int           // 0 is 1
	MaxInFlight int           // bound on dues under way, over all attackers; 0 is 4096
	Grace       time.Duration // how long what is under way may take after the last due; 0 is 30 s
	CCU         []int         // intended players by wall second, for Progress alone

	Frames   func([]*record.Frame) error // called from one goroutine, about once a second; an error ends the run
	Sink     Sink                        // nil: nobody wants to know
	Progress func(Progress)              // nil: nobody wants to know; called from the goroutine of Frames
}

// Sink is told about every due whose outcome is known. Each attacker calls it from a goroutine of its own, for its own
// players, so it may be called concurrently, but never for one player. It must be quick and do no I/O.
type Sink interface {
	Done(s *Sample)
}

// Sample is what happened to one due. It and all that it refers to is valid during the call of Sink.Done only.
type Sample struct {
	Due       plan.Due
	Operation string
	Second    int       // wall second in which the outcome became known
	Planned   time.Time // when it was due on the wall; also the instant stamped into the message
	Fired     time.Time // when it left the schedule
	Action    *contract.Action
	Message   *contract.Message
	Reply     *contract.Reply
}

// Result is what the engine knows of itself when a run has ended.
type Result struct {
	Began          time.Time // the wall instant of the plan's beginning
	Finished       time.Time
	Interrupted    bool // the context ended before the plan did
	PeakInFlight   int
	SlotsExhausted int64
	WorkersAtCap   int64
	CoarseFrames   int64
}

// settle is how long after Grace a driver may take to honour the end of its context.
const settle = 5 * time.Second

// shared is what the attackers of one run share.
type shared struct {
	Config
	table   *Table
	began   time.Time
	ctx     context.Context // ends with the caller's, or when frames cannot be written: no new dues
	stop    context.CancelCauseFunc
	hard    context.Context // ends Grace after the last due: what is under way is cancelled
	kill    context.CancelFunc
	given   chan struct{} // closed settle after that: a driver that keeps a message is left alone with it
	playing atomic.Int64  // attackers that have dues left
	mu      sync.Mutex
	timers  []*time.Timer

	batches  chan batch
	room     chan struct{} // holds one token for each batch that is not yet written
	inFlight atomic.Int64
	peak     atomic.Int64
}

// backlog bounds the batches of one attacker that wait to be written.
const backlog = 4

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
	attackers := make([]*attacker, r.Attackers)
	for i := range attackers {
		if attackers[i], err = newAttacker(r, i); err != nil {
			return Result{}, err
		}
	}
	r.began = time.Now()
	collected := make(chan error, 1)
	go func() { collected <- newCollector(r).run() }()
	errs := make([]error, len(attackers))
	var wg sync.WaitGroup
	for i, a := range attackers {
		wg.Go(func() { errs[i] = a.run() })
	}
	wg.Wait()
	r.endTimers()
	close(r.batches)
	errs = append(errs, <-collected)
	return r.result(attackers), errors.Join(errs...)
}

func newShared(ctx context.Context, c Config) (*shared, error) {
	if c.TimeScale == 0 {
		c.TimeScale = 1
	}
	if c.Grace == 0 {
		c.Grace = 30 * time.Second
	}
	if c.MaxInFlight == 0 {
		c.MaxInFlight = 4096
	}
	c.Attackers = max(c.Attackers, 1)
	c.Plan.Shards = c.Attackers
	if c.TimeScale < 0 || c.MaxInFlight < c.Attackers {
		return nil, fmt.Errorf("engine: time scale %v, %d in flight for %d attackers, want a positive scale and a slot each at least",
			c.TimeScale, c.MaxInFlight, c.Attackers)
	}
	r := &shared{Config: c, table: NewTable(c.Routes), given: make(chan struct{})}
	if len(r.table.Names()) == 0 {
		return nil, errors.New("engine: no route carries any action")
	}
	r.batches, r.room = make(chan batch, backlog*c.Attackers), make(chan struct{}, backlog*c.Attackers)
	r.playing.Store(int64(c.Attackers))
	r.ctx, r.stop = context.WithCancelCause(ctx)
	r.hard, r.kill = context.WithCancel(context.WithoutCancel(ctx))
	return r, nil
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
		time.AfterFunc(r.Grace+settle, func() { close(r.given) }),
	}
}

func (r *shared) endTimers() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.timers {
		t.Stop()
	}
}

// wall returns the wall instant of a plan instant.
func (r *shared) wall(at time.Duration) time.Time {
	return r.began.Add(time.Duration(float64(at) / r.TimeScale))
}

// second returns the wall second, counted from the beginning, in which an instant lies.
func (r *shared) second(at time.Time) int { return max(0, int(at.Sub(r.began)/time.Second)) }

// up counts one more due under way, down one less.
func (r *shared) up() {
	n := r.inFlight.Add(1)
	for peak := r.peak.Load(); n > peak && !r.peak.CompareAndSwap(peak, n); peak = r.peak.Load() {
	}
}

func (r *shared) down() { r.inFlight.Add(-1) }

func (r *shared) result(attackers []*attacker) Result {
	result := Result{Began: r.began, Finished: time.Now(), PeakInFlight: int(r.peak.Load())}
	for _, a := range attackers {
		result.Interrupted = result.Interrupted || a.leftOver
		result.SlotsExhausted += a.pacer.exhausted
		result.WorkersAtCap += a.pacer.atCap
		result.CoarseFrames += a.coarse
	}
	return result
}
