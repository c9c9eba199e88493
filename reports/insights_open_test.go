package reports

import (
	"testing"

	"github.com/passmuster/muster/internal/record"
)

func TestSessionsLeftOpenAreTold(t *testing.T) {
	first := []record.Orphan{{SessionID: "a"}, {SessionID: "b"}, {SessionID: "c"}, {SessionID: "d"}}
	for want, open := range map[string]*record.Orphans{
		"no answer": nil,
		"no answer 1 session was left open at the target. The first: a":             {Sessions: 1, First: first[:1]},
		"no answer 1,234 sessions were left open at the target. The first: a, b, c": {Sessions: 1234, First: first},
		"no answer 2 sessions were left open at the target.":                        {Sessions: 2},
	} {
		s := Summary{Load: &Load{Insights: &record.InsightsPair{Note: "no answer", Open: open}}}
		if got := insightsNote(s); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
