package ledger

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/plan"
)

// model is the ledger again, written so that it is plain that it is right: whole structs in maps, and every event ever
// seen is looked through to judge order.
type model struct {
	events  map[[2]uint32]*known
	seen    []sighting
	phantom int64
	foreign int64
}

type known struct {
	outcome              contract.Outcome
	times                int
	reordered, corrupted bool
}

type sighting struct {
	player, seq uint32
	partition   int
}

func (m *model) see(player, seq uint32, partition int, whole, mine bool) {
	e := m.events[[2]uint32{player, seq}]
	switch {
	case !mine:
		m.foreign++
		return
	case e == nil:
		m.phantom++
		return
	}
	if e.times++; e.times > 1 {
		return
	}
	e.corrupted = !whole
	for _, s := range m.seen {
		if partition != 0 && s.partition == partition && s.player == player && s.seq > seq {
			e.reordered = true
		}
	}
	m.seen = append(m.seen, sighting{player, seq, partition})
}

func (m *model) close() record.Ledger {
	sum := record.Ledger{Version: record.Version, Planned: int64(len(m.events)), Phantom: m.phantom, Foreign: m.foreign}
	for _, e := range m.events {
		*map[contract.Outcome]*int64{
			contract.NeverSent: &sum.NeverSent, contract.Failed: &sum.Failed,
			contract.Indeterminate: &sum.Indeterminate, contract.Acknowledged: &sum.Acknowledged,
		}[e.outcome]++
		for n, holds := range map[*int64]bool{
			&sum.Phantom:    e.outcome == contract.NeverSent && e.times > 0,
			&sum.Landed:     (e.outcome == contract.Failed || e.outcome == contract.Indeterminate) && e.times > 0,
			&sum.Found:      e.outcome == contract.Acknowledged && e.times > 0,
			&sum.Lost:       e.outcome == contract.Acknowledged && e.times == 0,
			&sum.Duplicated: e.outcome == contract.Acknowledged && e.times > 1,
			&sum.Reordered:  e.outcome == contract.Acknowledged && e.reordered,
			&sum.Corrupt:    e.outcome == contract.Acknowledged && e.corrupted,
		} {
			if holds {
				*n++
			}
		}
	}
	return sum
}

// pair is a ledger and its model, told the same.
type pair struct {
	t        *rapid.T
	params   plan.Params
	perFlush int
	identity *plan.Identity
	ledger   *Ledger
	model    *model
	left     []uint32          // flushes to come, as players
	done     map[uint32]uint32 // flushes that have an outcome, by player
}

func newPair(t *rapid.T) *pair {
	p := &pair{t: t, perFlush: rapid.IntRange(1, 3).Draw(t, "per flush"), identity: plan.NewIdentity(77), done: map[uint32]uint32{}}
	p.params.Curve = plan.Curve{{Players: rapid.IntRange(1, 9).Draw(t, "players")}}
	p.params.Slices = rapid.IntRange(1, 3).Draw(t, "slices")
	p.params.Slice = rapid.IntRange(0, p.params.Slices-1).Draw(t, "slice")
	p.model = &model{events: map[[2]uint32]*known{}}
	flushes := make([]uint32, p.params.Curve.Peak())
	for player := range uint32(len(flushes)) {
		if p.params.Mine(player) {
			flushes[player] = rapid.Uint32Range(0, 40).Draw(t, "flushes")
		}
		for seq := range flushes[player] * uint32(p.perFlush) {
			p.model.events[[2]uint32{player, seq}] = &known{}
		}
		p.left = append(p.left, slices.Repeat([]uint32{player}, int(flushes[player]))...)
	}
	var err error
	if p.ledger, err = New(Config{Identity: p.identity, Params: p.params, PerFlush: p.perFlush, Flushes: flushes}); err != nil {
		t.Fatal(err)
	}
	p.ledger.order.most, p.ledger.order.sweep = 1<<20, rapid.IntRange(0, 8).Draw(t, "sweep at")
	return p
}

// outcome has some player's next flush end.
func (p *pair) outcome() {
	i := rapid.IntRange(0, len(p.left)-1).Draw(p.t, "which")
	player := p.left[i]
	p.left = slices.Delete(p.left, i, i+1)
	r := contract.Reply{Outcome: contract.Outcome(rapid.SampledFrom([]int{0, 1, 2, 3, 3, 3}).Draw(p.t, "outcome"))}
	if rapid.IntRange(0, 9).Draw(p.t, "apart") == 0 {
		for range p.perFlush {
			r.Records = append(r.Records, contract.Outcome(rapid.IntRange(0, 3).Draw(p.t, "each")))
		}
	}
	p.ledger.Done(player, p.done[player], &r)
	for i := range uint32(p.perFlush) {
		o := r.Outcome
		if r.Records != nil {
			o = r.Records[i]
		}
		p.model.events[[2]uint32{player, p.done[player]*uint32(p.perFlush) + i}].outcome = o
	}
	p.done[player]++
}

// see has some event seen, of the plan or not.
func (p *pair) see() {
	peak := uint32(p.params.Curve.Peak())
	player, seq := rapid.Uint32Range(0, peak).Draw(p.t, "player"), rapid.Uint32Range(0, 60).Draw(p.t, "seq")
	partition, whole := rapid.IntRange(0, 2).Draw(p.t, "partition"), rapid.IntRange(0, 9).Draw(p.t, "whole") > 0
	p.ledger.See(contract.Stored{ID: p.identity.EventID(player, seq), Partition: partition}, func(contract.Stored) bool { return whole })
	p.model.see(player, seq, partition, whole, player >= peak || p.params.Mine(player))
}

// TestLedgerIsTheModel plays a run at random, sights among outcomes, and compares every figure.
func TestLedgerIsTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPair(t)
		for range rapid.IntRange(0, 120).Draw(t, "steps") {
			if len(p.left) > 0 && rapid.Bool().Draw(t, "outcome or sight") {
				p.outcome()
			} else {
				p.see()
			}
		}
		p.ledger.Settle()
		for range rapid.IntRange(0, 60).Draw(t, "steps afterwards") {
			p.see()
		}
		got, want := p.ledger.Close(), p.model.close()
		if got.Lost != p.ledger.Missing() || len(got.Examples) > 5*examplesKept {
			t.Errorf("%d lost, but %d missing; %d examples", got.Lost, p.ledger.Missing(), len(got.Examples))
		}
		if got.Planned != got.NeverSent+got.Failed+got.Indeterminate+got.Acknowledged || got.Acknowledged != got.Found+got.Lost {
			t.Errorf("does not add up: %+v", got)
		}
		if got.Examples = nil; !reflect.DeepEqual(got, want) {
			t.Errorf("ledger\n%+v, want\n%+v", got, want)
		}
	})
}
