package ledger

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/plan"
)

// TestStandingOnlyGrowsTowardsTheEnd sends and sees events in any order: what Standing says never falls, is never more than
// Close says, and is the same where everything seen was sent.
func TestStandingOnlyGrowsTowardsTheEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, err := New(Config{
			Identity: plan.NewIdentity(77), Params: plan.Params{Curve: plan.Curve{{Players: 40}}}, PerFlush: 3, Flushes: manyFlushes(40, 30),
		})
		if err != nil {
			t.Fatal(err)
		}
		var before record.Ledger
		look := func() record.Ledger {
			now := l.Standing()
			for i, pair := range [][2]int64{{before.Duplicated, now.Duplicated}, {before.Reordered, now.Reordered}, {before.Corrupt, now.Corrupt}, {before.Phantom, now.Phantom}} {
				if pair[1] < pair[0] {
					t.Fatalf("number %d falls from %d to %d", i, pair[0], pair[1])
				}
			}
			before = now
			return now
		}
		for range rapid.IntRange(0, 150).Draw(t, "steps") {
			player := uint32(rapid.IntRange(0, 3).Draw(t, "player"))
			if rapid.Bool().Draw(t, "sends") {
				l.flush(player, uint32(rapid.IntRange(0, 5).Draw(t, "flush")), contract.Acknowledged)
			} else {
				s := l.stored(player, uint32(rapid.IntRange(0, 95).Draw(t, "event")))
				spoilt := rapid.IntRange(0, 9).Draw(t, "spoilt") == 0
				l.See(s, func(contract.Stored) bool { return !spoilt })
			}
			look()
		}
		for player := range uint32(4) { // now everything that was seen was sent as well
			for flush := range uint32(32) {
				l.flush(player, flush, contract.Acknowledged)
			}
		}
		now := look()
		l.Settle()
		sum := l.Close()
		got, want := fmt.Sprint(now.Duplicated, now.Reordered, now.Corrupt, now.Phantom), fmt.Sprint(sum.Duplicated, sum.Reordered, sum.Corrupt, sum.Phantom)
		if got != want {
			t.Errorf("standing %s, closed %s", got, want)
		}
	})
}

// manyFlushes gives each of some players as many flushes.
func manyFlushes(players int, each uint32) []uint32 {
	all := make([]uint32, players)
	for i := range all {
		all[i] = each
	}
	return all
}
