package plan

import (
	"errors"
	"fmt"
	"math/bits"
	"runtime"
	"sync"
	"time"
)

// Summary is what can be known of a slice's plan before anything is sent.
type Summary struct {
	Players int // who belong to the slice
	Peak    int // most of them on line at once
	Counts  [Kinds]int
	Flushes []uint32        // by player of the whole population: how many flushes he makes; 0 for those of other slices; nil when the plan has none
	CCU     []int           // players of the slice on line at the end of each step
	Dues    []int           // how many are due in each step
	Kinds   [Kinds][]uint32 // the same by kind
	Hash    Hash            // of the slice; the sum over all slices is that of the whole plan
}

// atATime is how many players Summarize looks at together: few enough that they stay in the processor's cache, and that
// they take next to no memory beside those of the run.
const atATime = 1 << 16

// Summarize runs through the whole plan of p.Slice, all shards of it, and sums it up. Step is the plan time of one
// entry of CCU. It keeps all processors busy, for up to half a microsecond a due.
func Summarize(p Params, step time.Duration) (Summary, error) {
	p.Shard, p.Shards = 0, 1
	p = p.whole()
	if err := p.validate(); err != nil {
		return Summary{}, err
	}
	if step <= 0 {
		return Summary{}, fmt.Errorf("plan: step %v, want more than 0", step)
	}
	s := newSummary(p, step)
	p.Shards = (s.Players + atATime - 1) / atATime
	parts := make([]Summary, min(runtime.GOMAXPROCS(0), p.Shards))
	errs := make([]error, len(parts))
	var wg sync.WaitGroup
	for i := range parts {
		wg.Go(func() { parts[i], errs[i] = s.part(p, step, i, len(parts)) })
	}
	wg.Wait()
	for i := range parts {
		s.add(&parts[i])
	}
	return s, errors.Join(errs...)
}

// newSummary returns all of a summary that does not depend on the dues, and room for what does.
func newSummary(p Params, step time.Duration) Summary {
	peak := p.Curve.Peak()
	s := Summary{Players: p.size(peak), Peak: p.size(peak)}
	if p.Every > 0 {
		s.Flushes = make([]uint32, peak)
	}
	for at := step; at < p.Duration+step; at += step {
		s.CCU = append(s.CCU, p.size(p.Curve.Value(min(at, p.Duration))))
	}
	s.makeSteps()
	return s
}

// makeSteps makes room for the counts of dues in each step.
func (s *Summary) makeSteps() {
	s.Dues = make([]int, len(s.CCU))
	for k := range s.Kinds {
		s.Kinds[k] = make([]uint32, len(s.CCU))
	}
}

// part sums up every n-th shard from the first on. Flushes are counted in s, because no player is in two shards.
func (s *Summary) part(p Params, step time.Duration, first, n int) (Summary, error) {
	part := Summary{Flushes: s.Flushes, CCU: s.CCU}
	part.makeSteps()
	for p.Shard = first; p.Shard < p.Shards; p.Shard += n {
		t, err := NewTimeline(p)
		if err != nil {
			return part, err
		}
		for d, ok := t.Next(); ok; d, ok = t.Next() {
			part.count(d, step)
		}
	}
	return part, nil
}

// count adds one due.
func (s *Summary) count(d Due, step time.Duration) {
	s.Counts[d.Kind]++
	i := min(int(d.At/step), len(s.Dues)-1) // what is due at the very end belongs to the last step
	s.Dues[i]++
	s.Kinds[d.Kind][i]++
	if d.Kind == Flush {
		s.Flushes[d.Player]++
	}
	s.Hash = s.Hash.Add(d.hash())
}

// add adds the dues of a part.
func (s *Summary) add(part *Summary) {
	for i, n := range part.Dues {
		s.Dues[i] += n
	}
	for k := range s.Kinds {
		s.Counts[k] += part.Counts[k]
		for i, n := range part.Kinds[k] {
			s.Kinds[k][i] += n
		}
	}
	s.Hash = s.Hash.Add(part.Hash)
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
