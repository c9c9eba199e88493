package reports

import (
	"math"
	"strconv"
	"strings"

	"github.com/passmuster/muster/internal/numeral"
	"github.com/passmuster/muster/internal/record"
)

// insightRow is one of the five insights: as the run's own acknowledged actions imply it, and as the target says.
type insightRow struct{ Name, Truth, Target, Difference string }

// insightRows returns the rows; none when the insights were not compared.
func insightRows(p *record.InsightsPair) []insightRow {
	if p == nil {
		return nil
	}
	truth := p.Truth.Values()
	rows := make([]insightRow, len(truth))
	for i, name := range insightNames() {
		rows[i] = insightRow{Name: name, Truth: figure(truth[i]), Target: "–", Difference: "–"}
		if p.Target != nil {
			told := p.Target.Values()[i]
			rows[i].Target, rows[i].Difference = figure(told), difference(truth[i], told)
		}
	}
	return rows
}

// figure writes a count as a whole number and a mean with two decimals.
func figure(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
		return numeral.Thousands(int64(v))
	}
	whole, part, _ := strings.Cut(strconv.FormatFloat(v, 'f', 2, 64), ".")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil && n != 0 {
		whole = numeral.Thousands(n)
	}
	return whole + "." + part
}

// difference says how far told is from truth.
func difference(truth, told float64) string {
	switch {
	case figure(truth) == figure(told):
		return "none"
	case truth == 0:
		return "+" + figure(told)
	case told < truth:
		return "−" + percent((truth-told)/math.Abs(truth))
	default:
		return "+" + percent((told-truth)/math.Abs(truth))
	}
}

// insightsNote says what has to be known beside the insights; empty when they speak for themselves.
func insightsNote(s Summary) string {
	pair := s.Insights
	switch {
	case pair == nil:
		return ""
	case pair.Note == "" && pair.Target != nil && s.Conformance != nil:
		return strings.TrimSpace("The target's figures also count the sessions of the conformance half. " + leftOpen(pair.Open))
	default:
		return strings.TrimSpace(pair.Note + " " + leftOpen(pair.Open))
	}
}

// leftOpen tells of the sessions that the target was left with.
func leftOpen(o *record.Orphans) string {
	if o == nil || o.Sessions == 0 {
		return ""
	}
	text := numeral.Thousands(o.Sessions) + " sessions were left open at the target."
	if o.Sessions == 1 {
		text = "1 session was left open at the target."
	}
	for i, first := range o.First[:min(len(o.First), leftOpenNamed)] {
		text += []string{" The first: ", ", "}[min(i, 1)] + first.SessionID
	}
	return text
}

// leftOpenNamed is how many of them are named; the files name more.
const leftOpenNamed = 3
