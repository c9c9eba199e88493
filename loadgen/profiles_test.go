package loadgen

import (
	"runtime"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/scenarios"
)

// profiles calls check with the plan of every built-in scenario, scaled down to some hundred players.
func profiles(t *testing.T, check func(t *testing.T, s scenarios.Scenario, p plan.Params)) {
	for _, s := range scenarios.Builtin() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			small, err := s.Override(150, 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			check(t, small, params(small, record.Slice{Count: 1}))
		})
	}
}

// TestProfilesHoldTheirPlayers walks every built-in scenario: instants never decrease, and the sessions open at every
// instant are as many as the curve wants, exactly.
func TestProfilesHoldTheirPlayers(t *testing.T) {
	profiles(t, func(t *testing.T, s scenarios.Scenario, p plan.Params) {
		timeline, err := plan.NewTimeline(p)
		if err != nil {
			t.Fatal(err)
		}
		open, at := 0, time.Duration(0)
		for d, ok := timeline.Next(); ok; d, ok = timeline.Next() {
			if d.At < at {
				t.Fatalf("due at %v after one at %v", d.At, at)
			}
			if d.At > at && (open != p.Curve.Value(at) || open != p.Curve.Value(d.At-1)) {
				t.Fatalf("%d players on line from %v to %v, the curve wants %d and %d", open, at, d.At, p.Curve.Value(at), p.Curve.Value(d.At-1))
			}
			at = d.At
			switch d.Kind {
			case plan.Start:
				open++
			case plan.End:
				open--
			default:
			}
		}
		if open != 0 || at > s.Duration {
			t.Errorf("%d sessions never end; the last due is at %v of %v", open, at, s.Duration)
		}
	})
}

// TestProfilesDivide divides every built-in scenario into slices, on one and on several processors: hash, actions and
// players sum up to those of the whole.
func TestProfilesDivide(t *testing.T) {
	was := runtime.GOMAXPROCS(0)
	t.Cleanup(func() { runtime.GOMAXPROCS(was) })
	profiles(t, func(t *testing.T, s scenarios.Scenario, p plan.Params) {
		whole, err := plan.Summarize(p, wallStep(s))
		if err != nil {
			t.Fatal(err)
		}
		for _, slices := range []int{1, 2, 3, 7, 16, 33, 64} {
			runtime.GOMAXPROCS(1 + slices%3)
			var sum plan.Summary
			for i := range slices {
				part, err := plan.Summarize(params(s, record.Slice{Index: i, Count: slices}), wallStep(s))
				if err != nil {
					t.Fatal(err)
				}
				sum.Hash = sum.Hash.Add(part.Hash)
				sum.Players += part.Players
				for k, n := range part.Counts {
					sum.Counts[k] += n
				}
			}
			if sum.Hash != whole.Hash || sum.Counts != whole.Counts || sum.Players != whole.Players {
				t.Errorf("%d slices sum up to %d players, %v, %v; the whole has %d, %v, %v",
					slices, sum.Players, sum.Counts, sum.Hash, whole.Players, whole.Counts, whole.Hash)
			}
		}
	})
}
