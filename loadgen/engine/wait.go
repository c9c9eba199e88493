package engine

import "time"

// waiter is how a pacer waits.
type waiter interface {
	// wait returns after d, or as soon as wake is called; at once when it was called since the last wait. It may
	// return early without a reason. It is for the pacer alone.
	wait(d time.Duration)

	// wake may be called by anybody.
	wake()
}

// quantum is the least time that an economical pacer waits, so that one waking serves all that has become due.
const quantum = time.Millisecond

// quantum returns the least time between two wakings.
func (p Pacing) quantum() time.Duration {
	if p == Economical {
		return quantum
	}
	return 0
}

// waiter returns a new waiter of this pacing.
func (p Pacing) waiter() waiter {
	if p == Precise {
		return newPrecise()
	}
	return newTimed()
}

// timed waits on a timer of the runtime, which on an idle Linux machine is up to a millisecond late.
type timed struct {
	timer *time.Timer
	woken chan struct{}
}

func newTimed() waiter {
	t := &timed{timer: time.NewTimer(time.Hour), woken: make(chan struct{}, 1)}
	t.timer.Stop()
	return t
}

func (t *timed) wait(d time.Duration) {
	t.timer.Reset(d)
	select {
	case <-t.timer.C:
	case <-t.woken:
		t.timer.Stop()
	}
}

func (t *timed) wake() {
	select {
	case t.woken <- struct{}{}:
	default:
	}
}
