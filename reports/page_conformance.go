package reports

import (
	"cmp"
	"slices"
	"strings"

	"github.com/passmuster/muster/internal/record"
)

// findingView is one clause in the page.
type findingView struct {
	record.Finding
	Anchor, Word, Tone, Mark string
	Way                      string // the transport, or a dash for a clause that has none
	Counts                   bool   // a failure that decides the verdict
}

// matrixView shows every clause as one mark: sections down, transports across.
type matrixView struct {
	Transports []string
	Rows       []matrixRow
}

type matrixRow struct {
	Section string
	Cells   [][]findingView
}

func (p *page) conformance(c *Conformance, findings []record.Finding) {
	for _, f := range findings {
		v := view(f, c.FailOn)
		p.Clauses = append(p.Clauses, v)
		if f.Status == record.Fail || v.Word == "inconclusive" {
			p.Findings = append(p.Findings, v)
		}
	}
	slices.SortStableFunc(p.Findings, func(a, b findingView) int { return gravity(b) - gravity(a) })
	p.Matrix = matrix(p.Clauses)
}

// gravity orders the clauses that need reading.
func gravity(v findingView) int {
	switch {
	case v.Counts:
		return 2
	case v.Status == record.Fail:
		return 1
	default:
		return 0
	}
}

func view(f record.Finding, failOn string) findingView {
	v := findingView{Finding: f, Anchor: "clause-" + strings.ReplaceAll(f.ID, "/", "-"), Word: "inconclusive", Tone: doubt, Mark: "?", Way: cmp.Or(f.Transport, "–")}
	for _, s := range statusOrder {
		if s.status == f.Status {
			v.Word = s.word
		}
	}
	switch f.Status {
	case record.Pass:
		v.Tone, v.Mark = good, mark(good)
	case record.Fail:
		if f.Known != nil {
			v.Word += ", known"
		}
		v.Counts = f.Known == nil && level(f.Level) >= level(failOn)
		if v.Mark = mark(bad); v.Counts {
			v.Tone = bad
		}
	case record.NotRun, record.NotClaimed, record.Unobservable:
		v.Tone, v.Mark = neutral, mark(neutral)
	}
	return v
}

func matrix(clauses []findingView) *matrixView {
	m := &matrixView{}
	places := map[string]int{}
	for _, c := range clauses {
		if !slices.Contains(m.Transports, c.Way) {
			m.Transports = append(m.Transports, c.Way)
		}
	}
	for _, c := range clauses {
		name := strings.ReplaceAll(section(c.ID), ".", " / ")
		i, ok := places[name]
		if !ok {
			i = len(m.Rows)
			places[name] = i
			m.Rows = append(m.Rows, matrixRow{Section: name, Cells: make([][]findingView, len(m.Transports))})
		}
		column := slices.Index(m.Transports, c.Way)
		m.Rows[i].Cells[column] = append(m.Rows[i].Cells[column], c)
	}
	return m
}
