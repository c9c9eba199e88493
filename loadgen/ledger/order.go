package ledger

import "math/bits"

// mostTracks bounds what the check of order remembers, to some 20 MiB.
const mostTracks = 1 << 20

// order finds events that were stored after a later one of their player in the same partition. Between partitions there
// is no order.
//
// It remembers, of a player and a partition, the highest event seen, but only while some earlier event of the player may
// still come: what is read in order needs no memory at all, what is read partition by partition needs it for the events
// that one partition is ahead of the others.
type order struct {
	highest   map[track]int64 // the highest event seen
	clean     dense           // pages of the layout of which nothing is awaited any more
	most      int             // tracks
	sweep     int             // look for what is not needed any more at this size; at most most
	unchecked int64           // events whose order was not remembered, because there were too many tracks
}

// track is what has an order: the events of a player in a partition.
type track struct{ place, partition uint32 }

func newOrder(events int64) order {
	return order{highest: map[track]int64{}, clean: newDense(events/(64*pageWords) + 1), most: mostTracks, sweep: mostTracks}
}

// isLate notes that an event was seen in a partition, for the first time, and says whether a later one of the same
// player was seen there before.
func (l *Ledger) isLate(player uint32, event int64, partition int) bool {
	o, t := &l.order, track{uint32(l.layout.place(player)), uint32(partition)}
	first, _ := l.layout.span(int(t.place))
	highest, known := o.highest[t]
	late := known && event < highest
	switch {
	case late:
	case !l.awaited(first, event):
		if known {
			delete(o.highest, t)
		}
	case known || l.roomForTrack():
		o.highest[t] = event
	default:
		o.unchecked++
	}
	return late
}

// roomForTrack says whether one more track may be remembered.
func (l *Ledger) roomForTrack() bool {
	o := &l.order
	if len(o.highest) < o.sweep {
		return true
	}
	for t, highest := range o.highest {
		if first, _ := l.layout.span(int(t.place)); !l.awaited(first, highest) {
			delete(o.highest, t)
		}
	}
	o.sweep = min(len(o.highest)+o.most/8+1, o.most)
	return len(o.highest) < o.sweep
}

// awaited says whether any event from first up to, and without, end may still come.
func (l *Ledger) awaited(first, end int64) bool {
	for end > first {
		w := (end - 1) >> 6
		page := w / pageWords
		if l.order.clean.has(page) {
			end = page * pageWords * 64
			continue
		}
		open := l.open(w)
		if w == first>>6 {
			open &= ^uint64(0) << (first & 63)
		}
		if last := end - w<<6; last < 64 {
			open &= 1<<last - 1
		}
		if open != 0 {
			return true
		}
		end = w << 6
		if w%pageWords == 0 {
			l.tidy(page)
		}
	}
	return false
}

// tidy notes that nothing is awaited of a page, if so. What is not awaited never is again.
func (l *Ledger) tidy(page int64) {
	for w := page * pageWords; w < min((page+1)*pageWords, int64(len(l.seen))); w++ {
		if l.open(w) != 0 {
			return
		}
	}
	l.order.clean.set(page)
}

// open returns which of 64 events may still come: those acknowledged and not seen and, before the ledger is settled,
// those without an outcome.
func (l *Ledger) open(w int64) uint64 {
	if l.settled {
		return l.acked[w] &^ l.seen[w]
	}
	return ^(l.seen[w] | l.refused.word(w) | l.unsure.word(w))
}

// count adds up the events that a function picks of each 64.
func (l *Ledger) count(pick func(w int64) uint64) (n int64) {
	for w := range int64(len(l.seen)) {
		n += int64(bits.OnesCount64(pick(w)))
	}
	return n
}
