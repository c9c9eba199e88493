package loadgen

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/ledger"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/loadgen/player"
)

// newTestVerifier is of a ledger of two players with two flushes of two events each, all acknowledged, and what a target
// that does everything right keeps of them.
func newTestVerifier(t *testing.T, w *world) (*verifier, []contract.Stored) {
	t.Helper()
	id := plan.NewIdentity(77)
	l, err := ledger.New(ledger.Config{
		Identity: id, Params: plan.Params{Curve: plan.Curve{{Players: 2}}}, PerFlush: 2, Flushes: []uint32{2, 2},
	})
	if err != nil {
		t.Fatal(err)
	}
	var log []contract.Stored
	for player := range uint32(2) {
		for flush := range uint32(2) {
			l.Done(player, flush, &contract.Reply{Outcome: contract.Acknowledged})
		}
		for seq := range uint32(4) {
			log = append(log, contract.Stored{ID: id.EventID(player, seq), Partition: 1})
		}
	}
	return newVerifier(l, w, nil), log
}

// TestReadBackWaits has events that come late: they are found as long as they keep coming.
func TestReadBackWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{stall: 40} // 40 readings that show nothing take 8 s
		v, log := newTestVerifier(t, w)
		began := time.Now()
		w.log = log
		if got := v.finish(t.Context()); got.Found != 8 || !got.Complete || !strings.Contains(got.Note, "not judged") {
			t.Errorf("ledger %+v, want all found", got)
		}
		if took := time.Since(began); took > 9*time.Second {
			t.Errorf("took %v, want 8 s and a little", took)
		}
	})
}

// TestReadBackGivesUp has events that never come: after a quiet time they are lost, and that is certain.
func TestReadBackGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, _ := newTestVerifier(t, &world{})
		began := time.Now()
		if got := v.finish(t.Context()); got.Lost != 8 || !got.Complete {
			t.Errorf("ledger %+v, want all lost", got)
		}
		if took := time.Since(began); took < readQuiet || took > readQuiet+time.Second {
			t.Errorf("took %v, want %v", took, readQuiet)
		}
	})
}

func TestReadBackFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{readErr: errors.New("broker gone")}
		v, log := newTestVerifier(t, w)
		w.log = log[:3]
		got := v.finish(t.Context())
		if got.Complete || !strings.Contains(got.Note, "broker gone") || got.Found != 3 {
			t.Errorf("ledger %+v, want it open, with a note", got)
		}
	})
}

// tail is a world whose log can be followed.
type tail struct{ *world }

func (tail) Tails() {}

// TestLogIsReadBehindTheRun follows the log: when the run is over all has been read, and of what Kafka acknowledged it is
// known how long it took to be seen, which is never longer than the pause between two readings.
func TestLogIsReadBehindTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{}
		c, shelf := newRun(w)
		c.Reader = tail{w}
		before, after := 0, 0
		c.Insights = probe(func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			if before == 0 {
				before = w.read
			}
			after = w.read
		})
		result := mustRun(t.Context(), t, c)
		if l := result.Ledger; l.Found != l.Planned || !l.Complete || l.Duplicated+l.Reordered+l.Phantom > 0 {
			t.Errorf("ledger %+v, want everything found", l)
		}
		if before == 0 || after <= before {
			t.Errorf("%d events read after five seconds, %d at the end", before, after)
		}
		kafka := shelf.frames["events.kafka"]
		part := kafka.Parts[record.KafkaSeen]
		if want := kafka.Outcomes["acknowledged"] * 3; part == nil || part.TotalCount() != want {
			t.Fatalf("parts %v, want %d events seen", kafka.Parts, want)
		}
		if most := time.Duration(part.Max()) * time.Microsecond; most > followAgain+2*time.Millisecond || most < 20*time.Millisecond {
			t.Errorf("longest until seen %v, want a good part of %v", most, followAgain)
		}
		if shelf.frames["events.http"].Parts[record.KafkaSeen] != nil {
			t.Error("events by HTTP are measured too")
		}
	})
}

// probe calls a function whenever the insights are read.
type probe func()

func (p probe) Insights(context.Context) (contract.Insights, error) {
	p()
	return contract.Insights{}, errors.New("asked for something else")
}

// TestVisibilityIsSampledWhenItMustBe has more events under way than are remembered.
func TestVisibilityIsSampledWhenItMustBe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVisibility(player.New(scenario().WithDefaults(), 77))
		now := time.Now()
		for i := range uint32(4 * mostAwaited) {
			v.meet(eventName{i % 1000, i / 1000}, now)
		}
		if n := len(v.first); n > mostAwaited || n < mostAwaited/8 {
			t.Fatalf("%d remembered, want up to %d", n, mostAwaited)
		}
		met := 0
		for i := range uint32(4 * mostAwaited) {
			if _, ok := v.meet(eventName{i % 1000, i / 1000}, now); ok {
				met++
			}
		}
		if met < mostAwaited/8 || len(v.first) != 0 {
			t.Errorf("%d met, %d left over, want all that are sampled to meet", met, len(v.first))
		}
		v.meet(eventName{0, 9}, now)
		v.mask = 0
		v.meet(eventName{1, 9}, now)
		time.Sleep(awaitedFor + time.Second)
		if v.take(1, "op"); len(v.first) != 0 {
			t.Errorf("%d remembered for ever", len(v.first))
		}
	})
}

// TestTrack follows the truth of a run by the second, and the target's own figures every few.
func TestTrack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, shelf := newRun(&world{})
		c.Insights = told{figures: contract.Insights{ConcurrentPlayers: 7}}
		result := mustRun(t.Context(), t, c)
		asked, most := 0, int64(0)
		for i, line := range shelf.track {
			if line.Second != i {
				t.Fatalf("line %d is of second %d", i, line.Second)
			}
			if line.Target != nil {
				asked++
			}
			most = max(most, line.Truth.ConcurrentPlayers)
		}
		if n := len(shelf.track); n < 60 || n > 62 || asked < 8 || asked > 12 || most < 8 {
			t.Errorf("%d lines, %d with the target's figures, at most %d players, want a minute's, one in six", n, asked, most)
		}
		last := shelf.track[len(shelf.track)-1].Truth
		if final := result.Insights.Truth; last.TotalPlayers != final.TotalPlayers || last.AveragePlaytime > final.AveragePlaytime*1.1 {
			t.Errorf("truth ends with %+v, at the end it is %+v", last, final)
		}
	})
}
