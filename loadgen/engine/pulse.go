package engine

import "sync/atomic"

// Pulse is how the engine itself fared in one wall second. Counts are of what happened since the Pulse before.
type Pulse struct {
	Second       int   // the wall second that is over
	Slots        int   // bound on dues under way, over all attackers
	InFlight     int   // dues under way now
	PeakInFlight int   // most dues under way at once; summed over the attackers, so an upper bound when there are several
	Workers      int   // most workers that were ever busy at once; summed likewise
	Exhausted    int64 // dues that found no free slot when they were due
	WorkersAtCap int64 // dues that found all the workers busy that there may be
	Backlog      int   // answered dues that the drainers have not yet recorded
	CoarseFrames int64 // seconds whose frames were merged into the next, because writing took too long
}

// vitals are the counters of one attacker behind its pulse. The pacer and the drainer write, the collector reads.
type vitals struct {
	recent    atomic.Int64 // most in flight since the last pulse
	peak      atomic.Int64 // most in flight since the beginning
	busiest   atomic.Int64 // most workers busy at once since the beginning
	exhausted atomic.Int64
	atCap     atomic.Int64
	coarse    atomic.Int64
}

// busy notes that so many dues and workers are under way. It is for the pacer alone.
func (v *vitals) busy(dues, workers int64) {
	raise(&v.recent, dues)
	raise(&v.peak, dues)
	raise(&v.busiest, workers)
}

// raise is for the one writer of m.
func raise(m *atomic.Int64, n int64) {
	if n > m.Load() {
		m.Store(n)
	}
}

// pulse sums up the attackers' vitals for the second that ended when the given one began.
func (c *collector) pulse(began int) Pulse {
	p := Pulse{Second: max(0, began-1), Slots: c.MaxInFlight}
	sum := Pulse{}
	for _, a := range c.attackers {
		v := &a.vitals
		p.InFlight += int(a.underWay())
		p.PeakInFlight += int(max(v.recent.Swap(0), a.underWay()))
		p.Workers += int(v.busiest.Load())
		p.Backlog += a.backlog()
		sum.Exhausted += v.exhausted.Load()
		sum.WorkersAtCap += v.atCap.Load()
		sum.CoarseFrames += v.coarse.Load()
	}
	p.Exhausted = sum.Exhausted - c.before.Exhausted
	p.WorkersAtCap = sum.WorkersAtCap - c.before.WorkersAtCap
	p.CoarseFrames = sum.CoarseFrames - c.before.CoarseFrames
	c.before = sum
	return p
}
