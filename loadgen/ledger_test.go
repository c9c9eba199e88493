package loadgen

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/engine"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/loadgen/player"
	"github.com/passmuster/muster/scenarios"
)

// newTestLedger is a ledger of three players with two, none and three flushes of two events each.
func newTestLedger() *ledger {
	cast := player.New(scenarios.Scenario{Events: scenarios.Events{PerFlush: 2}}, 77)
	return newLedger(cast, plan.Params{Curve: plan.Curve{{At: 0, Players: 3}}}, []uint32{2, 0, 3})
}

// flush tells the ledger what became of a flush.
func (l *ledger) flush(player, seq uint32, o contract.Outcome, each ...contract.Outcome) {
	l.done(&engine.Sample{
		Due:   plan.Due{Player: player, Seq: seq, Kind: plan.Flush},
		Reply: &contract.Reply{Outcome: o, Records: each},
	})
}

// acknowledgeAll has every flush taken.
func (l *ledger) acknowledgeAll() {
	for player, flushes := range []uint32{2, 0, 3} {
		for seq := range flushes {
			l.flush(uint32(player), seq, contract.Acknowledged)
		}
	}
}

// stored is an event in the log.
func (l *ledger) stored(player, seq uint32) contract.Stored {
	return contract.Stored{ID: l.identity.EventID(player, seq), Partition: 1}
}

// everything is the log of a target that does everything right.
func (l *ledger) everything() (log []contract.Stored) {
	for player, events := range []uint32{4, 0, 6} {
		for seq := range events {
			log = append(log, l.stored(uint32(player), seq))
		}
	}
	return log
}

// TestLedgerFindsWhatWasSeeded seeds one wrong of each kind and demands that it is found, that alone, and named.
func TestLedgerFindsWhatWasSeeded(t *testing.T) {
	all := record.Ledger{Planned: 10, Acknowledged: 10, Found: 10, Complete: true}
	for name, tc := range map[string]struct {
		outcome func(l *ledger) // after everything was acknowledged
		log     func(l *ledger, log []contract.Stored) []contract.Stored
		want    func(w *record.Ledger)
		example record.Example
	}{
		"clean": {},
		"lost": {
			log:     func(_ *ledger, log []contract.Stored) []contract.Stored { return append(log[:5:5], log[6:]...) },
			want:    func(w *record.Ledger) { w.Found, w.Lost = 9, 1 },
			example: record.Example{Kind: "lost", Player: 2, Event: 1},
		},
		"duplicated": {
			log:     func(_ *ledger, log []contract.Stored) []contract.Stored { return append(log, log[2], log[2]) },
			want:    func(w *record.Ledger) { w.Duplicated = 1 },
			example: record.Example{Kind: "duplicated", Player: 0, Event: 2},
		},
		"reordered": {
			log: func(_ *ledger, log []contract.Stored) []contract.Stored {
				log[4], log[5] = log[5], log[4]
				return log
			},
			want:    func(w *record.Ledger) { w.Reordered = 1 },
			example: record.Example{Kind: "reordered", Player: 2, Event: 0},
		},
		"corrupt": {
			log: func(_ *ledger, log []contract.Stored) []contract.Stored {
				log[9].Value = []byte("spoiled")
				return log
			},
			want:    func(w *record.Ledger) { w.Corrupt = 1 },
			example: record.Example{Kind: "corrupt", Player: 2, Event: 5},
		},
		"phantom of no event": {
			log:     func(l *ledger, log []contract.Stored) []contract.Stored { return append(log, l.stored(1, 0)) },
			want:    func(w *record.Ledger) { w.Phantom = 1 },
			example: record.Example{Kind: "phantom", Player: 1, Event: 0},
		},
		"phantom of no player": {
			log:     func(l *ledger, log []contract.Stored) []contract.Stored { return append(log, l.stored(3, 0)) },
			want:    func(w *record.Ledger) { w.Phantom = 1 },
			example: record.Example{Kind: "phantom", Player: 3, Event: 0},
		},
		"phantom that was never sent": {
			outcome: func(l *ledger) { l.flush(0, 1, contract.NeverSent) },
			log:     func(_ *ledger, log []contract.Stored) []contract.Stored { return append(log[:3:3], log[4:]...) },
			want:    func(w *record.Ledger) { w.Acknowledged, w.Found, w.NeverSent, w.Phantom = 8, 8, 2, 1 },
			example: record.Example{Kind: "phantom", Player: 0, Event: 2},
		},
		"landed although indeterminate": {
			outcome: func(l *ledger) { l.flush(2, 0, contract.Indeterminate) },
			want:    func(w *record.Ledger) { w.Acknowledged, w.Found, w.Indeterminate, w.Landed = 8, 8, 2, 2 },
		},
		"records that fared differently": {
			outcome: func(l *ledger) {
				l.flush(2, 0, contract.Failed, contract.Acknowledged, contract.Failed)
			},
			log:  func(_ *ledger, log []contract.Stored) []contract.Stored { return append(log[:5:5], log[6:]...) },
			want: func(w *record.Ledger) { w.Acknowledged, w.Found, w.Failed = 9, 9, 1 },
		},
		"foreign": {
			log: func(_ *ledger, log []contract.Stored) []contract.Stored {
				return append(log, contract.Stored{ID: plan.NewIdentity(78).EventID(0, 0)}, contract.Stored{ID: "somebody's"})
			},
			want: func(w *record.Ledger) { w.Foreign = 2 },
		},
		"another order between partitions": {
			log: func(_ *ledger, log []contract.Stored) []contract.Stored {
				log[5].Partition = 2
				log[4], log[5] = log[5], log[4]
				return log
			},
		},
		"order unknown": {
			log: func(_ *ledger, log []contract.Stored) []contract.Stored {
				log[4].Partition, log[5].Partition = 0, 0
				log[4], log[5] = log[5], log[4]
				return log
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newTestLedger()
				l.acknowledgeAll()
				if tc.outcome != nil {
					tc.outcome(l)
				}
				log, want := l.everything(), all
				if tc.log != nil {
					log = tc.log(l, log)
				}
				if tc.want != nil {
					tc.want(&want)
				}
				got := l.readBack(t.Context(), &world{log: log}, func(s contract.Stored) bool { return string(s.Value) != "spoiled" })
				if !same(got, want) {
					t.Errorf("ledger %+v, want %+v", got, want)
				}
				checkExample(t, l, got.Examples, tc.example)
			})
		})
	}
}

