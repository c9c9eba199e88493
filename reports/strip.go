package reports

import (
	"fmt"
	"strings"

	"github.com/passmuster/muster/internal/numeral"
	"github.com/passmuster/muster/internal/record"
)

// The tones of a cell: how it is to be shown, never by colour alone.
const (
	good    = "good"
	bad     = "bad"
	doubt   = "doubt"
	neutral = "neutral"
)

// cell is one quarter of the verdict strip: did the target hold, was the generator fit, is the ledger closed, is the
// contract kept.
type cell struct{ Label, State, Tone, Detail string }

// Mark is the sign of the cell's tone.
func (c cell) Mark() string { return mark(c.Tone) }

// strip returns the cells of s: one for each question that the run asked.
func strip(s Summary) []cell {
	var cells []cell
	if l := s.Load; l != nil {
		cells = append(cells, targetCell(l, s.Partial || s.Live, s.Live), generatorCell(l, s.Partial && !s.Live && s.Ended != record.Aborted), ledgerCell(l.Ledger))
		if s.Live {
			cells[0].State = map[string]string{good: "holding so far", bad: "failing so far", doubt: "not judged"}[cells[0].Tone]
			cells[2] = ledgerSoFar(l, cells[2])
		}
	}
	if c := s.Conformance; c != nil {
		tone := map[string]string{Conformant: good, NonConformant: bad}[c.Verdict]
		if tone == "" || c.Verdict == NonConformant && len(c.Failed) == 0 {
			tone = doubt
		}
		cells = append(cells, cell{"conformance", c.Verdict, tone, countsText(c.Counts)})
	}
	return cells
}

// targetCell says how the target did. Of a run that is not whole, or not yet, the actions count that were sent.
func targetCell(l *Load, partial, live bool) cell {
	of := l.All.Planned
	if partial {
		of = l.All.Sent
	}
	c := cell{"target", "held", good, fmt.Sprintf("%s of %s acknowledged", numeral.Thousands(l.All.Acknowledged), count(of, "action"))}
	met, judged := 0, 0
	for _, j := range l.Thresholds {
		if j.Status == NotJudged {
			continue
		}
		judged++
		if j.Status == Passed {
			met++
		}
	}
	if judged > 0 {
		c.Detail += fmt.Sprintf(", %d of %s met", met, count(int64(judged), "threshold"))
	}
	if open := len(l.Thresholds) - judged; open > 0 && judged > 0 && !live {
		c.Detail += fmt.Sprintf(" and %d not judged", open)
	}
	switch {
	case len(l.Faults.Target) > 0:
		c.State, c.Tone = "failed", bad
	case len(l.Faults.Generator)+len(l.Faults.Evidence) > 0:
		c.State, c.Tone = "not judged", doubt
	}
	return c
}

// generatorCell says whether the generator kept to the plan. A run that was only cut short is no fault of it.
func generatorCell(l *Load, partial bool) cell {
	g := l.Generator
	late := "no late second"
	n, limited := len(g.LateSeconds), 0
	if g.Health != nil {
		limited = len(g.Health.touched())
	}
	switch {
	case limited > n: // whichever says more of why the run may be invalid
		late = "a limit in " + count(int64(limited), "second")
	case n > 0:
		late = count(int64(n), "late second")
	}
	c := cell{"generator", "fit", good, fmt.Sprintf("lag p99 %s, %s of %d", micros(g.Lag.P99), late, g.Seconds)}
	switch n := len(l.Faults.Generator); {
	case partial && n == 1:
		c.State, c.Tone = "cut short", doubt
	case l.All.Sent == 0 && n == 1:
		c.State, c.Tone = "not tried", doubt
	case n > 0:
		c.State, c.Tone = "invalid", doubt
	}
	return c
}

func ledgerCell(l *record.Ledger) cell {
	if l == nil {
		return cell{"ledger", "not kept", neutral, "no read-back was compared with what was sent"}
	}
	lost := "lost"
	if !l.Complete {
		lost = "not seen so far"
	}
	c := cell{"ledger", "closed", good, fmt.Sprintf("%s of %s acknowledged found, %s %s, %s duplicated, %s corrupt, %s phantom",
		numeral.Thousands(l.Found), count(l.Acknowledged, "event"), numeral.Thousands(l.Lost), lost, numeral.Thousands(l.Duplicated), numeral.Thousands(l.Corrupt), numeral.Thousands(l.Phantom))}
	switch {
	case len(ledgerFaults(l)) > 0:
		c.State, c.Tone = "broken", bad
	case len(bookFaults(l)) > 0:
		c.State, c.Tone = "open", doubt
	}
	return c
}

// ledgerSoFar is the cell of a run that is under way.
func ledgerSoFar(l *Load, c cell) cell {
	if l.Ledger != nil || !l.Readback {
		return c
	}
	return cell{"ledger", "to come", neutral, "what was acknowledged is read back in the end"}
}

// statusOrder is the order in which reports tell of the statuses, and their words.
var statusOrder = []struct{ status, word string }{
	{record.Pass, "passed"}, {record.Fail, "failed"}, {record.Inconclusive, "inconclusive"}, {record.NotRun, "not run"},
	{record.NotClaimed, "not claimed"}, {record.Unobservable, "unobservable"},
}

func countsText(counts map[string]int) string {
	var parts []string
	for _, s := range statusOrder {
		if n := counts[s.status]; n > 0 || s.status == record.Pass || s.status == record.Fail {
			parts = append(parts, fmt.Sprintf("%d %s", n, s.word))
		}
	}
	return strings.Join(parts, ", ")
}
