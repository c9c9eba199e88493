package loadgen

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/scenarios"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestCleanRun plays the whole scenario against a target that does everything right.
func TestCleanRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{}
		c, shelf := newRun(w)
		c.Manifest = record.Manifest{Version: record.Version, Name: "test", Ended: record.Running}
		c.Attackers = 2
		result := mustRun(t.Context(), t, c)

		l := *result.Ledger
		want := record.Ledger{Version: 1, Planned: l.Planned, Acknowledged: l.Planned, Found: l.Planned, Complete: true}
		if l.Planned < 1000 || !same(l, want) || len(shelf.ledgers) != 1 {
			t.Errorf("ledger %+v, want %+v", l, want)
		}
		for op, n := range result.Plan.Planned {
			if f := shelf.frames[op]; n == 0 || f == nil || f.Planned != int64(n) || f.Outcomes["acknowledged"] != int64(n) {
				t.Errorf("%s: frames %+v, want %d acknowledged", op, f, n)
			}
		}
		if len(shelf.manifests) != 1 || shelf.manifests[0].Load != result.Plan {
			t.Errorf("manifests %+v, want one that holds the plan", shelf.manifests)
		}
		if result.Interrupted || result.Insights.Open != nil || len(shelf.failures) != 0 {
			t.Errorf("interrupted %v, %+v open, %d failures, want none", result.Interrupted, result.Insights.Open, len(shelf.failures))
		}
		for _, s := range w.log {
			if n := len(s.Value); n != 100+1 && n != 100 {
				t.Fatalf("an event of %d bytes, want 100 and the line's end", n)
			}
		}
	})
}

// same compares all but examples and notes.
func same(a, b record.Ledger) bool {
	return a.Planned == b.Planned && a.NeverSent == b.NeverSent && a.Failed == b.Failed && a.Indeterminate == b.Indeterminate &&
		a.Acknowledged == b.Acknowledged && a.Found == b.Found && a.Lost == b.Lost && a.Duplicated == b.Duplicated &&
		a.Reordered == b.Reordered && a.Corrupt == b.Corrupt && a.Phantom == b.Phantom && a.Landed == b.Landed &&
		a.Foreign == b.Foreign && a.Complete == b.Complete
}

func TestPlanForTheManifest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := newRun(&world{})
		result := mustRun(t.Context(), t, c)
		p := result.Plan
		if p.PlannedWall != time.Minute || p.Warmup != 6*time.Second || p.TimeScale != 10 || len(p.CCU) != 60 || p.CCU[11] != 60 {
			t.Errorf("planned for %v, warm-up %v, scale %v, CCU %v", p.PlannedWall, p.Warmup, p.TimeScale, p.CCU)
		}
		if p.Players != 60 || p.PeakCCU != 60 || p.Seed != 5 || len(p.ScheduleHash) != 32 || p.Slice != (record.Slice{Count: 1}) || !p.Readback {
			t.Errorf("%+v", p)
		}
		if got, want := strings.Join(p.Operations, " "), "session.start session.heartbeat session.end events.http events.kafka"; got != want {
			t.Errorf("operations %s, want %s", got, want)
		}
		if len(p.Thresholds) != 1 || p.MaxLag != 250*time.Millisecond || p.LateShare != 0.1 || p.ScenarioDigest == "" || len(p.Scenario) == 0 {
			t.Errorf("%+v", p)
		}
		if again := mustRun(t.Context(), t, c); again.Plan.ScheduleHash != p.ScheduleHash {
			t.Errorf("schedule hash %s, then %s", p.ScheduleHash, again.Plan.ScheduleHash)
		}
		if g := result.Generator; g.Attackers != 1 || g.MaxInFlight != 4096 || g.PeakInFlight < 1 || g.MaxRSSBytes == 0 {
			t.Errorf("generator %+v", g)
		}
	})
}

// TestSlices plays a run as two slices against one target: together they do what one does, and each takes the other's
// events for foreign.
func TestSlices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := newRun(&world{})
		whole := mustRun(t.Context(), t, c)
		w := &world{}
		c.Routes, c.Reader = w.routes(), w
		c.Slice = record.Slice{Index: 0, Count: 2}
		first := mustRun(t.Context(), t, c)
		w.read = 0
		c.Slice.Index = 1
		second := mustRun(t.Context(), t, c)
		if first.Ledger.Found+second.Ledger.Found != whole.Ledger.Found || second.Ledger.Foreign != first.Ledger.Found || second.Ledger.Phantom != 0 {
			t.Errorf("first %+v, second %+v, want them to add up to %d", first.Ledger, second.Ledger, whole.Ledger.Found)
		}
		for op, n := range whole.Plan.Planned {
			if got := first.Plan.Planned[op] + second.Plan.Planned[op]; got != n {
				t.Errorf("%s: slices plan %d, want %d", op, got, n)
			}
		}
	})
}

