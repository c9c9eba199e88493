package falsealarms

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/passmuster/muster/conformance"
	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/reference"
	"github.com/passmuster/muster/internal/target"
)

const closeWithin = 10 * time.Second

// serve starts the clean reference for the length of the test.
func serve(t *testing.T) *target.Target {
	t.Helper()
	var halves []reference.Half
	for _, c := range catalog.Contracts() {
		halves = append(halves, reference.Half{Name: c.Name, New: c.Serve, Mutants: c.Mutants()})
	}
	server, err := reference.Start(t.Context(), reference.Options{Players: 1}, halves)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, server.Close) })
	return server.Target()
}

func closed(t *testing.T, end func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	if err := end(ctx); err != nil {
		t.Error(err)
	}
}

// sweep judges by every clause that can be judged, in an order drawn by the seed, so many at once.
func sweep(t *testing.T, cfg conformance.Config, seed uint64, atOnce int) []record.Finding {
	t.Helper()
	selected, err := conformance.Select(cfg.Register, cfg.Claimed, "")
	if err != nil {
		t.Error(err)
		return nil
	}
	var ids []string
	for _, c := range cfg.Register.Clauses() {
		if selected[c.ID] {
			ids = append(ids, c.ID)
		}
	}
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // an order is to be repeatable, not unforeseeable
	random.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	found, next := make([]record.Finding, len(ids)), make(chan int)
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for i := range next {
				f, err := conformance.One(t.Context(), cfg, ids[i])
				if found[i] = f; err != nil {
					t.Errorf("%s: %v", ids[i], err)
				}
			}
		})
	}
	for i := range ids {
		next <- i
	}
	close(next)
	workers.Wait()
	return found
}

// connect makes ready what a run needs, for the length of the test.
func connect(t *testing.T, to *target.Target) conformance.Config {
	t.Helper()
	register, err := catalog.Register(to)
	if err != nil {
		t.Fatal(err)
	}
	sender := catalog.NewSender(to, catalog.Settings{})
	t.Cleanup(func() { closed(t, sender.Close) })
	reader, err := catalog.OpenReader(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	index := conformance.NewIndex(reader)
	t.Cleanup(index.Close)
	var claimed []contract.Capability
	for _, name := range to.Capabilities() {
		claimed = append(claimed, contract.Capability(name))
	}
	return conformance.Config{Register: register, Claimed: claimed, Sender: sender, Readback: index, Insights: catalog.NewInsights(to)}
}

// want reports every finding whose status is none of those that may be.
func want(t *testing.T, found []record.Finding, may ...string) {
	t.Helper()
	if len(found) == 0 {
		t.Error("nothing was judged")
	}
	for _, f := range found {
		if !slices.Contains(may, f.Status) {
			t.Errorf("%s (%s) is %s: %s %+v", f.ID, f.Level, f.Status, f.Reason, f.Violations)
		}
	}
}
