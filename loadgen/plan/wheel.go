package plan

import (
	"math/bits"
	"time"
)

// wheel is a timing wheel: it holds players by the instant at which each is due next and gives them back in order of
// (instant, index). Adding and taking cost O(1) each, up to the logarithm of how many share a slot.
//
// Players are indices into arrays; a slot is the head of a list linked through next. The wheel keeps no instants but
// those of the current slot, which fit beside the index into one word: it asks for them again. What is due beyond the horizon of one turn waits in the overflow
// list, which is looked through once a turn. Not safe for concurrent use.
type wheel struct {
	due      func(i uint32) time.Duration // when a player in the wheel is due
	next     []uint32                     // by player: the next one in the same list
	heads    []uint32                     // by slot, a power of two of them
	overflow uint32                       // head of those beyond the horizon
	ready    []uint64                     // binary heap of those in the current slot: time since its beginning, index
	cursor   int64                        // the current slot, counted without wrapping
	shift    uint                         // a slot is 2^shift ns wide
	waiting  int                          // players in lists, that is, not in ready
}

// nobody ends a list.
const nobody = ^uint32(0)

// Bounds on the number of slots, of which 2^18 are 1 MiB, and on their width: the time within one fits into 32 bits.
const (
	minSlots = 1 << 8
	maxSlots = 1 << 18
	maxShift = 32
)

// newWheel returns a wheel for n players with a turn of at least horizon.
func newWheel(n int, horizon time.Duration, due func(uint32) time.Duration) *wheel {
	slots := min(max(1<<bits.Len(uint(n)), 1<<bits.Len64(uint64(horizon)>>maxShift), minSlots), maxSlots)
	w := &wheel{
		due:      due,
		next:     make([]uint32, n),
		heads:    make([]uint32, slots),
		overflow: nobody,
		cursor:   -1,
		shift:    min(uint(bits.Len64(uint64(horizon)/uint64(slots))), maxShift),
	}
	for i := range w.heads {
		w.heads[i] = nobody
	}
	return w
}

// add files player i, who must not be in the wheel, under the instant at; due must answer the same.
func (w *wheel) add(i uint32, at time.Duration) {
	slot := int64(at >> w.shift)
	if slot <= w.cursor {
		w.push(uint64(at-w.began())<<32 | uint64(i))
		return
	}
	head := &w.overflow
	if slot-w.cursor <= int64(len(w.heads)) {
		head = &w.heads[slot&int64(len(w.heads)-1)]
	}
	w.next[i], *head = *head, i
	w.waiting++
}

// began returns when the current slot began. Nothing is added that is due before it.
func (w *wheel) began() time.Duration { return time.Duration(w.cursor) << w.shift }

// take removes the player who is due first; of several at one instant, the one with the lowest index.
func (w *wheel) take() (i uint32, at time.Duration, ok bool) {
	for len(w.ready) == 0 {
		if w.waiting == 0 {
			return 0, 0, false
		}
		w.turn()
	}
	first := w.ready[0]
	last := len(w.ready) - 1
	w.ready[0] = w.ready[last]
	w.ready = w.ready[:last]
	w.sink()
	return uint32(first), w.began() + time.Duration(first>>32), true
}

// turn moves on by one slot. The slot is emptied before the overflow is looked through, because what lies exactly one
// turn ahead goes to the same place.
func (w *wheel) turn() {
	w.cursor++
	slot := w.cursor & int64(len(w.heads)-1)
	w.refile(&w.heads[slot])
	if slot == 0 {
		w.refile(&w.overflow)
	}
}

// refile empties a list and adds everybody in it again.
func (w *wheel) refile(head *uint32) {
	i := *head
	*head = nobody
	for i != nobody {
		next := w.next[i]
		w.waiting--
		w.add(i, w.due(i))
		i = next
	}
}

// push adds an entry to the heap.
func (w *wheel) push(e uint64) {
	w.ready = append(w.ready, e)
	k := len(w.ready) - 1
	for k > 0 {
		parent := (k - 1) / 2
		if e >= w.ready[parent] {
			break
		}
		w.ready[k] = w.ready[parent]
		k = parent
	}
	w.ready[k] = e
}

// sink restores the heap after its root was replaced.
func (w *wheel) sink() {
	if len(w.ready) == 0 {
		return
	}
	e, k := w.ready[0], 0
	for child := 1; child < len(w.ready); child = 2*k + 1 {
		if child+1 < len(w.ready) && w.ready[child+1] < w.ready[child] {
			child++
		}
		if w.ready[child] >= e {
			break
		}
		w.ready[k] = w.ready[child]
		k = child
	}
	w.ready[k] = e
}
