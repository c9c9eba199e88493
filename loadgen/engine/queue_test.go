package engine

import (
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/passmuster/muster/loadgen/plan"
)

// TestReadyGivesEachOnce has more takers than places, so that some are overtaken by a whole round of the ring.
func TestReadyGivesEachOnce(t *testing.T) {
	const slots, rounds = 4, 50_000
	q, back := newReady(slots), newFreed(slots)
	ticks, done := make(chan struct{}), make(chan uint32)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range ticks {
				done <- q.take()
			}
		})
	}
	go func() {
		for i := range done {
			back.put(i)
		}
	}()
	free, out := []uint32{0, 1, 2, 3}, [slots]bool{}
	for range rounds {
		for i, ok := back.take(); ok || len(free) == 0; i, ok = back.take() {
			if !ok {
				continue
			}
			if !out[i] {
				t.Fatalf("slot %d was taken twice", i)
			}
			out[i], free = false, append(free, i)
		}
		i := free[0]
		free, out[i] = free[1:], true
		q.put(i)
		ticks <- struct{}{}
	}
	close(ticks)
	wg.Wait()
	close(done)
}

func TestAnsweredKeepsOrder(t *testing.T) {
	var q answered
	slots := make([]slot, 8)
	for round, order := range [][]uint32{{3}, {1, 0, 7, 2}, nil, {5, 6}} {
		for n, i := range order {
			if first := q.put(slots, i); first != (n == 0) {
				t.Errorf("round %d: slot %d is the first: %v", round, i, first)
			}
		}
		n := 0
		q.takeAll(slots, func(i uint32) {
			if i != order[n] {
				t.Errorf("round %d: %d-th is slot %d, want %d", round, n, i, order[n])
			}
			n++
		})
		if n != len(order) {
			t.Errorf("round %d: %d slots, want %d", round, n, len(order))
		}
	}
}

// TestLanesTable compares the table of lanes with a map of queues. Few players and few slots make them meet often.
func TestLanesTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		slots := make([]slot, rapid.IntRange(1, 20).Draw(t, "slots"))
		l := newLanes(len(slots))
		model, free := map[uint64][]uint32{}, []uint32{}
		for i := range slots {
			free = append(free, uint32(i))
		}
		players := rapid.Uint32Range(1, 1<<rapid.IntRange(1, 31).Draw(t, "bits"))
		for range 100 {
			if len(free) > 0 && rapid.Bool().Draw(t, "enter") {
				i := free[0]
				free = free[1:]
				d := plan.Due{Player: players.Draw(t, "player"), Kind: rapid.SampledFrom([]plan.Kind{plan.Heartbeat, plan.Flush}).Draw(t, "kind")}
				slots[i].lane = laneOf(&d)
				if waits := l.enter(slots, i); waits != (len(model[slots[i].lane]) > 0) {
					t.Fatalf("slot %d waits: %v, behind %v", i, waits, model[slots[i].lane])
				}
				model[slots[i].lane] = append(model[slots[i].lane], i)
				continue
			}
			for key, queue := range model {
				next, ok := l.leave(slots, queue[0])
				free = append(free, queue[0])
				if model[key] = queue[1:]; ok != (len(queue) > 1) || ok && next != queue[1] {
					t.Fatalf("after slot %d comes %d (%v), want %v", queue[0], next, ok, queue[1:])
				}
				if !ok {
					delete(model, key)
				}
				break
			}
		}
		for i := range l.entries {
			if e := l.entries[i]; e.tail != 0 && model[e.key] == nil {
				t.Fatalf("lane %d is still held", e.key)
			}
		}
	})
}

func TestSlotNumber(t *testing.T) {
	for i := range 4096 {
		if got, ok := slotNumber(slotURL(i)[len(scheme):], 4096); !ok || got != uint32(i) {
			t.Fatalf("slot %d reads as %d (%v)", i, got, ok)
		}
	}
	for _, text := range []string{"", "4096", "99999999999999999999999", "-1", "1 ", "x"} {
		if i, ok := slotNumber(text, 4096); ok {
			t.Errorf("%q reads as slot %d", text, i)
		}
	}
}