func TestFailuresAreSampled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{fail: func(n int, m *contract.Message) bool { return strings.HasPrefix(m.Operation, "events.") && n%2 == 0 }}
		c, shelf := newRun(w)
		c.Curl = func(m *contract.Message) string { return "curl " + m.Operation }
		result := mustRun(t.Context(), t, c)
		if len(shelf.failures) != 2*samplesKept {
			t.Errorf("%d failures sampled, want %d for each of two operations", len(shelf.failures), samplesKept)
		}
		for _, f := range shelf.failures {
			if f.Status != 503 || f.Class != "server-error" || f.Detail != "out of order" || f.Curl != "curl "+f.Operation || f.Version != 1 {
				t.Fatalf("failure %+v", f)
			}
		}
		l := result.Ledger
		if l.Failed == 0 || l.Failed+l.Acknowledged != l.Planned || l.Found != l.Acknowledged || l.Landed != 0 || !l.Complete {
			t.Errorf("ledger %+v", l)
		}
	})
}

func TestInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{open: map[string]uint32{}}
		c, _ := newRun(w)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		result := mustRun(ctx, t, c)
		l := result.Ledger
		open := result.Insights.Open
		if !result.Interrupted || open == nil || open.Sessions != int64(len(w.open)) || len(open.First) != orphansNamed {
			t.Fatalf("interrupted %v, %+v open, want %d, the first %d named", result.Interrupted, open, len(w.open), orphansNamed)
		}
		for _, o := range open.First {
			if player, ok := w.open[o.SessionID]; !ok || player != o.Player {
				t.Errorf("session %s of player %d is named as open; by the target it is open: %v, of player %d", o.SessionID, o.Player, ok, player)
			}
		}
		if l.NeverSent == 0 || l.NeverSent+l.Acknowledged != l.Planned || l.Found != l.Acknowledged || !l.Complete {
			t.Errorf("ledger %+v, want all that was acknowledged found", l)
		}
	})
}

// TestOnlySessions has a target that takes no events: they are no part of the run, and there is no ledger.
func TestOnlySessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{}
		c, shelf := newRun(w)
		c.Routes[0].Renderer = sessionsOnly{w}
		c.Routes = c.Routes[:1]
		result := mustRun(t.Context(), t, c)
		if result.Ledger != nil || result.Plan.Readback || len(shelf.ledgers) != 0 || len(result.Plan.Planned) != 3 || len(w.log) != 0 {
			t.Errorf("ledger %+v, plan %v, %d events", result.Ledger, result.Plan.Planned, len(w.log))
		}
	})
}

type sessionsOnly struct{ *world }

func (s sessionsOnly) Operation(k contract.Kind, t contract.Transport) string {
	if k == contract.Flush {
		return ""
	}
	return s.world.Operation(k, t)
}

func TestFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, shelf := newRun(&world{})
		shelf.full = true
		if result, err := Run(t.Context(), c); !errors.Is(err, errFull) || result.Plan == nil || result.Generator == nil {
			t.Errorf("error %v, result %+v, want %v and what is known", err, result, errFull)
		}
		c.Routes = nil
		if _, err := Run(t.Context(), c); err == nil {
			t.Error("a run without routes was accepted")
		}
		c, _ = newRun(&world{})
		c.Slice = record.Slice{Index: 3, Count: 2}
		if _, err := Run(t.Context(), c); err == nil {
			t.Error("slice 3 of 2 was accepted")
		}
	})
}

func TestInsights(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, shelf := newRun(&world{})
		c.Insights = told{figures: contract.Insights{TotalPlayers: 9, AverageUGCSession: 2.5}}
		got := mustRun(t.Context(), t, c).Insights
		if got.Target == nil || got.Target.TotalPlayers != 9 || got.Target.AverageUGC != 2.5 || len(shelf.insights) != 1 {
			t.Errorf("insights %+v", got)
		}
		if f := got.Truth; f.TotalPlayers != 10 || f.ConcurrentPlayers != 10 || f.ConcurrentUGC != 50 || f.AverageUGC < 1.8 || f.AverageUGC > 2.2 ||
			f.AveragePlaytime < 3 || f.AveragePlaytime > 20 {
			t.Errorf("truth %+v", f)
		}
		c.Insights = told{err: errors.New("no answer")}
		if got := mustRun(t.Context(), t, c).Insights; got.Target != nil || !strings.Contains(got.Note, "no answer") {
			t.Errorf("insights %+v, want a note", got)
		}
		c.Insights = nil
		if got := mustRun(t.Context(), t, c).Insights; got.Target != nil || got.Note == "" {
			t.Errorf("insights %+v, want a note", got)
		}
	})
}

// TestBuiltin plays the built-in scenarios' plans on paper: none may be refused.
func TestBuiltin(t *testing.T) {
	for _, s := range scenarios.Builtin() {
		t.Run(s.Name, func(t *testing.T) {
			s, err := s.Override(100, 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			w := &world{}
			b, err := newBooks(Config{Scenario: s.WithDefaults(), Routes: w.routes(), Slice: record.Slice{Count: 1}})
			if err != nil {
				t.Fatal(err)
			}
			if b.plan.PeakCCU != 100 || b.plan.Planned["session.start"] < 100 || b.plan.Planned["session.start"] != b.plan.Planned["session.end"] {
				t.Errorf("%+v", b.plan)
			}
		})
	}
}
