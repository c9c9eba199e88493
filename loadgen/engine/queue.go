package engine

import (
	"math/bits"
	"runtime"
	"sync/atomic"
)

// ready hands slots from the pacer to the workers. Each take is preceded by a tick that vegeta sent after a put, so there
// always is something to take. The ticks and the order of the additions to head make what the pacer wrote visible to
// whoever takes it.
type ready struct {
	ring []atomic.Uint32 // slots + 1; 0 where there is none
	tail uint64          // the pacer's
	_    [40]byte
	head atomic.Uint64 // the workers': how many slots were taken so far
	_    [56]byte
}

func newReady(slots int) ready { return ready{ring: make([]atomic.Uint32, powerOfTwo(slots))} }

// put never waits for room, because there is a place for every slot. But a worker may have been interrupted just when
// he had drawn this place, and the others may have gone once round since: then it waits for him.
func (q *ready) put(slot uint32) {
	place := &q.ring[q.tail&uint64(len(q.ring)-1)]
	for place.Load() != 0 {
		runtime.Gosched()
	}
	place.Store(slot + 1)
	q.tail++
}

func (q *ready) take() uint32 {
	return q.ring[(q.head.Add(1)-1)&uint64(len(q.ring)-1)].Swap(0) - 1
}

// freed hands slots back from the drainer to the pacer, one producer and one consumer. It has room for every slot.
type freed struct {
	ring []uint32
	head uint64 // the pacer's
	_    [48]byte
	tail atomic.Uint64 // the drainer's: how many slots were finished so far
	_    [56]byte
}

func newFreed(slots int) freed { return freed{ring: make([]uint32, powerOfTwo(slots))} }

func (q *freed) put(slot uint32) {
	tail := q.tail.Load()
	q.ring[tail&uint64(len(q.ring)-1)] = slot
	q.tail.Store(tail + 1)
}

// take returns the next slot, if there is one.
func (q *freed) take() (slot uint32, ok bool) {
	if q.empty() {
		return 0, false
	}
	slot = q.ring[q.head&uint64(len(q.ring)-1)]
	q.head++
	return slot, true
}

// empty is for the pacer.
func (q *freed) empty() bool { return q.head == q.tail.Load() }

// powerOfTwo returns the smallest power of two that is at least n.
func powerOfTwo(n int) int { return 1 << bits.Len(uint(max(n, 1)-1)) }

// answered hands slots from drivers that answer on their own time to the drainer: any number of producers, one
// consumer who takes all at once. The list runs through the slots, so it needs no memory.
type answered struct{ top atomic.Uint32 } // the slot that came last, + 1

// put adds slot i and says whether it was the first, so that the drainer has to be told.
func (q *answered) put(slots []slot, i uint32) (first bool) {
	for {
		top := q.top.Load()
		slots[i].before = top
		if q.top.CompareAndSwap(top, i+1) {
			return top == 0
		}
	}
}

// takeAll calls f for every slot in the queue, in the order in which they came. F may hand the slot on.
func (q *answered) takeAll(slots []slot, f func(i uint32)) {
	first := uint32(0)
	for i := q.top.Swap(0); i != 0; { // the list begins with the last
		s := &slots[i-1]
		s.before, first, i = first, i, s.before
	}
	for i := first; i != 0; {
		next := slots[i-1].before
		f(i - 1)
		i = next
	}
}
