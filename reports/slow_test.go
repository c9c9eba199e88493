package reports

import (
	"testing"

	"github.com/passmuster/muster/internal/record"
)

// A slow clause that nobody asked for leaves a verdict whole, from whatever level on clauses count; one that was asked for
// and not judged does not.
func TestSlowClausesLeaveTheVerdictWhole(t *testing.T) {
	for slow, want := range map[bool]string{true: Conformant, false: Inconclusive} {
		findings := []record.Finding{
			{ID: "playtime/start/answers-204", Level: "MUST", Status: record.Pass, Attempts: 1},
			{ID: "playtime/heartbeat/period-keeps-session", Level: "SHOULD", Status: record.NotRun, Reason: "slow: run with --slow", Slow: slow},
		}
		if c := judgeFindings(findings, &record.ConformPlan{FailOn: "MAY", Clauses: 2}); c.Verdict != want {
			t.Errorf("slow %v: verdict %s (%v), want %s", slow, c.Verdict, c.Reasons, want)
		}
	}
}
