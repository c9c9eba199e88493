package ledger

import (
	"fmt"
	"reflect"
	"runtime"
	"testing"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/plan"
)

// The large run: ten million events of a hundred thousand players, who hand them over by HTTP, Kafka or SNS in turn, kept
// in a log of four partitions by the hash of their ids, as a broker does.
const (
	crowd      = 100_000
	each       = 100
	partitions = 4
	together   = 100 // players whose events are handed out partition by partition
)

// newLarge returns a ledger in which everything is acknowledged.
func newLarge(t testing.TB, players int) *Ledger {
	t.Helper()
	flushes := make([]uint32, players)
	for i := range flushes {
		flushes[i] = each
	}
	l, err := New(Config{Identity: plan.NewIdentity(77), Params: plan.Params{Curve: plan.Curve{{Players: players}}}, PerFlush: 1, Flushes: flushes})
	if err != nil {
		t.Fatal(err)
	}
	yes := contract.Reply{Outcome: contract.Acknowledged}
	for player := range uint32(players) {
		for flush := range uint32(each) {
			l.Done(player, flush, &yes)
		}
	}
	return l
}

// part returns what the log holds of the players from first on, partition by partition, each in order of time.
func (l *Ledger) part(first uint32) (log [partitions][]contract.Stored) {
	for seq := range uint32(each) {
		for player := first; player < first+together; player++ {
			id := l.identity.EventID(player, seq)
			p := int(id[0]) % partitions
			log[p] = append(log[p], contract.Stored{ID: id, Partition: p + 1})
		}
	}
	return log
}

// TestOneOfEachInTenMillion seeds one loss, one duplicate, one reordering, one corruption and one phantom for each of the
// three transports. Each is found, nothing else is, and two bits an event are enough.
func TestOneOfEachInTenMillion(t *testing.T) {
	if testing.Short() {
		t.Skip("ten million events take a few seconds")
	}
	before := heap()
	l := newLarge(t, crowd)
	l.Settle()
	if took := heap() - before; took > crowd*each/4+crowd*5+1<<16 {
		t.Errorf("%d bytes for %d events of %d players, want 2 bits and 4 bytes", took, crowd*each, crowd)
	}
	intact := func(s contract.Stored) bool { return s.Value == nil }
	want := record.Ledger{Version: record.Version, Planned: crowd * each, Acknowledged: crowd * each}
	var examples []record.Example
	for first := uint32(0); first < crowd; first += together {
		log := l.part(first)
		if seeded := first/together - 500; seeded < 3 { // three parts in the middle, whose players take one transport each
			examples = append(examples, l.seed(&log, first)...)
		}
		for _, partition := range log {
			for _, s := range partition {
				l.See(s, intact)
			}
		}
	}
	want.Lost, want.Duplicated, want.Reordered, want.Corrupt, want.Phantom = 3, 3, 3, 3, 3
	want.Found = want.Acknowledged - want.Lost
	got := l.Close()
	for _, e := range examples {
		if !contains(got.Examples, e) {
			t.Errorf("%s event %d of player %d is not named", e.Kind, e.Event, e.Player)
		}
	}
	if n := len(got.Examples); n != len(examples) {
		t.Errorf("%d examples, want %d", n, len(examples))
	}
	if got.Examples = nil; !reflect.DeepEqual(got, want) {
		t.Errorf("ledger\n%+v, want\n%+v", got, want)
	}
}

func contains(all []record.Example, e record.Example) bool {
	for _, x := range all {
		if x == e {
			return true
		}
	}
	return false
}

// seed spoils a part of the log in every way once, and names the events that it spoiled.
func (l *Ledger) seed(log *[partitions][]contract.Stored, first uint32) []record.Example {
	one := func(kind string, s contract.Stored) record.Example {
		_, player, seq, _ := l.identity.ParseEventID(s.ID)
		return record.Example{Kind: kind, ID: s.ID, Player: player, Event: seq}
	}
	phantom := contract.Stored{ID: l.identity.EventID(first+3, each), Partition: 1}
	examples := []record.Example{
		one("lost", log[0][500]), one("duplicated", log[1][600]), one("corrupt", log[2][700]), one("phantom", phantom),
	}
	log[0] = cut(log[0], 500)
	log[1] = append(log[1], log[1][600])
	log[2][700].Value = []byte("spoiled")
	log[3] = append(log[3], phantom)
	i, j := l.neighbours(log[3])
	examples = append(examples, one("reordered", log[3][i]))
	log[3] = swapped(log[3], i, j)
	return examples
}

// neighbours returns the places of two events of one player that follow each other in a partition.
func (l *Ledger) neighbours(log []contract.Stored) (i, j int) {
	last := map[uint32]int{}
	for j, s := range log {
		_, player, _, _ := l.identity.ParseEventID(s.ID)
		if i, seen := last[player]; seen && j > 800 {
			return i, j
		}
		last[player] = j
	}
	panic(fmt.Sprintf("no two of %d events are one player's", len(log)))
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkSee reads a log back, partition by partition of a hundred players. An op is one event.
func BenchmarkSee(b *testing.B) {
	l := newLarge(b, together)
	var log []contract.Stored
	for _, partition := range l.part(0) {
		log = append(log, partition...)
	}
	l.Settle()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%len(log) == 0 {
			clear(l.seen)
			clear(l.order.clean)
		}
		l.See(log[i%len(log)], nil)
	}
}

// BenchmarkDone notes acknowledged flushes of one event. An op is one flush.
func BenchmarkDone(b *testing.B) {
	l := newLarge(b, together)
	yes := contract.Reply{Outcome: contract.Acknowledged}
	b.ReportAllocs()
	for i := uint32(0); b.Loop(); i++ {
		l.Done(i%together, i/together%each, &yes)
	}
}
