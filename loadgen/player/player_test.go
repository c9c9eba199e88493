package player

import (
	"math"
	"regexp"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/scenarios"
)

func example() scenarios.Scenario {
	return scenarios.Scenario{
		Seed: 3,
		Players: scenarios.Players{
			UGC:       scenarios.UGC{Min: 1, Max: 5, Catalogue: 100},
			Clients:   map[string]int{"cpp": 3, "unity-2024": 1},
			Platforms: map[string]int{"windows": 3, "ps5": 1, "never": 0},
			Portals:   map[string]int{"steam": 1},
		},
		Events: scenarios.Events{PerFlush: 3, Names: []string{"a", "b"}, Transport: map[string]int{"http": 1, "kafka": 3},
			Clients: map[string]int{"js": 3, "godot without all": 1}},
	}
}

// TestKinds holds together the two numberings that Act converts between.
func TestKinds(t *testing.T) {
	for p, c := range map[plan.Kind]contract.Kind{
		plan.Start: contract.Start, plan.Heartbeat: contract.Heartbeat, plan.End: contract.End, plan.Flush: contract.Flush,
	} {
		if contract.Kind(p) != c {
			t.Errorf("plan's kind %d is the contract's %v, want %v", p, contract.Kind(p), c)
		}
	}
	if plan.Kinds != contract.Kinds {
		t.Errorf("the plan has %d kinds, the contract %d", plan.Kinds, contract.Kinds)
	}
}

var uuid4 = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func TestSession(t *testing.T) {
	c, at := New(example(), 9), time.UnixMilli(1_700_000_000_000)
	var a contract.Action
	nonces, session := map[string]bool{}, ""
	for _, tc := range []struct {
		due   plan.Due
		order int
	}{
		{plan.Due{Player: 5, Session: 2, Kind: plan.Start}, 1},
		{plan.Due{Player: 5, Session: 2, Kind: plan.Heartbeat, Seq: 1}, 2},
		{plan.Due{Player: 5, Session: 2, Kind: plan.Heartbeat, Seq: 2}, 3},
		{plan.Due{Player: 5, Session: 2, Kind: plan.End, Seq: 3}, 4},
	} {
		c.Act(&a, tc.due, at)
		if a.Order != tc.order || a.Player != 5 || !a.At.Equal(at) || a.Transport != contract.HTTP || len(a.Events) != 0 {
			t.Errorf("%+v gives %+v, want order %d", tc.due, a, tc.order)
		}
		if (len(a.UGC) > 0) != (tc.due.Kind == plan.Start) {
			t.Errorf("%v carries content ids %v, want them at the start only", a.Kind, a.UGC)
		}
		if session == "" {
			session = a.SessionID
		}
		if a.SessionID != session || !uuid4.MatchString(a.SessionID) || !uuid4.MatchString(a.Nonce) || nonces[a.Nonce] {
			t.Errorf("session %q, nonce %q: want one session and fresh nonces, in the form of UUIDs", a.SessionID, a.Nonce)
		}
		nonces[a.Nonce] = true
	}
	if c.Act(&a, plan.Due{Player: 5, Session: 3}, at); a.SessionID == session {
		t.Error("the next session has the same id")
	}
}

func TestFlush(t *testing.T) {
	c := New(example(), 9)
	c.Pad(contract.Kafka, 70)
	c.Pad(contract.HTTP, -1)
	var a contract.Action
	for player := range uint32(20) {
		c.Act(&a, plan.Due{Player: player, Kind: plan.Flush, Seq: 4}, time.UnixMilli(1))
		if len(a.Events) != 3 || a.Transport != c.Transport(player) {
			t.Fatalf("player %d: %+v, want 3 events by %s", player, a, c.Transport(player))
		}
		for i, e := range a.Events {
			run, p, seq, ok := c.Identity().ParseEventID(e.ID)
			if !ok || run != 9 || p != player || seq != uint32(12+i) {
				t.Errorf("event id %s is of (%d, %d, %d), want (9, %d, %d)", e.ID, run, p, seq, player, 12+i)
			}
			if want := map[contract.Transport]int{contract.Kafka: 70}[a.Transport]; e.Pad != want {
				t.Errorf("padding %d by %s, want %d", e.Pad, a.Transport, want)
			}
			if e.Name != "a" && e.Name != "b" {
				t.Errorf("event named %q", e.Name)
			}
		}
	}
}

