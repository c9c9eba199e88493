package engine

import (
	"sync/atomic"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/loadgen/plan"
)

// pacer is the engine's clock, in the form that vegeta asks for. Each call of Pace that does not end the attack
// publishes exactly one slot, which exactly one worker then takes.
type pacer struct {
	*attacker
	timeline  *plan.Timeline
	waiter    waiter
	quantum   time.Duration
	skew      time.Duration // from vegeta's clock to ours, once it is known
	ticking   bool          // skew is known
	woke      time.Duration // when it last woke up
	free      []uint32      // slots that are not in use; the one used last is taken first
	unblocked []uint32      // slots whose player's earlier action is done, first in, first out
	lanes     *lanes
	due       plan.Due // the next one, when loaded
	op        int
	planned   time.Duration
	loaded    bool
	waited    bool          // the next one found no free slot
	crowded   bool          // the next one found no worker
	patience  time.Duration // until then that is borne
	ended     bool          // nothing more is taken from the timeline
	held      int           // slots that wait for their player's earlier action
	crew      int64         // workers that there may be for now
	wakeAt    atomic.Int64  // how many results it waits for
}

func newPacer(a *attacker, timeline *plan.Timeline) *pacer {
	p := &pacer{
		attacker: a, timeline: timeline, waiter: a.waiter(), quantum: a.Pacing.quantum(), lanes: newLanes(len(a.slots)),
		free: make([]uint32, len(a.slots)), crew: min(spawned, a.workers),
	}
	for i := range p.free {
		p.free[i] = uint32(len(p.free) - 1 - i)
	}
	p.wakeAt.Store(never)
	return p
}

// Pace blocks until a slot is to be fired and publishes it. It never asks vegeta to wait, so that a stop, a freed slot
// or an earlier event is noticed at once. Elapsed, which vegeta has just measured, saves reading the clock.
func (p *pacer) Pace(elapsed time.Duration, _ uint64) (wait time.Duration, stop bool) {
	if !p.ticking {
		p.skew, p.ticking = p.now()-elapsed, true
	}
	now := elapsed + p.skew
	for !p.givenUp.Load() {
		p.reclaim()
		if p.fire(now) {
			return 0, false
		}
		if !p.loaded && p.held == 0 {
			return 0, true
		}
		p.pause(now)
		now = p.now()
		p.woke = now
	}
	return 0, true
}

// Rate returns the mean rate so far; vegeta's interface asks for it.
func (p *pacer) Rate(elapsed time.Duration) float64 {
	if elapsed <= 0 {
		return 0
	}
	return float64(p.published.Load()) / elapsed.Seconds()
}

// fire publishes one slot, if one may go out now.
func (p *pacer) fire(now time.Duration) bool {
	if len(p.unblocked) > 0 {
		if !p.hasWorker(now) {
			return false
		}
		i := p.unblocked[0]
		p.unblocked = p.unblocked[1:]
		p.held--
		p.publish(i, now)
		return true
	}
	for p.load(); p.loaded && p.planned <= now; p.load() {
		if !p.hasSlot() || !p.hasWorker(now) {
			return false
		}
		if p.take(now) {
			return true
		}
	}
	return false
}

// hasSlot says whether there is a free slot, and counts the loaded due, once, when there is none.
func (p *pacer) hasSlot() bool {
	if len(p.free) == 0 && !p.waited {
		p.vitals.exhausted.Add(1)
		p.waited = true
	}
	return len(p.free) > 0
}

// reclaim takes back the slots that were freed, and with each its place in its lane.
func (p *pacer) reclaim() {
	for i, ok := p.freed.take(); ok; i, ok = p.freed.take() {
		if next, ok := p.lanes.leave(p.slots, i); ok {
			p.unblocked = append(p.unblocked, next)
		}
		p.free = append(p.free, i)
	}
}

// load makes the next due ready, unless one is or the run is ending. What is loaded when the run ends stays unsent.
func (p *pacer) load() {
	if p.ended {
		p.loaded = false
		return
	}
	if !p.stopping.Load() && (p.loaded || p.advance()) {
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
			p.due, p.op, p.planned, p.loaded = d, op, p.onWall(d.At), true
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
	p.loaded, p.crowded = false, false // a due that is given up waits for no worker
}

// operation returns the index in the table of what a due becomes.
func (a *attacker) operation(d plan.Due) (int, bool) {
	if d.Kind != plan.Flush {
		op := a.table.sessions[d.Kind]
		return op, op >= 0
	}
	op, ok := a.table.index[way{contract.Flush, a.Cast.Transport(d.Player)}]
	return op, ok
}

// take puts the loaded due into a free slot and publishes it, unless it has to wait for its player's earlier action:
// then the generator is ready, and what comes now is a wait for the target.
func (p *pacer) take(now time.Duration) (published bool) {
	i := p.free[len(p.free)-1]
	p.free = p.free[:len(p.free)-1]
	s := &p.slots[i]
	s.due, s.op, s.planned, s.entered, s.lane, s.out = p.due, p.op, p.planned, now, laneOf(&p.due), true
	p.loaded, p.waited = false, false
	p.filled++
	if p.lanes.enter(p.slots, i) {
		p.held++
		return false
	}
	p.publish(i, now)
	return true
}

// publish hands slot i to the next worker.
func (p *pacer) publish(i uint32, now time.Duration) {
	p.slots[i].published = now
	p.published.Store(p.published.Load() + 1)
	p.vitals.busy(p.underWay(), p.busy())
	p.ready.put(i)
}