// checkExample wants exactly this example, with its id; none for the zero one.
func checkExample(t *testing.T, l *ledger, got []record.Example, want record.Example) {
	t.Helper()
	if want.Kind == "" {
		if len(got) > 0 {
			t.Errorf("examples %+v, want none", got)
		}
		return
	}
	want.ID = l.identity.EventID(want.Player, want.Event)
	if len(got) != 1 || got[0] != want {
		t.Errorf("examples %+v, want %+v", got, want)
	}
}

// TestReadBackWaits has events that come late: they are found as long as they keep coming.
func TestReadBackWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newTestLedger()
		l.acknowledgeAll()
		began := time.Now()
		w := &world{log: l.everything(), stall: 40} // 40 readings that show nothing take 8 s
		if got := l.readBack(t.Context(), w, nil); got.Found != 10 || !got.Complete || !strings.Contains(got.Note, "not judged") {
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
		l := newTestLedger()
		l.acknowledgeAll()
		began := time.Now()
		if got := l.readBack(t.Context(), &world{}, nil); got.Lost != 10 || !got.Complete {
			t.Errorf("ledger %+v, want all lost", got)
		}
		if took := time.Since(began); took < readQuiet || took > readQuiet+time.Second {
			t.Errorf("took %v, want %v", took, readQuiet)
		}
	})
}

func TestReadBackFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newTestLedger()
		l.acknowledgeAll()
		got := l.readBack(t.Context(), &world{log: l.everything()[:3], readErr: errors.New("broker gone")}, nil)
		if got.Complete || !strings.Contains(got.Note, "broker gone") || got.Found != 3 {
			t.Errorf("ledger %+v, want it open, with a note", got)
		}
	})
}

// TestLedgerAddsUp feeds a ledger at random; its equations must hold always.
func TestLedgerAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newTestLedger()
		for player, flushes := range []uint32{2, 0, 3} {
			for seq := range flushes {
				l.flush(uint32(player), seq, contract.Outcome(rapid.IntRange(0, 3).Draw(t, "outcome")))
			}
		}
		l.open()
		missing := l.missing
		for range rapid.IntRange(0, 40).Draw(t, "stored") {
			s := l.stored(rapid.Uint32Range(0, 3).Draw(t, "player"), rapid.Uint32Range(0, 7).Draw(t, "seq"))
			l.see(s, func(contract.Stored) bool { return rapid.Bool().Draw(t, "intact") })
		}
		got := l.close()
		if got.Planned != got.NeverSent+got.Failed+got.Indeterminate+got.Acknowledged || got.Acknowledged != got.Found+got.Lost {
			t.Fatalf("does not add up: %+v", got)
		}
		if missing != got.Acknowledged || l.missing != got.Lost {
			t.Fatalf("%d missing, then %d, ledger %+v", missing, l.missing, got)
		}
		if max(got.Duplicated, got.Reordered, got.Corrupt) > got.Found || len(got.Examples) > 5*examplesKept {
			t.Fatalf("more wrong than found: %+v", got)
		}
	})
}
