package engine

import (
	"math"
	"time"
)

// How long a pacer waits: until it is woken, or, where all workers are busy, until it looks at them again.
const (
	forever = time.Hour
	glance  = time.Millisecond
)

// The pacer is woken when vegeta's results have reached a number. Two of them mean more than that.
const (
	atOnce = 0             // by every slot that is freed
	never  = math.MaxInt64 // by none
)

// pause waits until the next due, or until something comes back where that would help.
func (p *pacer) pause(now time.Duration) {
	until, at := forever, int64(never)
	if p.held > 0 || len(p.free) == 0 {
		at = atOnce
	}
	switch {
	case p.crowded:
		until, at = glance, p.published.Load()-p.crew/2 // not for each of them: let half of them come back
	case p.loaded && p.planned > now:
		until = max(p.planned, p.woke+p.quantum) - now
	}
	p.wakeAt.Store(at)
	if !p.cameBack(at) { // asked behind the store, so that nothing goes unseen
		p.waiter.wait(until)
	}
	p.wakeAt.Store(never)
}

// cameBack says whether what the pacer would be woken by has already happened.
func (p *pacer) cameBack(at int64) bool {
	switch at {
	case never:
		return false
	case atOnce:
		return !p.freed.empty()
	default:
		return p.results.Load() >= at
	}
}
