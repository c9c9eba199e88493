package reports

import (
	"bytes"
	"cmp"
	"encoding/json"
	"html/template"
	"slices"
	"strings"

	"github.com/passmuster/muster/internal/numeral"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/reports/chart"
)

// errorRow is how often one operation was not acknowledged for one reason.
type errorRow struct {
	Operation, Class string
	Count            int64
	Share            string // of the operation's actions
	Bar              template.HTML
}

// errorRows lists the reasons, operation by operation, the most frequent first. What was still to come when a run was cut
// short is nobody's error.
func errorRows(l *Load, ended string) []errorRow {
	var rows []errorRow
	most := int64(0)
	for _, o := range l.Operations {
		var own []errorRow
		_, all := o.errors(ended)
		for class, n := range o.reasons(ended) {
			if n > 0 {
				own = append(own, errorRow{Operation: o.Name, Class: class, Count: n, Share: percent(float64(n) / float64(max(1, all)))})
				most = max(most, n)
			}
		}
		slices.SortFunc(own, func(a, b errorRow) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Class, b.Class)) })
		rows = append(rows, own...)
	}
	for i := range rows {
		rows[i].Bar = chart.Bar(0, rows[i].Count, most, "alarm")
	}
	return rows
}

// ledgerView is the ledger as a waterfall: what was planned, what of it got lost at which step, and what was found.
type ledgerView struct {
	Steps []ledgerStep
	Asides,
	Examples []ledgerAside
	Note string
}

type ledgerStep struct {
	Name, Count, Note string
	Total             bool // a sum, as against a loss on the way
	Bar               template.HTML
}

type ledgerAside struct{ Name, Value, Note string }

func newLedgerView(l *record.Ledger) *ledgerView {
	if l == nil {
		return nil
	}
	v := &ledgerView{Note: l.Note}
	rest := l.Planned
	total := func(name, note string, n int64, class string) {
		v.Steps = append(v.Steps, ledgerStep{name, numeral.Thousands(n), note, true, chart.Bar(0, n, l.Planned, class)})
	}
	loss := func(name, note string, n int64, class string) {
		v.Steps = append(v.Steps, ledgerStep{name, numeral.Thousands(n), note, false, chart.Bar(rest-n, rest, l.Planned, class)})
		rest -= n
	}
	total("planned", "", l.Planned, "pale")
	loss("never sent", "nothing reached the wire", l.NeverSent, "amber")
	loss("failed", "the target said no", l.Failed, "amber")
	loss("indeterminate", "sent, but no answer came", l.Indeterminate, "amber")
	total("acknowledged", "the target said yes", l.Acknowledged, "first")
	if l.Complete {
		loss("lost", "acknowledged, and not there", l.Lost, "alarm")
	} else {
		loss("not seen", "acknowledged; read-back did not reach its end", l.Lost, "amber")
	}
	total("found", "acknowledged, and there", l.Found, "fine")
	v.Asides = []ledgerAside{
		{"duplicated", numeral.Thousands(l.Duplicated), "found more than once"},
		{"reordered", numeral.Thousands(l.Reordered), "found after a later one of the same player"},
		{"corrupt", numeral.Thousands(l.Corrupt), "found with other content"},
		{"phantom", numeral.Thousands(l.Phantom), "found, never sent"},
		{"landed", numeral.Thousands(l.Landed), "found, though not acknowledged"},
		{"foreign", numeral.Thousands(l.Foreign), "of other runs, left out"},
	}
	for _, e := range l.Examples {
		v.Examples = append(v.Examples, ledgerAside{e.Kind, e.ID, "player " + numeral.Thousands(int64(e.Player)) + ", event " + numeral.Thousands(int64(e.Event))})
	}
	return v
}

// pretty indents JSON and shows a list of equal values (thousands of redacted tokens) once; what is no JSON stays as it is.
func pretty(raw json.RawMessage) string {
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return string(raw)
	}
	var lines []string
	same := int64(0)
	for line := range strings.SplitSeq(b.String(), "\n") {
		if n := len(lines); n > 0 && strings.TrimSuffix(line, ",") == strings.TrimSuffix(lines[n-1], ",") && strings.Contains(line, `"`) {
			same++
			continue
		}
		lines, same = append(closeSame(lines, same), line), 0
	}
	return strings.Join(closeSame(lines, same), "\n")
}

// closeSame says after the last line how many more there were like it.
func closeSame(lines []string, same int64) []string {
	if same > 0 {
		lines[len(lines)-1] += " (and " + numeral.Thousands(same) + " more like it)"
	}
	return lines
}
