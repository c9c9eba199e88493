package engine

import "github.com/passmuster/muster/loadgen/plan"

// lanes keeps the actions of one player in order: a lane is the chain of his slots that are under way, each waiting for
// the one before. A player has two, one for his session and one for his events. Only lanes with something under way are
// held, in an open-addressing hash table of which the slots use half at most. Not safe for concurrent use.
type lanes struct {
	entries []lane
	shift   uint // what is left of a hash after it is the place in entries
}

// lane is one entry of the table.
type lane struct {
	key  uint64
	tail uint32 // the last slot of the chain, + 1; 0 when the entry is free
}

func newLanes(slots int) *lanes {
	size := powerOfTwo(2 * slots)
	l := &lanes{entries: make([]lane, size), shift: 64}
	for n := size; n > 1; n /= 2 {
		l.shift--
	}
	return l
}

// laneOf returns the key of a due's lane.
func laneOf(d *plan.Due) uint64 {
	key := uint64(d.Player) << 1
	if d.Kind == plan.Flush {
		key |= 1
	}
	return key
}

// place returns where the key is looked for first. The multiplier spreads neighbours all over the table.
func (l *lanes) place(key uint64) int { return int(key * 0x9e3779b97f4a7c15 >> l.shift) }

// find returns the place of the key, or that of the free entry where it would go.
func (l *lanes) find(key uint64) int {
	i := l.place(key)
	for l.entries[i].tail != 0 && l.entries[i].key != key {
		i = (i + 1) & (len(l.entries) - 1)
	}
	return i
}

// enter appends slot i to its lane and says whether it has to wait for another.
func (l *lanes) enter(slots []slot, i uint32) (waits bool) {
	s := &slots[i]
	e := &l.entries[l.find(s.lane)]
	waits = e.tail != 0
	if waits {
		slots[e.tail-1].behind = i + 1
	}
	*e = lane{key: s.lane, tail: i + 1}
	return waits
}

// leave takes slot i, which is the first, from its lane and returns the one that waited for it, if any.
func (l *lanes) leave(slots []slot, i uint32) (next uint32, ok bool) {
	s := &slots[i]
	if s.behind != 0 {
		next, s.behind = s.behind-1, 0
		return next, true
	}
	l.remove(l.find(s.lane))
	return 0, false
}

// remove frees the entry at i and moves up those behind it that could no longer be found.
func (l *lanes) remove(i int) {
	mask := len(l.entries) - 1
	for j := (i + 1) & mask; l.entries[j].tail != 0; j = (j + 1) & mask {
		if home := l.place(l.entries[j].key); (j-home)&mask >= (j-i)&mask {
			l.entries[i] = l.entries[j]
			i = j
		}
	}
	l.entries[i] = lane{}
}
