package clauses_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/ingest"
	"github.com/passmuster/muster/internal/contract/ingest/clauses"
	"github.com/passmuster/muster/internal/target"
)

// What a client owes is either judged from what it sends, or says in words of its own why it cannot be.
func TestJudgeKnowsTheClientClauses(t *testing.T) {
	judged := ingest.NewJudge(claimsAll()).Clauses()
	var owed []string
	for _, c := range clauses.All(&target.Target{}) {
		if c.Actor == contract.Client && strings.HasPrefix(c.Unobservable, "owed by a client") {
			owed = append(owed, c.ID)
		}
	}
	if !slices.Equal(judged, owed) {
		t.Errorf("the judge knows\n%s\nthe register has\n%s", strings.Join(judged, "\n"), strings.Join(owed, "\n"))
	}
}

// Every deviation of a known client breaks a clause that the judge finds.
func TestDeviationsCiteClientClauses(t *testing.T) {
	judged := ingest.NewJudge(claimsAll()).Clauses()
	for _, p := range ingest.Profiles() {
		for _, d := range p.Deviations {
			if !slices.Contains(judged, d.Clause) {
				t.Errorf("%s breaks %s, which the judge does not know", d.Name, d.Clause)
			}
		}
	}
}

// Every ruling about the contract is one that some clause rests on.
func TestRulingsAreCited(t *testing.T) {
	const first, last = 23, 39
	all := clauses.All(&target.Target{})
	for n := first; n <= last; n++ {
		if !slices.ContainsFunc(all, func(c contract.Clause) bool { return cites(c.Basis, n) }) {
			t.Errorf("no clause rests on ruling %d", n)
		}
	}
}

func cites(basis string, ruling int) bool {
	return strings.Contains(basis, fmt.Sprintf("ruling %d", ruling)) ||
		strings.Contains(basis, "rulings ") && strings.Contains(basis[strings.Index(basis, "rulings "):], fmt.Sprint(ruling))
}
