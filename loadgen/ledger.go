package loadgen

import (
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/engine"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/loadgen/player"
)

// fate is what is known of one event, in one byte: its outcome in the lowest two bits, then what read-back saw of it.
// The zero fate is an event that was never sent and never seen.
type fate byte

const (
	outcomeBits fate = 1<<2 - 1
	seen        fate = 1 << (iota + 1) // above the outcome
	duplicated
	reordered
	corrupt
)

func (f fate) outcome() contract.Outcome { return contract.Outcome(f & outcomeBits) }

// examplesKept bounds how many examples are kept of one kind of event that does not add up.
const examplesKept = 4

// ledger accounts for every planned event: one byte each, addressed by the player's offset and the event's number. The
// id of an event holds both, so nothing needs to be looked up. While a run goes on done may be called concurrently,
// because each player belongs to one attacker; what comes after is for one goroutine.
type ledger struct {
	identity *plan.Identity
	params   plan.Params
	perFlush uint32
	offset   []int64 // by player; one more than there are players
	fates    []fate
	highest  map[int][]uint32 // by partition, by player: the highest event number seen, + 1
	phantoms int64            // of no event of the plan
	foreign  int64
	missing  int64 // acknowledged and not yet seen
	examples map[string][]record.Example
}

// newLedger makes room for the events of the players' flushes.
func newLedger(cast *player.Cast, p plan.Params, flushes []uint32) *ledger {
	l := &ledger{
		identity: cast.Identity(), params: p, perFlush: uint32(cast.PerFlush()),
		offset: make([]int64, len(flushes)+1), highest: map[int][]uint32{}, examples: map[string][]record.Example{},
	}
	for i, n := range flushes {
		l.offset[i+1] = l.offset[i] + int64(n)*int64(l.perFlush)
	}
	l.fates = make([]fate, l.planned())
	return l
}

// planned returns how many events the plan holds.
func (l *ledger) planned() int64 { return l.offset[len(l.offset)-1] }

// at returns the fate of a player's event; nil when the plan holds no such event.
func (l *ledger) at(player, seq uint32) *fate {
	if int64(player) >= int64(len(l.offset)-1) || int64(seq) >= l.offset[player+1]-l.offset[player] {
		return nil
	}
	return &l.fates[l.offset[player]+int64(seq)]
}

// done notes what became of a flush: its events share the outcome, unless the driver tells them apart.
func (l *ledger) done(s *engine.Sample) {
	if s.Due.Kind != plan.Flush {
		return
	}
	for i := range l.perFlush {
		o := s.Reply.Outcome
		if int(i) < len(s.Reply.Records) {
			o = s.Reply.Records[i]
		}
		if f := l.at(s.Due.Player, s.Due.Seq*l.perFlush+i); f != nil {
			*f = *f&^outcomeBits | fate(o)
		}
	}
}

// open counts what read-back has to find. It comes after the last done and before the first see.
func (l *ledger) open() {
	l.missing = 0
	for _, f := range l.fates {
		if f.outcome() == contract.Acknowledged && f&seen == 0 {
			l.missing++
		}
	}
}

// see notes one stored event. Intact judges its content; nil does not. It says whether an acknowledged event was seen
// for the first time.
func (l *ledger) see(s contract.Stored, intact func(contract.Stored) bool) (found bool) {
	run, player, seq, ok := l.identity.ParseEventID(s.ID)
	if !ok || run != l.identity.Run() || int64(player) < int64(l.params.Curve.Peak()) && !l.params.Mine(player) {
		l.foreign++ // another run's, another slice's, or nobody's
		return false
	}
	f := l.at(player, seq)
	if f == nil {
		l.phantoms++
		l.example("phantom", s.ID, player, seq)
		return false
	}
	if *f&seen != 0 {
		*f |= duplicated
		return false
	}
	*f |= seen
	if l.late(s.Partition, player, seq) {
		*f |= reordered
	}
	if intact != nil && !intact(s) {
		*f |= corrupt
	}
	if f.outcome() != contract.Acknowledged {
		return false
	}
	l.missing--
	return true
}

// late says whether a later event of the player was seen in the same partition before. Between partitions there is no
// order. A player keeps to one transport and sends one flush after the other, so his events have an order.
func (l *ledger) late(partition int, player, seq uint32) bool {
	if partition == 0 {
		return false
	}
	if l.highest[partition] == nil {
		l.highest[partition] = make([]uint32, len(l.offset)-1)
	}
	highest := &l.highest[partition][player]
	if seq+1 < *highest {
		return true
	}
	*highest = seq + 1
	return false
}

// close adds everything up.
func (l *ledger) close() record.Ledger {
	sum := record.Ledger{Version: record.Version, Planned: l.planned(), Phantom: l.phantoms, Foreign: l.foreign}
	for player := range len(l.offset) - 1 {
		for i, f := range l.fates[l.offset[player]:l.offset[player+1]] {
			for _, kind := range count(&sum, f) {
				l.example(kind, "", uint32(player), uint32(i))
			}
		}
	}
	for _, kind := range []string{"lost", "duplicated", "reordered", "corrupt", "phantom"} {
		sum.Examples = append(sum.Examples, l.examples[kind]...)
	}
	return sum
}

// count adds one event to the ledger and returns in which ways it does not add up.
func count(sum *record.Ledger, f fate) (wrong []string) {
	was := f&seen != 0
	switch f.outcome() {
	case contract.NeverSent:
		sum.NeverSent++
		if was {
			sum.Phantom++
			wrong = append(wrong, "phantom")
		}
		return wrong
	case contract.Failed:
		sum.Failed++
	case contract.Indeterminate:
		sum.Indeterminate++
	default:
		return countAcknowledged(sum, f)
	}
	if was {
		sum.Landed++
	}
	return nil
}

func countAcknowledged(sum *record.Ledger, f fate) (wrong []string) {
	sum.Acknowledged++
	if f&seen == 0 {
		sum.Lost++
		return []string{"lost"}
	}
	sum.Found++
	for _, kind := range []struct {
		bit  fate
		name string
		n    *int64
	}{{duplicated, "duplicated", &sum.Duplicated}, {reordered, "reordered", &sum.Reordered}, {corrupt, "corrupt", &sum.Corrupt}} {
		if f&kind.bit != 0 {
			*kind.n++
			wrong = append(wrong, kind.name)
		}
	}
	return wrong
}

// example keeps an event that does not add up, if there are not enough of its kind. An empty id is made from the
// numbers.
func (l *ledger) example(kind, id string, player, seq uint32) {
	if len(l.examples[kind]) >= examplesKept {
		return
	}
	if id == "" {
		id = l.identity.EventID(player, seq)
	}
	l.examples[kind] = append(l.examples[kind], record.Example{Kind: kind, ID: id, Player: player, Event: seq})
}
