package ledger

import (
	"reflect"
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/plan"
)

// three is a ledger of three players with two, none and three flushes of two events each, all acknowledged.
func three(t *testing.T) *Ledger {
	t.Helper()
	l, err := New(Config{
		Identity: plan.NewIdentity(77), Params: plan.Params{Curve: plan.Curve{{Players: 3}}}, PerFlush: 2, Flushes: []uint32{2, 0, 3},
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *Ledger) flush(player, flush uint32, o contract.Outcome, each ...contract.Outcome) {
	l.Done(player, flush, &contract.Reply{Outcome: o, Records: each})
}

func (l *Ledger) stored(player, seq uint32) contract.Stored {
	return contract.Stored{ID: l.identity.EventID(player, seq), Partition: 1}
}

// cut returns a log without entry i.
func cut(log []contract.Stored, i int) []contract.Stored { return append(log[:i:i], log[i+1:]...) }

func swapped(log []contract.Stored, i, j int) []contract.Stored {
	log[i], log[j] = log[j], log[i]
	return log
}

// TestLedgerFindsWhatWasSeeded seeds one wrong of each kind and demands that it is found, that alone, and named.
func TestLedgerFindsWhatWasSeeded(t *testing.T) {
	for name, tc := range map[string]struct {
		fate    func(l *Ledger) // what becomes of flushes 0 and 1 of player 0; nil: acknowledged
		log     func(l *Ledger, log []contract.Stored) []contract.Stored
		want    func(w *record.Ledger)
		example record.Example
	}{
		"clean": {},
		"lost": {
			log:     func(_ *Ledger, log []contract.Stored) []contract.Stored { return cut(log, 5) },
			want:    func(w *record.Ledger) { w.Found, w.Lost = 9, 1 },
			example: record.Example{Kind: "lost", Player: 2, Event: 1},
		},
		"duplicated": {
			log:     func(_ *Ledger, log []contract.Stored) []contract.Stored { return append(log, log[2], log[2]) },
			want:    func(w *record.Ledger) { w.Duplicated = 1 },
			example: record.Example{Kind: "duplicated", Player: 0, Event: 2},
		},
		"reordered": {
			log:     func(_ *Ledger, log []contract.Stored) []contract.Stored { return swapped(log, 4, 5) },
			want:    func(w *record.Ledger) { w.Reordered = 1 },
			example: record.Example{Kind: "reordered", Player: 2, Event: 0},
		},
		"corrupt": {
			log: func(_ *Ledger, log []contract.Stored) []contract.Stored {
				log[9].Value = []byte("spoiled")
				return log
			},
			want:    func(w *record.Ledger) { w.Corrupt = 1 },
			example: record.Example{Kind: "corrupt", Player: 2, Event: 5},
		},
		"phantom of no event": {
			log:     func(l *Ledger, log []contract.Stored) []contract.Stored { return append(log, l.stored(1, 0)) },
			want:    func(w *record.Ledger) { w.Phantom = 1 },
			example: record.Example{Kind: "phantom", Player: 1, Event: 0},
		},
		"phantom of no player": {
			log:     func(l *Ledger, log []contract.Stored) []contract.Stored { return append(log, l.stored(3, 0)) },
			want:    func(w *record.Ledger) { w.Phantom = 1 },
			example: record.Example{Kind: "phantom", Player: 3, Event: 0},
		},
		"phantom that was never sent": {
			fate:    func(l *Ledger) { l.flush(0, 0, contract.Acknowledged) },
			log:     func(_ *Ledger, log []contract.Stored) []contract.Stored { return cut(log, 3) },
			want:    func(w *record.Ledger) { w.Acknowledged, w.Found, w.NeverSent, w.Phantom = 8, 8, 2, 1 },
			example: record.Example{Kind: "phantom", Player: 0, Event: 2},
		},
		"landed although indeterminate": {
			fate: func(l *Ledger) { l.flush(0, 0, contract.Indeterminate); l.flush(0, 1, contract.Acknowledged) },
			want: func(w *record.Ledger) { w.Acknowledged, w.Found, w.Indeterminate, w.Landed = 8, 8, 2, 2 },
		},
		"records that fared differently": {
			fate: func(l *Ledger) {
				l.flush(0, 0, contract.Failed, contract.Acknowledged, contract.Failed)
				l.flush(0, 1, contract.Acknowledged)
			},
			log:  func(_ *Ledger, log []contract.Stored) []contract.Stored { return cut(log, 1) },
			want: func(w *record.Ledger) { w.Acknowledged, w.Found, w.Failed = 9, 9, 1 },
		},
		"foreign": {
			log: func(_ *Ledger, log []contract.Stored) []contract.Stored {
				return append(log, contract.Stored{ID: plan.NewIdentity(78).EventID(0, 0)}, contract.Stored{ID: "somebody's"})
			},
			want: func(w *record.Ledger) { w.Foreign = 2 },
		},
		"another order between partitions": {
			log: func(_ *Ledger, log []contract.Stored) []contract.Stored {
				log[5].Partition = 2
				return swapped(log, 4, 5)
			},
		},
		"order unknown": {
			log: func(_ *Ledger, log []contract.Stored) []contract.Stored {
				log[4].Partition, log[5].Partition = 0, 0
				return swapped(log, 4, 5)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			l, want := three(t), record.Ledger{Version: record.Version, Planned: 10, Acknowledged: 10, Found: 10}
			if tc.fate == nil {
				tc.fate = func(l *Ledger) { l.flush(0, 0, contract.Acknowledged); l.flush(0, 1, contract.Acknowledged) }
			}
			tc.fate(l)
			var log []contract.Stored
			for player, events := range []uint32{4, 0, 6} {
				for seq := range events {
					log = append(log, l.stored(uint32(player), seq))
				}
			}
			for flush := range uint32(3) {
				l.flush(2, flush, contract.Acknowledged)
			}
			if tc.log != nil {
				log = tc.log(l, log)
			}
			l.Settle()
			for _, s := range log {
				l.See(s, func(s contract.Stored) bool { return string(s.Value) != "spoiled" })
			}
			if tc.want != nil {
				tc.want(&want)
			}
			if tc.example.Kind != "" {
				tc.example.ID = l.identity.EventID(tc.example.Player, tc.example.Event)
				want.Examples = []record.Example{tc.example}
			}
			if got := l.Close(); !reflect.DeepEqual(got, want) {
				t.Errorf("ledger\n%+v, want\n%+v", got, want)
			}
		})
	}
}

// TestTooManyTracks has room for the order of one player only: what cannot be judged is counted.
func TestTooManyTracks(t *testing.T) {
	l := three(t)
	l.order.most, l.order.sweep = 1, 1
	for _, e := range []struct{ player, seq uint32 }{{0, 1}, {2, 1}, {2, 3}, {2, 0}, {0, 0}, {2, 2}, {2, 5}} {
		l.flush(e.player, e.seq/2, contract.Acknowledged)
		l.See(l.stored(e.player, e.seq), nil)
	}
	l.Settle()
	// Event 1 of player 0 holds the only track until his event 0 was seen, so two events of player 2 are not remembered,
	// nor is it seen that his event 0 came after them. His event 2 is in order; 5 waits for 4.
	if got := l.Close(); got.Unchecked != 2 || got.Reordered != 1 {
		t.Errorf("%d unchecked, %d reordered, want 2 and 1: %+v", got.Unchecked, got.Reordered, got)
	}
}

// TestNoEvents is a run of sessions alone: whatever is seen of it was never sent.
func TestNoEvents(t *testing.T) {
	l, err := New(Config{Identity: plan.NewIdentity(77), Params: plan.Params{Curve: plan.Curve{{Players: 3}}}, PerFlush: 2, Flushes: make([]uint32, 3)})
	if err != nil {
		t.Fatal(err)
	}
	l.flush(0, 0, contract.Acknowledged)
	l.Settle()
	l.See(l.stored(2, 1), nil)
	if got := l.Close(); got.Planned != 0 || got.Acknowledged != 0 || got.Phantom != 1 {
		t.Errorf("ledger %+v, want one phantom", got)
	}
}

func TestTooLargeIsRefused(t *testing.T) {
	c := Config{Identity: plan.NewIdentity(1), Params: plan.Params{Curve: plan.Curve{{Players: 1}}}, PerFlush: 1000, Flushes: []uint32{4_000_000}, Most: 512 << 20}
	if _, err := New(c); err == nil || !strings.Contains(err.Error(), "4000000000 events would take 953 MiB, and 512 MiB are left") {
		t.Errorf("error %v, want one that tells the size", err)
	}
	c.Flushes[0] = 5_000_000
	if _, err := New(c); err == nil || !strings.Contains(err.Error(), "of 64 players") {
		t.Errorf("error %v, want one about numbers", err)
	}
}
