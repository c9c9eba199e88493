package ledger

import (
	"math/bits"

	"github.com/passmuster/muster/internal/record"
)

// Standing returns what is known for good while the run goes on: how many events are duplicated, reordered or corrupt, and
// how many of the phantoms are of no event of the plan. These numbers only grow; everything else of the result is 0. It
// costs in proportion to the exceptions alone.
func (l *Ledger) Standing() record.Ledger {
	l.mu.Lock()
	defer l.mu.Unlock()
	return record.Ledger{
		Version:    record.Version,
		Duplicated: l.again.within(l.acked), Reordered: l.late.within(l.acked), Corrupt: l.spoilt.within(l.acked),
		Phantom: l.phantoms,
	}
}

// within counts the events of s that are in b as well.
func (s sparse) within(b dense) int64 {
	n := 0
	for page, words := range s {
		for i, w := range words {
			if w != 0 {
				n += bits.OnesCount64(w & b[page*pageWords+int64(i)])
			}
		}
	}
	return int64(n)
}
