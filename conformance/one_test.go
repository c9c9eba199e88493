package conformance

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

func TestOneSaysTheSameAsTheWholeRun(t *testing.T) {
	cfg := Config{Register: demo(t)}
	all, err := Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range all {
		got, err := One(t.Context(), cfg, want.ID)
		if err != nil || got.Status != want.Status || got.Reason != want.Reason || len(got.Violations) != len(want.Violations) {
			t.Errorf("%s alone: %s %q (%v), in the whole run: %s %q", want.ID, got.Status, got.Reason, err, want.Status, want.Reason)
		}
	}
}

func TestOneRefusesAnUnknownClause(t *testing.T) {
	if _, err := One(t.Context(), Config{Register: demo(t)}, "demo/a/nothing"); err == nil || !strings.Contains(err.Error(), "demo/a/nothing") {
		t.Errorf("got %v, want an error that names the clause", err)
	}
}

func TestOneReportsAPanicAsMustersOwnFault(t *testing.T) {
	got, err := One(t.Context(), Config{Register: register(t, clause("demo/a/panics", panics))}, "demo/a/panics")
	if err == nil || got.Status != record.Inconclusive {
		t.Errorf("got %s and %v, want inconclusive and an error", got.Status, err)
	}
}

func TestSeveralRunAtOnce(t *testing.T) {
	var both sync.WaitGroup
	both.Add(2)
	meet := func(ctx context.Context, _ *contract.Probe) ([]contract.Violation, error) {
		both.Done()
		met := make(chan struct{})
		go func() { both.Wait(); close(met) }()
		select {
		case <-met:
			return nil, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	cfg := Config{Register: register(t, clause("demo/a/meets", meet))}
	var ends sync.WaitGroup
	for range 2 {
		ends.Go(func() {
			if got, err := One(t.Context(), cfg, "demo/a/meets"); err != nil || got.Status != record.Pass {
				t.Errorf("got %s (%s) and %v: the two did not run at once", got.Status, got.Reason, err)
			}
		})
	}
	ends.Wait()
}
