package reports

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/record"
)

// A clause that passed on a later attempt only is no plain pass in any report, and one that never did is said to have been
// given its chances.
func TestAttemptsAreShownInEveryReport(t *testing.T) {
	flaky := record.Finding{ID: "a/b/flaky", Level: "MUST", Contract: "a", Transport: "http", Status: record.Pass, Attempts: 2, Basis: "ruling 1", Reason: "passed on attempt 2 of 3"}
	broken := record.Finding{ID: "a/b/broken", Level: "SHOULD", Contract: "a", Transport: "http", Status: record.Fail, Attempts: 3, Basis: "ruling 1", Reason: "broken in each of 3 attempts"}
	run := listedRun(nil, flaky, broken)
	dir := t.TempDir()
	_, err := WriteAll(dir, run)
	must(t, err)
	for name, wants := range map[string][]string{
		"report.html":      {"passed on attempt 2 of 3", "roken in each of 3 attempts"},
		"junit.xml":        {"passed on attempt 2 of 3", "broken in each of 3 attempts"},
		"conformance.json": {`"attempts": 2`, "passed on attempt 2 of 3", `"attempts": 3`, "broken in each of 3 attempts"},
		"summary.json":     {`"flaky"`, "a/b/flaky"},
	} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		must(t, err)
		for _, want := range wants {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s does not say %s", name, want)
			}
		}
	}
	var text bytes.Buffer
	s := Summarize(run)
	must(t, Text(&text, s, TextOptions{}))
	if want := "The target kept 1 clause on a later attempt only: a/b/flaky."; !strings.Contains(text.String(), want) || s.ExitCode() != 0 {
		t.Errorf("the text does not say %q, or exit code %d is not 0:\n%s", want, s.ExitCode(), text.String())
	}
}
