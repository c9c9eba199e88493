package compare

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/golden"
	"github.com/passmuster/muster/reports"
)

// sample has a row of every verdict.
func sample() Comparison {
	return Comparison{
		Version: Version, Confidence: 0.99, Tolerance: 0.02, Verdict: Worse,
		A:      Identity{Dir: "runs/a", Name: "steady", Target: "staging", Began: "2026-03-14T09:26:53Z", Muster: "v1.2.0"},
		B:      Identity{Dir: "runs/b", Name: "steady", Target: "<staging>", Began: "2026-03-15T09:26:53Z", Muster: "v1.3.0"},
		Differ: []string{"the connections differ (pool|64 and pool|128)"},
		Rows: []Row{
			{"playtime.heartbeat", Response, "p50", 2110, 2070, -0.019, -0.035, -0.002, 0.03, Same},
			{"playtime.heartbeat", Response, "p99", 11_900, 13_100, 0.101, 0.043, 0.162, 0.07, Worse},
			{"playtime.heartbeat", Service, "p99", 11_800, 9_800, -0.169, -0.22, -0.11, 0.07, Better},
			{"playtime.heartbeat", Service, "p99.9", 40_000, 51_000, 0, 0, 0, 0, TooFew},
			{"playtime.heartbeat", Errors, "share", 0.001, 0.021, 0.02, 0.015, 0.025, 0.004, Worse},
			{"ingest.sns", Response, "p50", 0, 0, 0, 0, 0, 0, Gone},
		},
		Thresholds: []Judged{
			{"errors < 0.1%", &reports.Judgement{Status: reports.Passed, Measured: "0 %"}, &reports.Judgement{Status: reports.Failed, Measured: "2.1 %"}},
			{"lost == 0", &reports.Judgement{Status: reports.NotJudged, Note: "the target offers no read-back"}, nil},
		},
	}
}

func TestRenderings(t *testing.T) {
	for name, render := range map[string]func(io.Writer, Comparison) error{
		"comparison.txt": Text, "comparison.md": Markdown, "comparison.json": JSON, "comparison.html": HTML,
	} {
		var first, again bytes.Buffer
		must(t, render(&first, sample()))
		must(t, render(&again, sample()))
		if first.String() != again.String() {
			t.Errorf("%s: two renderings differ", name)
		}
		golden.Check(t, name, withoutStyle(t, name, first.String()))
	}
}

// withoutStyle cuts the reports' style sheet out of a page, which has to have it.
func withoutStyle(t *testing.T, name, text string) string {
	t.Helper()
	if !strings.HasSuffix(name, ".html") {
		return text
	}
	if !strings.Contains(text, string(reports.Style())) {
		t.Errorf("%s is without the style sheet of the reports", name)
	}
	return strings.ReplaceAll(text, string(reports.Style()), "[the style]")
}

func TestHeadlines(t *testing.T) {
	same := sample()
	same.Verdict = Same
	unsteady := sample()
	unsteady.Verdict, unsteady.Rows = Same, []Row{{"a", Response, "p99", 1, 1, 0.1, -0.9, 40, 90, Same}}
	if v := newView(unsteady.Rows[0]); v.Range != "−90.0 to > +1000 %" || v.Smallest != "> 1000 %" {
		t.Errorf("an interval beyond all bounds reads %q, seen from %q", v.Range, v.Smallest)
	}
	few := sample()
	few.Verdict = TooFew
	for want, c := range map[string]Comparison{
		"B is worse than A in playtime.heartbeat response p99 (+10.1 %), playtime.heartbeat errors (+2.0 points).": sample(),
		"No change seen; a response p99 that differs by 7 % would have been.":                                      same,
		"No change seen; but the runs are so unsteady that neither would a doubled response p99 have been.":        unsteady,
		"A run needs 48 seconds after its warm-up at least, and a percentile ten values beyond it.":                few,
	} {
		if got := c.headline(); got != want {
			t.Errorf("headline is %q, want %q", got, want)
		}
	}
}
