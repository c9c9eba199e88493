package loadgen

import (
	"time"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/plan"
)

// orphansNamed bounds how many sessions are named of those left open.
const orphansNamed = 10

// orphans counts the sessions that the target was left with open, and names the first of them. They come from ends that
// were not acknowledged, and from a run that was cut short: its players are not sent home, because what it did then
// would be no part of its plan any more, and the books would not close.
func (b *books) orphans(began time.Time) *record.Orphans {
	o := record.Orphans{Sessions: b.truth.orphans()}
	if o.Sessions == 0 {
		return nil
	}
	for _, place := range b.truth.holding(orphansNamed) {
		player := uint32(place*max(b.params.Slices, 1) + b.params.Slice)
		if session, ok := b.session(player, place, began); ok {
			o.First = append(o.First, record.Orphan{Player: player, SessionID: b.cast.Identity().SessionID(player, session)})
		}
	}
	return &o
}

// session finds the number of the session that a player has open. It is not kept for millions of players, but the plan
// knows: his part of it is played once more, up to the start with the right stamp.
func (b *books) session(player uint32, place int, began time.Time) (number uint32, ok bool) {
	alone := b.params
	alone.Slice, alone.Slices = int(player), b.params.Curve.Peak()
	timeline, err := plan.NewTimeline(alone)
	if err != nil {
		return 0, false // cannot be: the same plan was just played
	}
	for d, ok := timeline.Next(); ok; d, ok = timeline.Next() {
		if d.Kind == plan.Start && b.truth.holds(place, began.Add(onWall(b.Scenario, d.At))) {
			return d.Session, true
		}
	}
	return 0, false
}
