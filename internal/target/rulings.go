package target

import (
	"maps"
	"slices"
	"strings"

	"github.com/passmuster/muster/internal/strict"
)

// ruled lists what a target may rule on where the documents leave it open, with the bounds of the number. A ruling
// that no clause reads does not belong here.
var ruled = map[string]struct{ least, most int }{
	"playtime.bad_hash_status":         {400, 499}, // ruling 20: the status that answers a wrong session_hash
	"playtime.start_twice_status":      {200, 499}, // ruling 18: the status that answers a second start of one session
	"playtime.unknown_session_status":  {200, 499}, // ruling 19: the status that answers a heartbeat without a start
	"playtime.insights_settle_seconds": {0, 600},   // how long the insights may take to show what was acknowledged
}

// rulings reports unknown rulings and values that they cannot have.
func (d *decoder) rulings(given map[string]any) {
	known := slices.Sorted(maps.Keys(ruled))
	for _, name := range slices.Sorted(maps.Keys(given)) {
		at := strict.Join("rulings", name)
		bounds, ok := ruled[name]
		if !ok {
			d.Fault(at, "unknown ruling, known are %s%s", strings.Join(known, ", "), strict.Suggest(name, known))
			continue
		}
		if n, is := given[name].(int); !is || n < bounds.least || n > bounds.most {
			d.Fault(at, "want a whole number from %d to %d, got %s", bounds.least, bounds.most, d.shown(at))
		}
	}
}
