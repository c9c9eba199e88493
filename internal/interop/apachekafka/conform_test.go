//go:build integration

package apachekafka

import (
	"context"
	"testing"

	"github.com/passmuster/muster/conformance"
	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/contract"
	ingest "github.com/passmuster/muster/internal/contract/ingest/reference"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/reference"
	"github.com/passmuster/muster/internal/target"
)

// TestClausesAboutKafka judges two unrelated brokers by the same clauses. A clause that the genuine broker breaks says
// something about the clause; one by which the two differ says something about the reference.
func TestClausesAboutKafka(t *testing.T) {
	genuine, embedded := judge(t, apache(t)), judge(t, embedded(t))
	if len(genuine) < 15 {
		t.Errorf("%d clauses were judged, want those of Kafka", len(genuine))
	}
	for id, got := range genuine {
		if got.Status != record.Pass {
			t.Errorf("Apache Kafka: %s is %s: %s %+v", id, got.Status, got.Reason, got.Violations)
		}
		if other := embedded[id]; other.Status != got.Status {
			t.Errorf("the reference: %s is %s, and by Apache Kafka %s: %s %+v", id, other.Status, got.Status, other.Reason, other.Violations)
		}
	}
}

// apache returns the genuine broker as a target, served for the length of the test.
func apache(t *testing.T) *target.Target {
	t.Helper()
	game, err := broker.AddGame(t.Context(), "muster")
	if err != nil {
		t.Fatal(err)
	}
	half, err := ingest.New(game, "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- broker.Serve(ctx, half) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
		for _, name := range []string{eventsTopic, acceptedTopic} {
			if err := broker.DeleteTopic(context.Background(), name); err != nil {
				t.Error(err)
			}
		}
	})
	return game
}

// embedded returns the Kafka side of the reference as a target.
func embedded(t *testing.T) *target.Target {
	t.Helper()
	var halves []reference.Half
	for _, c := range catalog.Contracts() {
		halves = append(halves, reference.Half{Name: c.Name, New: c.Serve, Mutants: c.Mutants()})
	}
	server, err := reference.Start(t.Context(), reference.Options{Players: 1}, halves)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	whole := server.Target()
	return &target.Target{Version: 1, Name: whole.Name, Ingest: &target.Ingest{
		CartridgeTag: whole.Ingest.CartridgeTag, Kafka: whole.Ingest.Kafka, Readback: whole.Ingest.Readback,
	}}
}

// judge runs every clause that a target with Kafka alone can be judged by, and returns the findings by id.
func judge(t *testing.T, to *target.Target) map[string]record.Finding {
	t.Helper()
	register, err := catalog.Register(to)
	if err != nil {
		t.Fatal(err)
	}
	sender := catalog.NewSender(to, catalog.Settings{})
	defer func() {
		if err := sender.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	reader, err := catalog.OpenReader(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	index := conformance.NewIndex(reader)
	defer index.Close()
	claimed := []contract.Capability{contract.CapKafka, contract.CapReadback}
	all, err := conformance.Run(t.Context(), conformance.Config{Register: register, Claimed: claimed, Sender: sender, Readback: index})
	if err != nil {
		t.Fatal(err)
	}
	judged := map[string]record.Finding{}
	for _, f := range all {
		switch f.Status {
		case record.NotClaimed, record.Unobservable:
		default:
			judged[f.ID] = f
		}
	}
	return judged
}
