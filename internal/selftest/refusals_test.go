package selftest

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/passmuster/muster/conformance"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/reference"
)

// enoughMutants is how many ways of being wrong show that an error path is judged, and not one of its symptoms.
const enoughMutants = 3

// heedful notes whether the target refused anything.
type heedful struct {
	contract.Sender
	refused atomic.Bool
}

func (h *heedful) Send(ctx context.Context, m *contract.Message, d contract.Departure) (contract.Reply, error) {
	reply, err := h.Sender.Send(ctx, m, d)
	if err == nil && reply.Outcome == contract.Failed {
		h.refused.Store(true)
	}
	return reply, err
}

// openClean opens the clean reference for the length of the test.
func openClean(t *testing.T) *stand {
	t.Helper()
	s, err := open(t.Context(), "", conformance.DefaultTimeout)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Whether a clause has an error path is no matter of opinion: the clean reference, which keeps it, refuses something.
func TestRefusesIsToldOfExactlyTheClausesWithAnErrorPath(t *testing.T) {
	s := openClean(t)
	right := s.cfg.Sender
	for _, c := range s.cfg.Register.Clauses() {
		if c.Check == nil || c.Slow {
			continue
		}
		heed := &heedful{Sender: right}
		s.cfg.Sender = heed
		found, err := conformance.One(t.Context(), s.cfg, c.ID)
		if err != nil || found.Status != record.Pass {
			t.Errorf("%s: %s %s, error %v", c.ID, found.Status, found.Reason, err)
		}
		if heed.refused.Load() != c.Refuses {
			t.Errorf("%s: Refuses is %t, but that the clean reference refused something is %t", c.ID, c.Refuses, !c.Refuses)
		}
	}
}

func TestEveryMustWithAnErrorPathHasEnoughMutants(t *testing.T) {
	mutants, wrongs := map[string]int{}, map[string]bool{}
	for _, m := range reference.Mutants(halves()) {
		if wrongs[m.Clause+m.Wrong] {
			t.Errorf("mutant %s is wrong in the words of another of the same clause: %s", m.Name, m.Wrong)
		}
		wrongs[m.Clause+m.Wrong] = true
		mutants[m.Clause]++
	}
	s := openClean(t)
	judged := 0
	for _, c := range s.cfg.Register.Clauses() {
		if c.Level != contract.Must || !c.Refuses {
			continue
		}
		judged++
		if mutants[c.ID] < enoughMutants {
			t.Errorf("%s: %d mutants break it, want %d that are wrong in different ways", c.ID, mutants[c.ID], enoughMutants)
		}
	}
	if judged == 0 {
		t.Error("no clause that binds has an error path")
	}
}
