package reports

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/passmuster/muster/internal/numeral"
)

// TextOptions says how a summary is written for a terminal. The zero value writes plain text.
type TextOptions struct {
	Color  bool   // mark verdicts with ANSI colours
	Report string // where the full report is; empty leaves the line out
}

// Text writes what a person at a terminal wants to know, the verdict first.
func Text(w io.Writer, s Summary, o TextOptions) error {
	t := &terminal{color: o.Color}
	t.head(s)
	t.strip(s)
	t.reasons(s)
	if s.Load != nil {
		t.operations(s.Load)
		t.producing(s.Load)
		t.sums(s.Load)
		t.thresholds(s.Thresholds)
		t.generator(s.Load)
		t.connections(s.Connections)
		t.insights(s)
	}
	t.findings(s)
	t.problems(s)
	if o.Report != "" {
		t.line("\n  Report  %s", o.Report)
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

// terminal gathers lines of text.
type terminal struct {
	b     strings.Builder
	color bool
}

func (t *terminal) line(format string, args ...any) { fmt.Fprintf(&t.b, format+"\n", args...) }

// paint colours text by its tone, when colours were asked for.
func (t *terminal) paint(tone, text string) string {
	code, ok := map[string]string{good: "32", bad: "31", doubt: "33"}[tone]
	if !t.color || !ok {
		return text
	}
	return "\x1b[1;" + code + "m" + text + "\x1b[0m"
}

func (t *terminal) head(s Summary) {
	facts := []string{fmt.Sprintf("%s against %s", s.Name, s.Target)}
	if l := s.Load; l != nil {
		facts = append(facts, seconds(l.DurationS), count(int64(l.Players), "player"),
			"peak CCU "+numeral.Thousands(int64(l.PeakCCU)), rate(l.SentPerS)+" actions/s")
		if l.TimeScale != 1 {
			facts = append(facts, "time compressed "+scale(l.TimeScale))
		}
	}
	if how := s.endedHow(); s.Partial && strings.EqualFold(s.Headline(), how) {
		facts = append(facts, "partial") // why is said in front
	} else if s.Partial {
		facts = append(facts, "partial: "+how)
	}
	t.line("%s  %s\n", t.paint(verdictTone(s.Verdict), strings.ToUpper(s.Headline())), strings.Join(facts, " · "))
}

// rate writes actions per second: whole ones, but not as none where there were some.
func rate(perS float64) string {
	if perS > 0 && perS < 10 {
		return fmt.Sprintf("%.1f", perS)
	}
	return numeral.Thousands(int64(perS + 0.5))
}

func (t *terminal) strip(s Summary) {
	cells := strip(s)
	label, state := 0, 0
	for _, c := range cells {
		label, state = max(label, len(c.Label)), max(state, len(c.State))
	}
	for _, c := range cells {
		padding := strings.Repeat(" ", state-len(c.State))
		t.line("  %s %-*s  %s%s  %s", t.paint(c.Tone, mark(c.Tone)), label, c.Label, t.paint(c.Tone, c.State), padding, c.Detail)
	}
}

func (t *terminal) reasons(s Summary) {
	if len(s.Reasons) == 0 {
		return
	}
	t.line("")
	for _, r := range s.Reasons {
		t.line("  - %s", oneLine(r))
	}
}

func (t *terminal) operations(l *Load) {
	rows := [][]string{
		{"", "", "", "", "no", "never", "response", "", "service", ""},
		{"Operation", "planned", "acked", "failed", "answer", "sent", "p50", "p99", "p50", "p99"},
	}
	for _, o := range l.Operations {
		rows = append(rows, []string{
			o.Name, numeral.Thousands(o.Planned), numeral.Thousands(o.Acknowledged), numeral.Thousands(o.Failed), numeral.Thousands(o.Indeterminate), numeral.Thousands(o.NeverSent),
			measured(o.Response, o.Response.P50), measured(o.Response, o.Response.P99),
			measured(o.Service, o.Service.P50), measured(o.Service, o.Service.P99),
		})
	}
	t.line("")
	t.table(rows)
	t.line("  response: from the planned instant to the answer; service: from sending to the answer; both in wall time")
	if note := refusedNote(l); note != "" {
		t.line("  %s", note)
	}
}

// producing tells how records were produced, and where their time went.
func (t *terminal) producing(l *Load) {
	v := producing(l)
	if v == nil {
		return
	}
	t.line("")
	if v.Kafka != "" {
		t.line("  Kafka: %s", v.Kafka)
	}
	rows := [][]string{{"Buffered sends", "p50", "p99", "max"}}
	for _, r := range v.Rows {
		rows = append(rows, []string{r.Operation + " " + r.Name, micros(r.P50), micros(r.P99), micros(r.Max)})
	}
	if len(v.Rows) > 0 {
		t.table(rows)
	}
}

func (t *terminal) sums(l *Load) {
	t.line("")
	for _, s := range sums(l) {
		t.line("  %s %s: %s", t.paint(s.Tone(), s.Mark()), s.Name, s.Text())
	}
}

func (t *terminal) thresholds(all []Judgement) {
	if len(all) == 0 {
		return
	}
	t.line("\n  Thresholds")
	for _, j := range all {
		tone := statusTone(j.Status)
		text := remarked(j.Shown(), j.Note)
		t.line("  %s %s  (%s)", t.paint(tone, mark(tone)), j.Threshold, oneLine(text))
	}
}

func (t *terminal) insights(s Summary) {
	rows := insightRows(s.Insights)
	if len(rows) == 0 {
		return
	}
	table := [][]string{{"Insights", "by muster's count", "by the target", "difference"}}
	for _, r := range rows {
		table = append(table, []string{r.Name, r.Truth, r.Target, r.Difference})
	}
	t.line("")
	t.table(table)
	if note := insightsNote(s); note != "" {
		t.line("  %s", note)
	}
	for i, line := range s.Track.lines() {
		t.line("%s%s", strings.Repeat("  ", min(i, 1)+1), line)
	}
}

func (t *terminal) findings(s Summary) {
	if s.Conformance == nil {
		return
	}
	for _, part := range []struct {
		title, tone string
		ids         Lines
	}{{"Clauses broken", bad, s.Conformance.Failed}, {"Clauses broken below " + strings.ToUpper(s.Conformance.FailOn), doubt, s.Conformance.Lesser}, {"Clauses broken, as the known-failing list says", doubt, s.Conformance.Known}} {
		if len(part.ids) == 0 {
			continue
		}
		t.line("\n  %s", part.title)
		for _, id := range part.ids {
			t.line("  %s %s\n      %s", t.paint(part.tone, mark(part.tone)), id, s.Conformance.headlines[id])
		}
	}
}

func (t *terminal) problems(s Summary) {
	if len(s.Problems) == 0 {
		return
	}
	t.line("\n  Not readable in the run directory")
	for _, p := range s.Problems[:min(len(s.Problems), mostNamed)] {
		t.line("  ! %s", oneLine(p.String()))
	}
	if more := len(s.Problems) - mostNamed; more > 0 {
		t.line("  … and %d more", more)
	}
}

// table writes rows in columns: the first to the left, the others to the right.
func (t *terminal) table(rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, text := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(text))
		}
	}
	for _, row := range rows {
		line := " "
		for i, text := range row {
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text))
			if i == 0 {
				line += " " + text + space
			} else {
				line += "  " + space + text
			}
		}
		t.line("%s", strings.TrimRight(line, " "))
	}
}

// measured writes a percentile, or a dash where nothing was measured.
func measured(p Percentiles, us int64) string {
	if p.Count == 0 {
		return "–"
	}
	return micros(us)
}

func scale(s float64) string { return fmt.Sprintf("%g×", s) }

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func verdictTone(verdict string) string {
	return map[string]string{Passed: good, Failed: bad, Drifted: bad, Invalid: doubt}[verdict]
}

func statusTone(status string) string {
	switch status {
	case Passed:
		return good
	case Failed:
		return bad
	default:
		return doubt
	}
}

// mark is the sign of a tone.
func mark(tone string) string {
	return map[string]string{good: "✓", bad: "✗", doubt: "!", neutral: "–"}[tone]
}
