package plan

import (
	"fmt"
	"math/bits"
	"time"
)

// Summary is what can be known of a slice's plan before anything is sent.
type Summary struct {
	Players int // who belong to the slice
	Peak    int // most of them on line at once
	Counts  [Kinds]int
	Flushes []uint32        // by player of the whole population: how many flushes he makes; 0 for those of other slices
	CCU     []int           // players of the slice on line at the end of each step
	Dues    []int           // how many are due in each step
	Kinds   [Kinds][]uint32 // the same by kind
	Hash    Hash            // of the slice; the sum over all slices is that of the whole plan
}

// Summarize runs through the whole plan of p.Slice, all shards of it, and sums it up. Step is the plan time of one
// entry of CCU.
func Summarize(p Params, step time.Duration) (Summary, error) {
	p.Shard, p.Shards = 0, 1
	p = p.whole()
	t, err := NewTimeline(p)
	if err != nil {
		return Summary{}, err
	}
	if step <= 0 {
		return Summary{}, fmt.Errorf("plan: step %v, want more than 0", step)
	}
	peak := p.Curve.Peak()
	s := Summary{Players: p.size(peak), Peak: p.size(peak), Flushes: make([]uint32, peak)}
	for at := step; at < p.Duration+step; at += step {
		s.CCU = append(s.CCU, p.size(p.Curve.Value(min(at, p.Duration))))
	}
	s.Dues = make([]int, len(s.CCU))
	for k := range s.Kinds {
		s.Kinds[k] = make([]uint32, len(s.CCU))
	}
	for d, ok := t.Next(); ok; d, ok = t.Next() {
		s.Counts[d.Kind]++
		i := min(int(d.At/step), len(s.Dues)-1) // what is due at the very end belongs to the last step
		s.Dues[i]++
		s.Kinds[d.Kind][i]++
		if d.Kind == Flush {
			s.Flushes[d.Player]++
		}
		s.Hash = s.Hash.Add(d.hash())
	}
	return s, nil
}

// Hash identifies a schedule: the sum, modulo 2^128, of a hash of every due. A sum does not care for order, so it is
// the same however the players are divided.
type Hash struct{ Hi, Lo uint64 }

// Add returns the hash of two schedules together.
func (h Hash) Add(o Hash) Hash {
	lo, carry := bits.Add64(h.Lo, o.Lo, 0)
	hi, _ := bits.Add64(h.Hi, o.Hi, carry)
	return Hash{Hi: hi, Lo: lo}
}

// String returns the hash as 32 hex digits.
func (h Hash) String() string { return fmt.Sprintf("%016x%016x", h.Hi, h.Lo) }

// hash returns the hash of one due: two independent chains over all that identifies it. The ordinal is left out,
// because it depends on how the players are divided.
func (d Due) hash() Hash {
	who := uint64(d.Player)<<32 | uint64(d.Session)
	what := uint64(d.Kind)<<32 | uint64(d.Seq)
	chain := func(key uint64) uint64 {
		return mix(mix(mix(key^mix(who+key))+what*golden) ^ mix(uint64(d.At)+key))
	}
	return Hash{Hi: chain(0x243f6a8885a308d3), Lo: chain(0x13198a2e03707344)} // digits of pi
}
