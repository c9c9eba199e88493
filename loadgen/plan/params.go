package plan

import (
	"fmt"
	"math"
	"time"
)

// Kind is what a player is due to do. The numbers are those of the contract's kinds.
type Kind uint8

// The kinds of due. Kinds counts them, for tables indexed by kind.
const (
	Start Kind = iota
	Heartbeat
	End
	Flush
	Kinds = 4
)

// Law names a law of session lengths.
type Law string

// The laws. Draws of every law are clamped to [Min, Max].
const (
	Exponential Law = "exponential"
	Uniform     Law = "uniform" // between Min and Max; Mean is not used
	Fixed       Law = "fixed"   // always Mean
)

// Lengths is how long sessions last.
type Lengths struct {
	Law  Law
	Mean time.Duration
	Min  time.Duration // at least 1 ns
	Max  time.Duration
}

// Params is everything that a plan depends on. All times are plan time.
type Params struct {
	Seed     uint64
	Duration time.Duration // the plan covers [0, Duration]
	Curve    Curve         // concurrent players over time
	Lengths  Lengths
	Period   time.Duration // between heartbeats; 0 is none
	Jitter   time.Duration // a heartbeat is moved by [-Jitter, +Jitter]; at most half a Period
	Every    time.Duration // of play between two flushes of a player; 0 is none

	// Slice of Slices is the share of one process, Shard of Shards the share of one timeline within it. Zero counts
	// mean one. Player p belongs to slice p mod Slices and, in it, to shard (p / Slices) mod Shards.
	Slice, Slices int
	Shard, Shards int
}

// whole returns p with zero counts replaced by one.
func (p Params) whole() Params {
	p.Slices, p.Shards = max(p.Slices, 1), max(p.Shards, 1)
	return p
}

// validate reports the first thing that makes p unusable.
func (p Params) validate() error {
	l := p.Lengths
	switch {
	case p.Duration <= 0:
		return fmt.Errorf("plan: duration %v, want more than 0", p.Duration)
	case l.Law != Exponential && l.Law != Uniform && l.Law != Fixed:
		return fmt.Errorf("plan: law of session lengths %q, want exponential, uniform or fixed", l.Law)
	case l.Min < 1 || l.Max < l.Min || l.Mean < 1:
		return fmt.Errorf("plan: session lengths mean %v, min %v, max %v, want 0 < min <= max and mean > 0", l.Mean, l.Min, l.Max)
	case p.Period < 0 || p.Every < 0:
		return fmt.Errorf("plan: heartbeat period %v, flush period %v, want none below 0", p.Period, p.Every)
	case p.Jitter < 0 || p.Jitter > p.Period/2:
		return fmt.Errorf("plan: heartbeat jitter %v, want 0 to %v, half a period", p.Jitter, p.Period/2)
	case p.Slice < 0 || p.Slice >= p.Slices:
		return fmt.Errorf("plan: slice %d of %d, want 0 to %d", p.Slice, p.Slices, p.Slices-1)
	case p.Shard < 0 || p.Shard >= p.Shards:
		return fmt.Errorf("plan: shard %d of %d, want 0 to %d", p.Shard, p.Shards, p.Shards-1)
	}
	return p.Curve.validate()
}

// first and stride number the players of this slice and shard: first, first+stride, first+2*stride and so on.
func (p Params) first() int  { return p.Slice + p.Slices*p.Shard }
func (p Params) stride() int { return p.Slices * p.Shards }

// size returns how many of the first n players belong to this slice and shard.
func (p Params) size(n int) int {
	return max(0, (n-p.first()+p.stride()-1)/p.stride())
}

// Index returns the place of a player among those of his slice and shard, from 0.
func (p Params) Index(player uint32) int {
	return int(player) / p.whole().stride()
}

// Mine says whether a player belongs to the slice, in whatever shard.
func (p Params) Mine(player uint32) bool {
	p = p.whole()
	return int(player) < p.Curve.Peak() && int(player)%p.Slices == p.Slice
}

// Due is one entry of the plan.
type Due struct {
	Ordinal uint64        // place in its timeline, from 0
	At      time.Duration // planned instant since the beginning of the plan
	Player  uint32
	Session uint32 // of the player, from 0
	Seq     uint32 // heartbeat: its number in the session, from 1; end: the last one's number + 1; flush: its number of the player, from 0
	Kind    Kind
}

// never is a planned instant after every other.
const never = time.Duration(math.MaxInt64)
