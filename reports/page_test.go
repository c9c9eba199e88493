package reports

import (
	"io"
	"math"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/record"
)

func TestEveryIDOfThePageIsOneOfItsKind(t *testing.T) {
	for _, dir := range []string{runV1, runWatched} {
		run := open(t, dir)
		page := render(t, func(w io.Writer) error { return HTML(w, Summarize(run), run) })
		var ids []string
		for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if slices.Contains(ids, m[1]) {
				t.Errorf("%s: two elements have the id %q", dir, m[1])
			}
			ids = append(ids, m[1])
		}
		for _, m := range regexp.MustCompile(`<a href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if !slices.Contains(ids, m[1]) {
				t.Errorf("%s: a link leads to %q, which is not there", dir, m[1])
			}
		}
	}
}

func TestTheSentenceForThoseWhoReadNothingElse(t *testing.T) {
	held := &Load{PeakCCU: 100_000}
	begun, over := &Load{Planned: time.Hour, Reach: 90}, &Load{Planned: time.Minute, Reach: 61}
	kept := &Load{PeakCCU: 100_000, Ledger: &record.Ledger{Acknowledged: 5000, Found: 5000, Complete: true}}
	for want, s := range map[string]Summary{
		"The target passes muster: it held 100,000 concurrent players.":                               {Verdict: Passed, Load: held},
		"The target passes muster: it held 100,000 concurrent players and lost none of 5,000 events.": {Verdict: Passed, Load: kept},
		"The target passes muster.":                                                        {Verdict: Passed},
		"The target did not pass muster.":                                                  {Verdict: Failed, Load: held},
		"Nothing can be said for certain of the target.":                                   {Verdict: Invalid, Load: held},
		"The run did not come to its end; what follows is partial.":                        {Verdict: Invalid, Partial: true, Load: held},
		"Under way, 90 s of 60 min on record; everything here is of that part.":            {Verdict: Passed, Live: true, Load: begun},
		"All 60 s are played; the last answers and the read-back are to come.":             {Verdict: Passed, Live: true, Load: over},
		"The run is about to begin.":                                                       {Verdict: Passed, Live: true, Load: held},
		"The rehearsal is under way: first the clauses are judged, then come the players.": {Verdict: Passed, Live: true, Verb: "rehearse"},
	} {
		if got := tagline(s); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAShareIsNeverRoundedUpToAll(t *testing.T) {
	for want, n := range map[string]int64{"100 %": 1_000_000, "99.99 %": 999_999, "50.00 %": 500_000, "0.00 %": 1} {
		if got := percentDown(n, 1_000_000); got != want {
			t.Errorf("%d of a million is %s, want %s", n, got, want)
		}
	}
}

func TestAnIntervalThatIsStillToComeIsAGap(t *testing.T) {
	l := &Load{Timeline: []Interval{{Stretch: Stretch{Sent: 2}}, {}, {Stretch: Stretch{Sent: 1}}, {CCU: 7}}, IntervalS: 1}
	v := plot{l, l.reached()}
	points := v.points(func(i Interval) float64 { return i.Sent })
	if points[0] != 2 || points[1] != 0 || points[2] != 1 || !math.IsNaN(points[3]) {
		t.Errorf("got %v, want 2, 0, 1 and a gap", points)
	}
	if ahead := v.intended(); ahead[3] != 7 {
		t.Errorf("of the plan it is known what comes: got %v", ahead)
	}
}

func TestCurvesEndWhereTheyWouldTellOfLessThanOneAction(t *testing.T) {
	f := record.NewFrame(0, "a")
	for i := range 1000 {
		must(t, f.Response.RecordValue(int64(i+1)))
	}
	c := curveOf(f.Response)
	if len(c) != 31 || c[10] < 899 || c[10] > 909 || c[30] < 999 {
		t.Errorf("%d steps with %d at 90 %% and %d at the end; want 31, 900 and 1000", len(c), c[10], c[len(c)-1])
	}
	if curveOf(record.NewFrame(0, "a").Response) != nil {
		t.Error("of nothing there is a curve")
	}
	if up := c.upTo(40); len(up) != 40 || up[30] != float64(c[30]) || !math.IsNaN(up[39]) {
		t.Errorf("a curve made longer is %v", up)
	}
}
