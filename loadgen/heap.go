package loadgen

import (
	"os"
	"runtime/debug"
	"runtime/metrics"

	"github.com/passmuster/muster/loadgen/plan"
)

// How much garbage a run may gather between two collections, in bytes; and the bounds on what that is in percent of the
// memory in use, which is what the collector goes by. The players' state is large and holds no pointers, so that a
// collection costs next to nothing however many they are: memory is better spent on more of them.
const (
	garbage      = 12 << 20
	leastPercent = 10
	mostPercent  = 200
)

// perPlayer is how many bytes the plan and the truth hold for each player.
const perPlayer = 40

// thrifty gives the system back what the preparation of a run took, and has the collector run often enough for the run
// to stay small. Whoever has set GOGC knows better. The returned function undoes it.
func thrifty(p plan.Params) (undo func()) {
	debug.FreeOSMemory()
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	players := uint64(p.Curve.Peak() / max(p.Slices, 1))
	percent := int(100 * garbage / (live[0].Value.Uint64() + perPlayer*players + 1))
	before := debug.SetGCPercent(min(max(percent, leastPercent), mostPercent))
	return func() { debug.SetGCPercent(before) }
}
