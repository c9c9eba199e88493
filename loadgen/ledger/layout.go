package ledger

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/passmuster/muster/loadgen/plan"
)

// block is how many players share a base in the layout.
const block = 64

// layout numbers the events of a slice through, player by player. It takes a little over 4 bytes a player. A player's
// place is his rank among those of the slice.
type layout struct {
	slice, slices uint32
	base          []int64  // by block of places: the number of its first event
	offset        []uint32 // by place, and one for the end: the number of the player's first event, less his block's base
	events        int64
}

// newLayout lays the events out. Flushes are of the whole population.
func newLayout(p plan.Params, flushes []uint32, perFlush uint32) (layout, error) {
	y := layout{slice: uint32(p.Slice), slices: uint32(max(p.Slices, 1))}
	if !slices.ContainsFunc(flushes, func(n uint32) bool { return n > 0 }) {
		return y, nil // a run without events has no need of places
	}
	y.offset = make([]uint32, 0, len(flushes)/int(y.slices)+2)
	for player := int64(y.slice); player < int64(len(flushes)); player += int64(y.slices) {
		if err := y.add(flushes[player], perFlush); err != nil {
			return y, err
		}
	}
	return y, y.add(0, perFlush) // the end
}

// add lays out the events of the player who is next.
func (y *layout) add(flushes, perFlush uint32) error {
	if len(y.offset)%block == 0 {
		y.base = append(y.base, y.events)
	}
	y.offset = append(y.offset, uint32(y.events-y.base[len(y.base)-1]))
	y.events += int64(flushes) * int64(perFlush)
	if y.events-y.base[len(y.base)-1] > math.MaxUint32 {
		return fmt.Errorf("ledger: more than %d events of %d players, want at most that many", uint32(math.MaxUint32), block)
	}
	return nil
}

// place returns a player's rank in the slice. It may lie beyond the last.
func (y *layout) place(player uint32) int { return int(player / y.slices) }

// span returns the numbers of a place's events: from first up to, and without, end.
func (y *layout) span(place int) (first, end int64) {
	return y.base[place/block] + int64(y.offset[place]), y.base[(place+1)/block] + int64(y.offset[place+1])
}

// event returns the number of a player's event; false when the plan of this slice holds no such event.
func (y *layout) event(player, seq uint32) (event int64, ok bool) {
	place := y.place(player)
	if player%y.slices != y.slice || place >= len(y.offset)-1 {
		return 0, false
	}
	first, end := y.span(place)
	event = first + int64(seq)
	return event, event < end
}

// owner returns the place whose event this is.
func (y *layout) owner(event int64) int {
	return sort.Search(len(y.offset)-1, func(place int) bool { _, end := y.span(place); return end > event })
}

// name returns the player and his own number of an event.
func (y *layout) name(event int64) (player, seq uint32) {
	place := y.owner(event)
	first, _ := y.span(place)
	return y.slice + uint32(place)*y.slices, uint32(event - first)
}
