package clauses_test

import (
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
