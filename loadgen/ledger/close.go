package ledger

import (
	"math/bits"

	"github.com/passmuster/muster/internal/record"
)

// The kinds of example, in the order in which they are listed.
const (
	lost       = "lost"
	duplicated = "duplicated"
	reordered  = "reordered"
	corrupt    = "corrupt"
	phantom    = "phantom"
)

// examplesKept bounds how many examples are kept of one kind of event that does not add up.
const examplesKept = 4

// examples are some of the events that do not add up, by kind.
type examples map[string][]record.Example

func (e examples) add(x record.Example) (full bool) {
	if len(e[x.Kind]) < examplesKept {
		e[x.Kind] = append(e[x.Kind], x)
	}
	return len(e[x.Kind]) >= examplesKept
}

// Close adds everything up. Complete and Note are left for the caller.
func (l *Ledger) Close() record.Ledger {
	l.mu.Lock()
	defer l.mu.Unlock()
	sum := record.Ledger{
		Version: record.Version, Planned: l.layout.events, Phantom: l.phantoms, Foreign: l.foreign, Unchecked: l.order.unchecked,
	}
	sum.Acknowledged = l.count(func(w int64) uint64 { return l.acked[w] })
	sum.Failed = l.count(l.refused.word)
	sum.Indeterminate = l.count(l.unsure.word)
	sum.NeverSent = sum.Planned - l.count(l.outcome)
	sum.Found = l.count(func(w int64) uint64 { return l.acked[w] & l.seen[w] })
	sum.Landed = l.count(func(w int64) uint64 { return l.seen[w] & (l.refused.word(w) | l.unsure.word(w)) })
	for _, kind := range []struct {
		name string
		n    *int64
		pick func(w int64) uint64
	}{
		{lost, &sum.Lost, func(w int64) uint64 { return l.acked[w] &^ l.seen[w] }},
		{duplicated, &sum.Duplicated, func(w int64) uint64 { return l.acked[w] & l.again.word(w) }},
		{reordered, &sum.Reordered, func(w int64) uint64 { return l.acked[w] & l.late.word(w) }},
		{corrupt, &sum.Corrupt, func(w int64) uint64 { return l.acked[w] & l.spoilt.word(w) }},
		{phantom, &sum.Phantom, func(w int64) uint64 { return l.seen[w] &^ l.outcome(w) }},
	} {
		*kind.n += l.count(kind.pick)
		l.exemplify(kind.name, kind.pick)
		sum.Examples = append(sum.Examples, l.examples[kind.name]...)
	}
	return sum
}

// outcome returns which of 64 events have one.
func (l *Ledger) outcome(w int64) uint64 { return l.acked[w] | l.refused.word(w) | l.unsure.word(w) }

// exemplify keeps the first few events that a function picks of each 64.
func (l *Ledger) exemplify(kind string, pick func(w int64) uint64) {
	for w := range int64(len(l.seen)) {
		for left := pick(w); left != 0; left &= left - 1 {
			player, seq := l.layout.name(w<<6 + int64(bits.TrailingZeros64(left)))
			example := record.Example{Kind: kind, ID: l.identity.EventID(player, seq), Player: player, Event: seq}
			if l.examples.add(example) {
				return
			}
		}
	}
}
