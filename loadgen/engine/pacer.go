package engine

import (
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/loadgen/plan"
)

// pacer is the engine's clock, in the form that vegeta asks for. Each call of Pace that does not end the attack
// publishes exactly one slot, which exactly one worker then takes.
type pacer struct {
	*attacker
	timeline  *plan.Timeline
	timer     *time.Timer
	due       plan.Due // the next one, when loaded
	op        int
	planned   time.Time
	loaded    bool
	waited    bool // the next one found no free slot
	ended     bool // nothing more is taken from the timeline
	held      int  // slots that wait for their player's earlier action
	published uint64
	exhausted int64
	atCap     int64
}

// Pace blocks until a slot is to be fired and publishes it. It never asks vegeta to wait, so that a stop, a freed slot
// or an earlier event is noticed at once.
func (p *pacer) Pace(time.Duration, uint64) (wait time.Duration, stop bool) {
	for {
		var due <-chan time.Time
		var free <-chan uint32
		var interrupt <-chan struct{}
		switch p.load(); {
		case !p.loaded && p.held == 0:
			return 0, true
		case !p.loaded:
		default:
			interrupt = p.ctx.Done()
			if left := time.Until(p.planned); left > 0 {
				p.timer.Reset(left)
				due = p.timer.C
			} else {
				free = p.free
				p.countExhausted()
			}
		}
		select {
		case i := <-p.unblocked:
			p.held--
			p.publish(i)
			return 0, false
		case i := <-free:
			if p.take(i) {
				return 0, false
			}
		case <-due:
		case <-interrupt:
		case <-p.given:
			return 0, true
		}
	}
}

// Rate returns the mean rate so far; vegeta's interface asks for it.
func (p *pacer) Rate(elapsed time.Duration) float64 {
	if elapsed <= 0 {
		return 0
	}
	return float64(p.published) / elapsed.Seconds()
}

// load makes the next due ready, unless one is or the run is ending. What is loaded when the run ends stays unsent.
func (p *pacer) load() {
	if p.ended {
		p.loaded = false
		return
	}
	if p.ctx.Err() == nil && (p.loaded || p.advance()) {
		return
	}
	p.ended = true
	p.giveUpRest()
	p.last()
}

// advance takes the next due that some route carries from the timeline.
func (p *pacer) advance() bool {
	for d, ok := p.timeline.Next(); ok; d, ok = p.timeline.Next() {
		if op, ok := p.operation(d); ok {
			p.due, p.op, p.planned, p.loaded = d, op, p.wall(d.At), true
			return true
		}
	}
	return false
}

// giveUpRest counts, by operation, what stays unsent: the rest of the plan.
func (p *pacer) giveUpRest() {
	for ok := p.loaded || p.advance(); ok; ok = p.advance() {
		p.unsent[p.op]++
		p.leftOver = true
	}
	p.loaded = false
}

// operation returns the index in the table of what a due becomes.
func (a *attacker) operation(d plan.Due) (int, bool) {
	by := contract.HTTP
	if d.Kind == plan.Flush {
		by = a.Cast.Transport(d.Player)
	}
	op, ok := a.table.index[way{contract.Kind(d.Kind), by}]
	return op, ok
}

// countExhausted counts the loaded due once when it finds no free slot.
func (p *pacer) countExhausted() {
	if len(p.free) == 0 && !p.waited {
		p.exhausted++
		p.waited = true
	}
}

// take puts the loaded due into slot i and publishes it, unless it has to wait for its player's earlier action.
func (p *pacer) take(i uint32) (published bool) {
	s := &p.slots[i]
	s.due, s.op, s.planned, s.fired = p.due, p.op, p.planned, time.Time{}
	s.lane = lane(p.Plan.Index(p.due.Player), p.due.Kind)
	p.loaded, p.waited = false, false
	p.taken.Add(1)
	s.out.Store(true)
	if p.lanes.enter(p.slots, i) {
		s.fired = time.Now() // the generator is ready; what comes now is a wait for the target
		p.held++
		return false
	}
	p.publish(i)
	return true
}

// publish hands slot i to the next worker.
func (p *pacer) publish(i uint32) {
	p.up()
	p.published++
	if p.busy.Load() >= int64(len(p.slots)) {
		p.atCap++
	}
	p.ready <- i
}
