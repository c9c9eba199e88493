package player

import (
	"maps"
	"slices"

	"github.com/passmuster/muster/loadgen/plan"
)

// weights picks one of several names, each as often as its weight says.
type weights struct {
	names []string
	upTo  []uint64 // running sums
}

// newWeights orders the names first: a map has no order, and a plan must be the same each time.
func newWeights(of map[string]int) weights {
	var w weights
	sum := uint64(0)
	for _, name := range slices.Sorted(maps.Keys(of)) {
		if of[name] <= 0 {
			continue
		}
		sum += uint64(of[name])
		w.names = append(w.names, name)
		w.upTo = append(w.upTo, sum)
	}
	return w
}

// pick maps a roll to a name; to the empty one when there are no names.
func (w weights) pick(roll uint64) string {
	if len(w.names) == 0 {
		return ""
	}
	at := plan.Below(roll, w.upTo[len(w.upTo)-1])
	i, _ := slices.BinarySearch(w.upTo, at+1) // the first sum above at
	return w.names[i]
}
