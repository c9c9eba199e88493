package loadgen

import (
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/engine"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/loadgen/player"
	"github.com/passmuster/muster/scenarios"
)

// TestTruth follows a few sessions by hand.
func TestTruth(t *testing.T) {
	cast := player.New(scenarios.Scenario{Players: scenarios.Players{UGC: scenarios.UGC{Min: 2, Max: 2, Catalogue: 1000}}}, 1)
	began := time.UnixMilli(1_700_000_000_000)
	truth := newTruth(cast, plan.Params{Curve: plan.Curve{{At: 0, Players: 5}}}, 3, 1000, began)
	do := func(at time.Duration, player, session uint32, k plan.Kind, o contract.Outcome) {
		var a contract.Action
		d := plan.Due{Player: player, Session: session, Kind: k}
		cast.Act(&a, d, began.Add(at))
		truth.done(&engine.Sample{Due: d, Action: &a, Reply: &contract.Reply{Outcome: o, Done: began.Add(at + time.Millisecond)}})
	}
	const yes, no = contract.Acknowledged, contract.Failed
	do(0, 0, 0, plan.Start, yes)
	do(5*time.Minute, 0, 0, plan.Heartbeat, yes)
	do(10*time.Minute, 0, 0, plan.End, yes)       // player 0 played 10 minutes
	do(20*time.Minute, 3, 0, plan.Start, yes)     // player 3 has the same token as player 0
	do(40*time.Minute, 3, 0, plan.End, no)        // not known to have ended
	do(40*time.Minute, 3, 1, plan.Start, yes)     // his first session is an orphan
	do(60*time.Minute, 3, 1, plan.End, yes)       // and his second lasted 20 minutes
	do(50*time.Minute, 1, 0, plan.Start, no)      // player 1 never got in,
	do(55*time.Minute, 1, 0, plan.Heartbeat, yes) // whatever the target makes of this
	do(56*time.Minute, 1, 0, plan.End, yes)
	do(57*time.Minute, 1, 1, plan.Flush, yes) // events are no sign of life in a session
	do(5*time.Minute, 2, 0, plan.Start, yes)  // player 2 is an orphan too, and long silent

	got := truth.figures(began.Add(70 * time.Minute))
	want := record.InsightsFigures{
		AsOfMS: began.Add(70 * time.Minute).UnixMilli(), ConcurrentPlayers: 1, ConcurrentUGC: 2, TotalPlayers: 2,
		AveragePlaytime: 15 * 60, AverageUGC: 2,
	}
	if got != want {
		t.Errorf("insights %+v, want %+v", got, want)
	}
	if n := truth.orphans(); n != 2 {
		t.Errorf("%d orphans, want 2", n)
	}
}

func TestTruthOfNothing(t *testing.T) {
	now := time.UnixMilli(5_000_000_000)
	truth := newTruth(player.New(scenarios.Scenario{}, 1), plan.Params{Curve: plan.Curve{{At: 0, Players: 5}}}, 0, 0, now)
	if got := truth.figures(now); got != (record.InsightsFigures{AsOfMS: now.UnixMilli()}) {
		t.Errorf("insights %+v, want zeros", got)
	}
}
