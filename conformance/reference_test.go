package conformance_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/conformance"
	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/reference"
	"github.com/passmuster/muster/internal/target"
)

// soon bounds the checks of mutants: one that loses events is noticed only when a check has waited in vain.
const soon = 3 * time.Second

// judge runs what the filter selects of the suite against the reference, wrong in one way when a mutant is named, and returns the findings.
func judge(t *testing.T, mutant, filter string, timeout time.Duration) []record.Finding {
	t.Helper()
	ctx := t.Context()
	var halves []reference.Half
	for _, c := range catalog.Contracts() {
		halves = append(halves, reference.Half{Name: c.Name, New: c.Serve, Mutants: c.Mutants()})
	}
	server, err := reference.Start(ctx, reference.Options{Players: 1, Mutant: mutant}, halves)
	if err != nil {
		t.Fatal(err)
	}
	defer ended(t, "reference", server.Close)
	target := server.Target()
	register, err := catalog.Register(target)
	if err != nil {
		t.Fatal(err)
	}
	sender := catalog.NewSender(target, catalog.Settings{})
	defer ended(t, "sender", sender.Close)
	reader, err := catalog.OpenReader(ctx, target)
	if err != nil {
		t.Fatal(err)
	}
	index := conformance.NewIndex(reader)
	defer index.Close()
	var claimed []contract.Capability
	for _, name := range target.Capabilities() {
		claimed = append(claimed, contract.Capability(name))
	}
	findings, err := conformance.Run(ctx, conformance.Config{
		Register: register, Claimed: claimed, Sender: sender, Readback: index, Insights: catalog.NewInsights(target),
		Filter: filter, Timeout: timeout,
	})
	if err != nil {
		t.Fatal(err)
	}
	return findings
}

// ended closes something within a bound and fails the test when that fails.
func ended(t *testing.T, what string, closing func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := closing(ctx); err != nil {
		t.Errorf("close the %s: %v", what, err)
	}
}

func TestCleanReferenceKeepsEveryClause(t *testing.T) {
	for _, f := range judge(t, "", "", conformance.DefaultTimeout) {
		if f.Status != record.Pass && f.Status != record.Unobservable && !slow(t, f.ID) {
			t.Errorf("%s: %s %s %+v", f.ID, f.Status, f.Reason, f.Violations)
		}
	}
}

// slow says whether a clause takes minutes, so that no run over real sockets judges it unless it is asked to.
func slow(t *testing.T, id string) bool {
	t.Helper()
	register, err := catalog.Register(&target.Target{})
	if err != nil {
		t.Fatal(err)
	}
	c, _ := register.Lookup(id)
	return c.Slow
}

// TestEveryMutantIsKilledByItsClause shows that the suite can fail: each way of being wrong is noticed over real
// sockets, and by the very clause that it breaks.
func TestEveryMutantIsKilledByItsClause(t *testing.T) {
	var halves []reference.Half
	for _, c := range catalog.Contracts() {
		halves = append(halves, reference.Half{Name: c.Name, New: c.Serve, Mutants: c.Mutants()})
	}
	mutants := reference.Mutants(halves)
	if len(mutants) < 20 {
		t.Errorf("got %d mutants, want 20 at least", len(mutants))
	}
	for _, m := range mutants {
		if slow(t, m.Clause) {
			continue // its contract tries it on a clock of its own
		}
		t.Run(m.Name, func(t *testing.T) {
			label := "clause: isSubsetOf {" + strings.ReplaceAll(m.Clause, "/", ".") + "}"
			for _, f := range judge(t, m.Name, label, soon) {
				if f.ID == m.Clause && f.Status != record.Fail {
					t.Errorf("it %s, and clause %s is %s (%s), want fail", m.Wrong, f.ID, f.Status, f.Reason)
				}
			}
		})
	}
}
