package reports

import "github.com/passmuster/muster/internal/numeral"

// generator tells how the generator itself did, as far as the run kept it.
func (t *terminal) generator(l *Load) {
	rows := lagRows(l)
	if len(rows)+len(l.Generator.Warnings) == 0 {
		return
	}
	table := [][]string{{"Generator", "p50", "p99", "max"}}
	for _, r := range rows {
		table = append(table, []string{r.Name, r.P50, r.P99, r.Max})
	}
	t.line("")
	t.table(table)
	if note := floorNote(l); note != "" {
		t.line("  %s", note)
	}
	for _, w := range l.Generator.Warnings {
		t.line("  %s %s", t.paint(doubt, mark(doubt)), oneLine(w))
	}
}

// connections tells how the connections fared, as far as drivers told.
func (t *terminal) connections(all []Connections) {
	if len(all) == 0 {
		return
	}
	rows := [][]string{
		{"", "most", "", "", "handshakes", "", "", "", "connect", "handshake"},
		{"Connections", "open", "dials", "errors", "full", "resumed", "reused", "stale", "p99", "p99"},
	}
	for _, c := range all {
		rows = append(rows, []string{
			c.Transport, numeral.Thousands(c.MostOpen), numeral.Thousands(c.Dials), numeral.Thousands(c.errors()), numeral.Thousands(c.Full), numeral.Thousands(c.Resumed),
			numeral.Thousands(c.Reused), numeral.Thousands(c.Stale), measured(c.Connect, c.Connect.P99), measured(c.Handshake, c.Handshake.P99),
		})
	}
	t.line("")
	t.table(rows)
}
