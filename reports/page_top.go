package reports

import (
	"fmt"

	"github.com/passmuster/muster/internal/numeral"
	"github.com/passmuster/muster/internal/record"
)

// tagline says the verdict in one sentence for somebody who reads nothing else.
func tagline(s Summary) string {
	switch {
	case s.Live:
		return soFar(s)
	case s.Verdict == Failed && s.Ended == record.Aborted:
		return "The target did not pass muster: a threshold was broken, and the run was " + s.endedHow() + "."
	case s.Verdict == Failed:
		return "The target did not pass muster."
	case s.Partial:
		return "The run did not come to its end; what follows is partial."
	case s.Verdict == Invalid:
		return "Nothing can be said for certain of the target."
	case s.Load != nil && s.PeakCCU > 0:
		return fmt.Sprintf("The target passes muster: it held %s concurrent players%s.", numeral.Thousands(int64(s.PeakCCU)), keptBooks(s.Load))
	default:
		return "The target passes muster."
	}
}

// soFar says how far a run that is under way has come.
func soFar(s Summary) string {
	switch {
	case s.Load == nil && s.Verb == "rehearse":
		return "The rehearsal is under way: first the clauses are judged, then come the players."
	case s.Load == nil || s.Reach == 0:
		return "The run is about to begin."
	case s.Reach > int(s.Planned.Seconds()):
		return fmt.Sprintf("All %s are played; the last answers and the read-back are to come.", seconds(s.Planned.Seconds()))
	}
	return fmt.Sprintf("Under way, %s of %s on record; everything here is of that part.", seconds(float64(s.Reach)), seconds(s.Planned.Seconds()))
}

// keptBooks says what a ledger that was read back to its end adds to that.
func keptBooks(l *Load) string {
	if l.Ledger == nil || !l.Ledger.Complete || l.Ledger.Lost > 0 {
		return ""
	}
	return " and lost none of " + count(l.Ledger.Acknowledged, "event")
}

// headlineFigures are the five figures at the top of the page.
func headlineFigures(l *Load) []fact {
	lost := fact{"events lost", "–"}
	if l.Ledger != nil {
		if lost.Value = numeral.Thousands(l.Ledger.Lost); !l.Ledger.Complete {
			lost.Name = "events not seen so far"
		}
	}
	acknowledged := "–"
	if all := l.All.outcomes(); all > 0 {
		acknowledged = percentDown(l.All.Acknowledged, all)
	}
	return []fact{
		{"peak concurrent players", numeral.Thousands(int64(l.PeakCCU))},
		{"actions sent", numeral.Thousands(l.All.Sent)},
		{"acknowledged", acknowledged},
		{"response p99", measured(l.All.Response, l.All.Response.P99)},
		lost,
	}
}

// percentDown writes a share with two decimals, and never as 100 % when it is less.
func percentDown(n, all int64) string {
	if n == all {
		return "100 %"
	}
	return fmt.Sprintf("%.2f %%", float64(n*10_000/all)/100)
}

// chapter is an entry of the table of contents.
type chapter struct{ ID, Title string }

// contents lists the sections that the page has.
func contents(p page) []chapter {
	var all []chapter
	for _, s := range []struct {
		there bool
		chapter
	}{
		{len(p.Operations) > 0, chapter{"players", "Players"}},
		{len(p.Operations) > 0, chapter{"times", "Times"}},
		{len(p.Thresholds) > 0, chapter{"thresholds", "Thresholds"}},
		{len(p.Errors)+len(p.Failures) > 0 || p.Has(errorCharts), chapter{"errors", "Errors"}},
		{p.Ledger != nil, chapter{"ledger", "Ledger"}},
		{len(p.Insights)+len(p.InsightsTrack) > 0 || p.Has(insightCharts), chapter{"insights", "Insights"}},
		{p.Producing != nil || p.Has(bufferCharts), chapter{"buffers", "Buffers"}},
		{len(p.Connections) > 0 || p.Has(connectionCharts), chapter{"connections", "Connections"}},
		{len(p.Operations) > 0, chapter{"generator", "Generator"}},
		{p.Matrix != nil, chapter{"conformance", "Conformance"}},
		{true, chapter{"setup", "Setup"}},
		{len(p.Problems) > 0, chapter{"problems", "Not readable"}},
	} {
		if s.there {
			all = append(all, s.chapter)
		}
	}
	return all
}
