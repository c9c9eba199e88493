package selftest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// Ginkgo never ends the goroutine that listens for signals.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/onsi/ginkgo/v2/internal/interrupt_handler.(*InterruptHandler).registerForInterrupts.func2"))
}

func TestMutantsOfEveryDoorAreKilledByTheirClauses(t *testing.T) {
	told := 0
	r, err := Run(t.Context(), Config{
		Mutants:  []string{"start-answers-200", "ingest-drops-nulls", "kafka-any-password"},
		Progress: func(int, int, Result) { told++ },
	})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Passed || r.All.Attributed != 3 || told != 3 {
		t.Errorf("got %+v, told of %d, want 3 attributed kills", r, told)
	}
}

// A mutant whose cited clause is asked about something else is found by the others, or survives; never a kill of its own.
func TestAMutantThatItsClauseMissesIsLookedForElsewhere(t *testing.T) {
	all, err := choose([]string{"start-answers-200"})
	if err != nil {
		t.Fatal(err)
	}
	m := all[0]
	m.Clause = "ingest/kafka/requires-tls"
	r, err := try(t.Context(), m, defaultTimeout)
	if err != nil || r.Fate != Elsewhere || r.By == m.Clause || r.Reason != "pass" {
		t.Errorf("got %+v and %v, want a kill elsewhere", r, err)
	}
}

func TestUnknownMutantIsRefused(t *testing.T) {
	if _, err := Run(t.Context(), Config{Mutants: []string{"start-answers-2000"}}); err == nil || !strings.Contains(err.Error(), "start-answers-200") {
		t.Errorf("got %v, want an error that suggests the right name", err)
	}
}

func TestInterruptEndsIt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, Config{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}