func TestWeights(t *testing.T) {
	c := New(example(), 9)
	const n = 10000
	cpp, windows, kafka, js := 0, 0, 0, 0
	var a contract.Action
	for player := range uint32(n) {
		if c.Act(&a, plan.Due{Player: player, Kind: plan.Flush}, time.Time{}); a.EventClient == "js" {
			js++
		}
		c.Act(&a, plan.Due{Player: player}, time.Time{})
		if a.Platform == "windows" {
			windows++
		} else if a.Platform != "ps5" {
			t.Fatalf("platform %q", a.Platform)
		}
		if a.Client == "cpp" {
			cpp++
		}
		if c.Transport(player) == contract.Kafka {
			kafka++
		}
	}
	for name, got := range map[string]int{"cpp": cpp, "windows": windows, "kafka": kafka, "js": js} {
		if math.Abs(float64(got)-0.75*n) > 0.02*n {
			t.Errorf("%d of %d players have %s, want three quarters", got, n, name)
		}
	}
}

func TestNothingToChooseFrom(t *testing.T) {
	c := New(scenarios.Scenario{}, 1)
	var a contract.Action
	c.Act(&a, plan.Due{Kind: plan.Flush}, time.Time{})
	if a.Client != "" || a.Platform != "" || a.Portal != "" || a.Transport != contract.HTTP || len(a.Events) != 1 {
		t.Errorf("an empty scenario gives %+v", a)
	}
}

func TestUGC(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := scenarios.UGC{Min: rapid.IntRange(0, 5).Draw(t, "min"), Catalogue: rapid.IntRange(1, 20).Draw(t, "catalogue")}
		u.Max = u.Min + rapid.IntRange(0, 30).Draw(t, "more")
		c := New(scenarios.Scenario{Players: scenarios.Players{UGC: u}}, 1)
		ids := c.AppendUGC(nil, rapid.Uint32().Draw(t, "player"), rapid.Uint32().Draw(t, "session"))
		if len(ids) < min(u.Min, u.Catalogue) || len(ids) > min(u.Max, u.Catalogue) {
			t.Fatalf("%d ids of %+v", len(ids), u)
		}
		seen := map[int64]bool{}
		for _, id := range ids {
			if id < 1 || id > int64(u.Catalogue) || seen[id] {
				t.Fatalf("ids %v of %+v, want distinct ones of the catalogue", ids, u)
			}
			seen[id] = true
		}
	})
}

// TestActIsPure checks that an action depends on its due alone, not on what the memory held before.
func TestActIsPure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		due := rapid.Custom(func(t *rapid.T) plan.Due {
			return plan.Due{
				Player: rapid.Uint32Range(0, 9).Draw(t, "player"), Session: rapid.Uint32Range(0, 3).Draw(t, "session"),
				Seq: rapid.Uint32Range(0, 9).Draw(t, "seq"), Kind: plan.Kind(rapid.IntRange(0, 3).Draw(t, "kind")),
			}
		})
		first, second := due.Draw(t, "first"), due.Draw(t, "second")
		var fresh, used contract.Action
		New(example(), 1).Act(&fresh, second, time.UnixMilli(5))
		c := New(example(), 1)
		c.Act(&used, first, time.UnixMilli(4))
		c.Act(&used, second, time.UnixMilli(5))
		if fresh.Nonce != used.Nonce || fresh.SessionID != used.SessionID || fresh.Order != used.Order ||
			len(fresh.UGC) != len(used.UGC) || len(fresh.Events) != len(used.Events) {
			t.Fatalf("%+v after another action, %+v in fresh memory", used, fresh)
		}
	})
}
