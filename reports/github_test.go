package reports

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/record"
)

func TestGoldenGitHub(t *testing.T) {
	run := openV1(t)
	s := Summarize(run)
	golden(t, "summary.md", []byte(render(t, func(w io.Writer) error { return Markdown(w, s, run) })))
	golden(t, "annotations.txt", []byte(render(t, func(w io.Writer) error { return Annotations(w, s, run) })))
}

func TestAnnotationsEscapeWhatTargetsSay(t *testing.T) {
	run := conformRun(record.Finding{
		ID: "a/b/c", Level: "MUST", Status: record.Fail, Duty: "keeps 100% of it",
		Violations: []record.Violation{{Wanted: "a, b: c", Got: "\r\n::set-output name=x::y"}},
	})
	got := render(t, func(w io.Writer) error { return Annotations(w, Summarize(run), run) })
	const want = "::error title=MUST a/b/c::keeps 100%25 of it%0Awanted a, b: c, got %0D%0A::set-output name=x::y\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnnotationsAreAsManyAsGitHubShows(t *testing.T) {
	for _, c := range []struct{ broken, lines int }{{0, 0}, {1, 1}, {10, 10}, {11, 10}, {40, 10}} {
		var all []record.Finding
		for i := range c.broken {
			all = append(all, record.Finding{ID: fmt.Sprintf("a/b/c%d", i), Level: "MUST", Status: record.Fail})
		}
		run := conformRun(append(all, record.Finding{ID: "a/b/kept", Level: "MUST", Status: record.Pass})...)
		got := render(t, func(w io.Writer) error { return Annotations(w, Summarize(run), run) })
		if n := strings.Count(got, "\n"); n != c.lines || strings.Contains(got, "more, in") != (c.broken > 10) {
			t.Errorf("%d broken clauses gave %d lines, want %d:\n%s", c.broken, n, c.lines, got)
		}
	}
	run := conformRun(record.Finding{ID: "a/b/c", Level: "MUST", Status: record.Inconclusive, Reason: "no answer"})
	if got := render(t, func(w io.Writer) error { return Annotations(w, Summarize(run), run) }); !strings.HasPrefix(got, "::warning title=muster%3A invalid::") {
		t.Errorf("got %q, want a warning that says why nothing is known", got)
	}
}

func TestMarkdownKeepsWhatTargetsSayAsWords(t *testing.T) {
	const hostile = "</code></details><script>x</script>\n# [a](http://b) | ```` @all"
	run := conformRun(record.Finding{
		ID: "a/b/c", Level: "MUST", Status: record.Fail, Duty: "holds", Violations: []record.Violation{{Wanted: "w", Got: hostile}},
	}, record.Finding{ID: "a/b/d", Level: "MUST", Status: record.Inconclusive, Reason: hostile})
	run.Manifest.TargetIs, run.Manifest.Name = hostile, hostile
	got := render(t, func(w io.Writer) error { return Markdown(w, Summarize(run), run) })
	fence := "`````text\n"
	at := strings.Index(got, fence)
	if at < 0 {
		t.Fatalf("no fence longer than the target's own:\n%s", got)
	}
	outside := got[:at] + got[at+strings.Index(got[at:], "\n`````\n"):]
	for _, live := range []string{"<script", "</code></details>", " [a](", "\n# ", " @all"} {
		if strings.Contains(outside, live) {
			t.Errorf("%q became markup:\n%s", live, outside)
		}
	}
}

func TestAJobSummaryIsNoLargerThanGitHubTakes(t *testing.T) {
	var all []record.Finding
	for i := range 200 {
		all = append(all, record.Finding{ID: fmt.Sprintf("a/b/c%d", i), Level: "MUST", Status: record.Fail,
			Violations: []record.Violation{{Wanted: "w", Got: strings.Repeat("ü", 64<<10)}}})
	}
	run := conformRun(all...)
	got := render(t, func(w io.Writer) error { return Markdown(w, Summarize(run), run) })
	if len(got) > 1<<20 || !strings.Contains(got, "And 150 clauses more, in the report.") {
		t.Errorf("%d bytes, want at most 1 MiB, and the rest to be counted", len(got))
	}
}

// conformRun is a conformance run with these findings.
func conformRun(findings ...record.Finding) *record.Run {
	return &record.Run{
		Manifest: record.Manifest{Verb: "conform", Ended: record.Complete, Conform: &record.ConformPlan{FailOn: "must", Clauses: len(findings)}},
		Findings: findings,
	}
}
