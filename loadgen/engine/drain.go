package engine

import (
	"fmt"
	"time"

	"github.com/passmuster/muster/internal/contract"
)

// drain records finished slots until all that were taken are, and hands the frames over once a second.
func (a *attacker) drain() error {
	tick := time.NewTimer(a.untilNext())
	defer tick.Stop()
	settled, drained := a.settled, int64(0)
	for settled != nil || drained < a.taken.Load() {
		select {
		case i := <-a.completed:
			a.finish(i)
			drained++
		case <-tick.C:
			a.roll()
			tick.Reset(a.untilNext())
		case <-settled:
			settled = nil
		case <-a.given:
			return a.abandon()
		}
	}
	a.close()
	return nil
}

// untilNext returns the time left of the current wall second.
func (a *attacker) untilNext() time.Duration {
	return time.Second - time.Since(a.began)%time.Second
}

// finish records slot i and hands it back.
func (a *attacker) finish(i uint32) {
	s := &a.slots[i]
	if a.second(s.reply.Done) > a.tally.second {
		a.roll()
	}
	a.tally.record(s, a.second(s.planned))
	if a.Sink != nil {
		a.sample = Sample{
			Due: s.due, Operation: a.table.operations[s.op].name, Second: a.tally.second, Planned: s.planned, Fired: s.fired,
			Action: &s.action, Message: &s.message, Reply: &s.reply,
		}
		a.Sink.Done(&a.sample)
	}
	a.down()
	s.out.Store(false)
	if next, ok := a.lanes.leave(a.slots, i); ok {
		a.unblocked <- next
	}
	a.free <- i
}

// roll hands over the frames of the second that is over. When the collector is still busy with earlier ones they grow
// into the next second.
func (a *attacker) roll() {
	now := a.second(time.Now())
	if now <= a.tally.second {
		return
	}
	select {
	case a.room <- struct{}{}:
		a.batches <- batch{attacker: a.shard, second: now, frames: a.tally.take()}
	default:
		a.coarse++
	}
	a.tally.second = now
}

// close counts what was never fired and hands over the last frames, however long that takes.
func (a *attacker) close() {
	for op, n := range a.unsent {
		a.tally.neverSent(op, n)
	}
	a.room <- struct{}{}
	a.batches <- batch{attacker: a.shard, second: a.tally.second + 1, frames: a.tally.take()}
}

// abandon counts the slots that a driver did not give back as indeterminate. That breaks the driver's promise, so the
// run is at fault.
func (a *attacker) abandon() error {
	kept := 0
	for i := range a.slots {
		s := &a.slots[i]
		if s.out.Load() {
			kept++
			a.tally.count(s.op, a.second(s.planned), contract.Indeterminate, contract.ClassTimeout)
		}
	}
	a.close()
	return fmt.Errorf("engine: drivers kept %d messages %v after they were told to stop, want none", kept, settle)
}
