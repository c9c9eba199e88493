package clauses_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime/clauses"
	"github.com/passmuster/muster/internal/contract/playtime/reference"
	"github.com/passmuster/muster/internal/target"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// The list is golden: an id is given once and never changes its meaning, so every change of it is to be seen.
func TestTheListOfClauses(t *testing.T) {
	var b strings.Builder
	for _, c := range clauses.All(&target.Target{}) {
		fmt.Fprintf(&b, "%s %s %s: %s [%s]", c.ID, c.Actor, c.Level, c.Duty, c.Basis)
		if c.Unobservable != "" {
			fmt.Fprintf(&b, " unobservable: %s", c.Unobservable)
		}
		b.WriteByte('\n')
	}
	const golden = "testdata/clauses.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the list changed; if that is meant, run with -update:\n%s", b.String())
	}
}

func TestTheRegisterTakesEveryClause(t *testing.T) {
	r, err := contract.NewRegister(clauses.All(&target.Target{})...)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Clauses() {
		if !slices.Contains(c.Needs, contract.CapPlaytime) || c.Transport != contract.HTTP {
			t.Errorf("%s: needs %v over %s", c.ID, c.Needs, c.Transport)
		}
		if c.Actor == contract.Client && c.Unobservable == "" {
			t.Errorf("%s: a client's clause has a check of servers", c.ID)
		}
	}
}

func TestTheListDoesNotDependOnTheTarget(t *testing.T) {
	empty, full := clauses.All(&target.Target{}), clauses.All(newTarget())
	same := func(a, b contract.Clause) bool {
		return a.ID == b.ID && a.Level == b.Level && (a.Check == nil) == (b.Check == nil)
	}
	if !slices.EqualFunc(empty, full, same) {
		t.Error("an empty target has other clauses than a full one")
	}
}

func TestMutantsCiteClausesThatCanBeObserved(t *testing.T) {
	r, err := contract.NewRegister(clauses.All(&target.Target{})...)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, m := range reference.Mutants() {
		if c, known := r.Lookup(m.Clause); !known || c.Check == nil {
			t.Errorf("mutant %s cites %s, which has no check", m.Name, m.Clause)
		}
		if names[m.Name] || m.Wrong == "" {
			t.Errorf("mutant %s is named twice, or does not say what is wrong", m.Name)
		}
		names[m.Name] = true
	}
}
