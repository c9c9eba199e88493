package reports

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/record"
)

// listedRun is a complete conformance run with these findings, and this drift of its known-failing list.
func listedRun(drift []record.Drift, findings ...record.Finding) *record.Run {
	return &record.Run{
		Manifest: record.Manifest{Verb: "conform", Ended: record.Complete, Conform: &record.ConformPlan{FailOn: "MUST", Clauses: len(findings), Drift: drift}},
		Findings: findings,
	}
}

func TestKnownFailures(t *testing.T) {
	clause := func(name, status string) record.Finding {
		return record.Finding{ID: "a/b/" + name, Level: "MUST", Contract: "a", Status: status, Attempts: 1}
	}
	listed := clause("listed", record.Fail)
	listed.Known = &record.KnownFailure{Reason: "a redesign is under way", Expires: "2027-01-31"}
	passes, fails, unclear := clause("passes", record.Pass), clause("fails", record.Fail), clause("unclear", record.Inconclusive)
	drift := []record.Drift{{Kind: record.Stale, Entry: "a/b/gone", Text: "a/b/gone is listed"}}
	for _, c := range []struct {
		name          string
		run           *record.Run
		verdict, half string
		exit          int
	}{
		{"a listed failure alone", listedRun(nil, passes, listed), Passed, NonConformant, 0},
		{"beside one that is not listed", listedRun(nil, listed, fails), Failed, NonConformant, 1},
		{"beside one that could not be judged", listedRun(nil, listed, unclear), Invalid, NonConformant, 3},
		{"drift alone", listedRun(drift, passes), Drifted, Conformant, 4},
		{"drift outranks what is not known", listedRun(drift, passes, unclear), Drifted, Inconclusive, 4},
		{"a failure outranks drift", listedRun(drift, fails), Failed, NonConformant, 1},
	} {
		s := Summarize(c.run)
		if s.Verdict != c.verdict || s.Conformance.Verdict != c.half || s.ExitCode() != c.exit {
			t.Errorf("%s: run %s, target %s, exit %d; want %s, %s, %d", c.name, s.Verdict, s.Conformance.Verdict, s.ExitCode(), c.verdict, c.half, c.exit)
		}
	}
}

func TestKnownFailuresAreShownInEveryReport(t *testing.T) {
	listed := record.Finding{ID: "a/b/listed", Level: "MUST", Contract: "a", Transport: "http", Status: record.Fail, Attempts: 1, Basis: "ruling 1",
		Known: &record.KnownFailure{Reason: "a redesign is under way", Expires: "2027-01-31"}}
	drift := []record.Drift{{Kind: record.Stale, Entry: "a/b/gone", Text: "a/b/gone is listed"}}
	files, err := WriteAll(t.TempDir(), listedRun(drift, listed))
	must(t, err)
	shown := map[string]string{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		must(t, err)
		shown[filepath.Base(f)] = string(text)
	}
	for file, want := range map[string]string{
		HTMLFile: "a redesign is under way", TextFile: "as the known-failing list says", ConformanceFile: `"expires": "2027-01-31"`, JUnitFile: "known to fail until 2027-01-31",
		SummaryFile: `"kind": "stale"`,
	} {
		if !strings.Contains(shown[file], want) {
			t.Errorf("%s does not show %q", file, want)
		}
	}
	if strings.Contains(shown[JUnitFile], "<failure") {
		t.Error("a known failure is a failure in JUnit")
	}
	s := Summarize(listedRun(drift, listed))
	told := render(t, func(w io.Writer) error { return Annotations(w, s, listedRun(drift, listed)) })
	if !strings.Contains(told, "::warning title=MUST a/b/listed") || !strings.Contains(told, "::error") || !strings.Contains(told, "a/b/gone") {
		t.Errorf("the annotations do not warn of the known failure and tell of the drift:\n%s", told)
	}
	validate(t, summarySchema, shown[SummaryFile])
	validate(t, conformanceSchema, shown[ConformanceFile])
}
