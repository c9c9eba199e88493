package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/passmuster/muster/internal/bench/figures"
	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/ingest"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport/kafkadriver"
	"github.com/passmuster/muster/loadgen/ledger"
	"github.com/passmuster/muster/loadgen/plan"
)

// measureReadback reads a million events back from a broker into a ledger, as the end of a load run does.
func measureReadback(ctx context.Context, r *rig, s *section) error {
	var bits []float64
	all := r.contest(ctx, []contestant{{name: "reader and ledger", unit: "event", run: func(ctx context.Context) (figures.Reading, error) {
		broker, err := r.peer(ctx, r.server, "broker") // a fresh one each time: it keeps everything in memory
		if err != nil {
			return figures.Reading{}, err
		}
		defer broker.End()
		p, reading, err := r.childReading(ctx, "readback", broker.addr)
		if err != nil {
			return reading, err
		}
		words, err := p.Line(ctx, "bits")
		if err != nil {
			return reading, err
		}
		perEvent, err := strconv.ParseFloat(words[0], 64)
		bits = append(bits, perEvent)
		return reading, err
	}}})
	s.series = append(s.series, all...)
	const how = "reader, check of content and ledger as a library; kfake on the other core, 1,000,000 events in 8 partitions, snappy"
	s.add(figures.Single("read-back with exact accounting", how, figures.AtLeast(800_000, "events/s per core"), all[0], figures.Reading.PerCore))
	if all[0].Missing == "" {
		s.add(figures.Judge("the ledger", "growth of its live heap from 5,000,000 to 15,000,000 events of the same players", figures.AtMost(2, "bits per event"), bits))
	}
	return nil
}

// The population whose events are read back.
const (
	readers    = 10_000
	readEach   = 100
	writeAtOne = 10 // records in one message
)

// readback is the child: it weighs the ledger, produces a million events, and reads them back.
func readback(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("arguments %q, want a folder and a broker", args)
	}
	bits, err := bitsPerEvent()
	if err != nil {
		return err
	}
	fmt.Println("bits", bits)
	k := target.Kafka{Brokers: []string{args[1]}, Topic: kafkaTopic}
	books, err := newBooks(readers, readEach)
	if err != nil {
		return err
	}
	if err := fill(ctx, k, books); err != nil {
		return err
	}
	books.Settle()
	runtime.GC()
	fmt.Println("begin")
	reader, err := kafkadriver.NewReader(ctx, k, false)
	if err != nil {
		return err
	}
	defer reader.Close()
	for books.Missing() > 0 {
		if err := reader.Read(ctx, func(s contract.Stored) error { books.See(s, catalog.Intact); return nil }); err != nil {
			return err
		}
	}
	if sum := books.Close(); sum.Found != readers*readEach || sum.Lost+sum.Duplicated+sum.Reordered+sum.Corrupt+sum.Phantom > 0 {
		return fmt.Errorf("read back %+v, want each of %d found once and whole", sum, readers*readEach)
	}
	fmt.Println("units", readers*readEach)
	return nil
}

// bitsPerEvent is by how much a ledger's heap grows with its events when its players stay the same, in bits to two
// decimals.
func bitsPerEvent() (float64, error) {
	const players, few, many = 50_000, 100, 300
	small, err := heapOf(players, few)
	if err != nil {
		return 0, err
	}
	large, err := heapOf(players, many)
	return math.Round(100*8*float64(large-small)/(players*(many-few))) / 100, err
}

// heapOf returns the live heap of a ledger, in bytes.
func heapOf(players, each int) (int64, error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	books, err := newBooks(players, each)
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(books)
	return int64(after.HeapAlloc) - int64(before.HeapAlloc), err
}

// newBooks returns a ledger of so many players with so many events each.
func newBooks(players, each int) (*ledger.Ledger, error) {
	flushes := make([]uint32, players)
	for i := range flushes {
		flushes[i] = uint32(each / writeAtOne)
	}
	return ledger.New(ledger.Config{
		Identity: plan.NewIdentity(1), Params: plan.Params{Curve: plan.Curve{{Players: players}}}, PerFlush: writeAtOne, Flushes: flushes,
	})
}

// fill produces every event of the ledger, and notes what became of it.
func fill(ctx context.Context, k target.Kafka, books *ledger.Ledger) error {
	driver, err := kafkadriver.New(ctx, kafkadriver.Config{Kafka: k, MaxBuffered: 1 << 20})
	if err != nil {
		return err
	}
	renderer, err := ingest.NewRenderer(&target.Target{Name: "bench", Ingest: &target.Ingest{CartridgeTag: "bench", Kafka: &k}})
	if err != nil {
		return err
	}
	identity, began := plan.NewIdentity(1), time.Now()
	var under sync.WaitGroup
	room := make(chan struct{}, 20_000) // messages under way
	for flush := range uint32(readEach / writeAtOne) {
		for player := range uint32(readers) {
			m, err := flushOf(renderer, identity, player, flush, began)
			if err != nil {
				return err
			}
			under.Add(1)
			room <- struct{}{}
			driver.Send(ctx, m, func(r contract.Reply) {
				books.Done(player, flush, &r)
				<-room
				under.Done()
			})
		}
	}
	under.Wait()
	ending, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return errors.Join(ctx.Err(), driver.Close(ending))
}

// flushOf renders one flush of a player.
func flushOf(r *ingest.Renderer, identity *plan.Identity, player, flush uint32, at time.Time) (*contract.Message, error) {
	a := contract.Action{Kind: contract.Flush, Transport: contract.Kafka, Player: player, At: at, SessionID: identity.SessionID(player, 0)}
	for i := range uint32(writeAtOne) {
		a.Events = append(a.Events, contract.Event{ID: identity.EventID(player, flush*writeAtOne+i), Name: "level_complete", At: at, Pad: 150})
	}
	m := &contract.Message{}
	return m, r.Render(m, &a)
}
