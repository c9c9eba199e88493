package engine

import (
	"fmt"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/passmuster/muster/internal/contract"
)

// drain takes vegeta's results and records finished slots until all that were filled are, and hands the frames over
// once a second.
func (a *attacker) drain(results <-chan *vegeta.Result) error {
	tick := time.AfterFunc(a.untilNext(), a.nudge)
	defer tick.Stop()
	ticked := 0
	for results != nil || a.freed.tail.Load() < uint64(a.filled) {
		if a.givenUp.Load() {
			return a.abandon()
		}
		select {
		case r, ok := <-results:
			if !ok {
				results = nil
				continue
			}
			a.result(r)
			a.rouse()
		case <-a.nudged:
			a.answered.takeAll(a.slots, a.finish)
			a.rouse()
			if now := second(a.now()); now > ticked {
				ticked = now
				tick.Reset(a.untilNext())
				a.roll(now)
			}
		}
	}
	a.close()
	return a.hits
}

// untilNext returns the time left of the current wall second.
func (a *attacker) untilNext() time.Duration { return time.Second - a.now()%time.Second }

// result takes up one hit. It says when a worker took the slot up, and nothing else that the slot does not say better;
// only a hit that never reached the round tripper would show here alone.
func (a *attacker) result(r *vegeta.Result) {
	a.results.Store(a.results.Load() + 1)
	if r.Error != "" && a.hits == nil {
		a.hits = fmt.Errorf("engine: hit %d: %s", r.Seq, r.Error)
	}
	i, ok := slotNumber(r.URL[len(scheme):], len(a.slots))
	if !ok {
		return
	}
	s := &a.slots[i]
	s.taken = a.since(r.Timestamp)
	if s.add(resulted) {
		a.finish(i)
	}
}

// finish records slot i and hands it back.
func (a *attacker) finish(i uint32) {
	s := &a.slots[i]
	done := a.since(s.reply.Done)
	a.roll(second(done))
	a.tally.record(s, done)
	if a.Sink != nil {
		a.sample = Sample{
			Due: s.due, Operation: a.table.operations[s.op].name, Second: a.tally.second,
			Planned: a.began.Add(s.planned), Fired: a.began.Add(s.planned + s.lag()),
			Action: &s.action, Message: &s.message, Reply: &s.reply,
		}
		a.Sink.Done(&a.sample)
	}
	s.state.Store(0)
	s.out = false
	a.freed.put(i)
}

// rouse wakes the pacer when what it waits for has come back.
func (a *attacker) rouse() {
	if a.results.Load() >= a.pacer.wakeAt.Load() {
		a.pacer.waiter.wake()
	}
}

// roll hands over the frames of the second that is over, if one is. When the collector is still busy with earlier ones they grow
// into the next second.
func (a *attacker) roll(now int) {
	if now <= a.tally.second {
		return
	}
	select {
	case a.room <- struct{}{}:
		a.batches <- batch{attacker: a.shard, second: now, frames: a.tally.take()}
	default:
		a.vitals.coarse.Add(1)
	}
	a.tally.second = now
}

// close counts what was never fired and hands over the last frames, however long that takes.
func (a *attacker) close() {
	for op, n := range a.unsent {
		a.tally.neverSent(op, n)
	}
	a.room <- struct{}{}
	a.batches <- batch{attacker: a.shard, second: a.tally.second + 1, frames: a.tally.take(), last: true}
}

// abandon counts the slots that a driver did not give back as indeterminate. That breaks the driver's promise, so the
// run is at fault. No pacer fills slots any more, and what it filled was published long ago.
func (a *attacker) abandon() error {
	kept := 0
	for i := range a.slots {
		s := &a.slots[i]
		if s.out {
			kept++
			a.tally.count(s.op, second(s.planned), contract.Indeterminate, contract.ClassTimeout)
		}
	}
	a.close()
	return fmt.Errorf("engine: drivers kept %d messages %v after they were told to stop, want none", kept, settle)
}
