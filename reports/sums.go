package reports

import (
	"strings"

	"github.com/passmuster/muster/internal/numeral"
	"github.com/passmuster/muster/internal/record"
)

// sum is a whole and the parts that it must be made of.
type sum struct {
	Name  string
	whole addend
	parts []addend
}

type addend struct {
	n    int64
	what string
}

// off is by how much the parts miss the whole.
func (s sum) off() int64 {
	off := s.whole.n
	for _, p := range s.parts {
		off -= p.n
	}
	return off
}

// Tone says whether the sum comes out even.
func (s sum) Tone() string {
	if s.off() != 0 {
		return bad
	}
	return good
}

// Mark is the sign of the tone.
func (s sum) Mark() string { return mark(s.Tone()) }

// Text is the sum in one line, and by how much when it does not come out even.
func (s sum) Text() string {
	var parts []string
	for _, p := range s.parts {
		parts = append(parts, numeral.Thousands(p.n)+" "+p.what)
	}
	text := numeral.Thousands(s.whole.n) + " " + s.whole.what + " = " + strings.Join(parts, " + ")
	switch off := s.off(); {
	case off > 0:
		text += ": no outcome is on record of " + numeral.Thousands(off)
	case off < 0:
		text += ": " + numeral.Thousands(-off) + " too many"
	}
	return text
}

// sums are the lines of a load half that must come out even: every planned action, and every planned event, ends in
// exactly one class. Operations that come out even are in the sum of all actions.
func sums(l *Load) []sum {
	all := []sum{ofActions("actions", l.All)}
	for _, o := range l.Operations {
		if s := ofActions(o.Name, o); s.off() != 0 {
			all = append(all, s)
		}
	}
	if l.Ledger != nil {
		all = append(all, ofEvents(l.Ledger)...)
	}
	return all
}

func ofActions(name string, o Operation) sum {
	return sum{name, addend{o.Planned, "planned"}, []addend{
		{o.NeverSent, "never sent"}, {o.Failed, "failed"}, {o.Indeterminate, "indeterminate"}, {o.Acknowledged, "acknowledged"},
	}}
}

func ofEvents(l *record.Ledger) []sum {
	lost := "lost"
	if !l.Complete {
		lost = "not seen so far"
	}
	return []sum{
		{"events", addend{l.Planned, "planned"}, []addend{
			{l.NeverSent, "never sent"}, {l.Failed, "failed"}, {l.Indeterminate, "indeterminate"}, {l.Acknowledged, "acknowledged"},
		}},
		{"events read back", addend{l.Acknowledged, "acknowledged"}, []addend{{l.Found, "found"}, {l.Lost, lost}}},
	}
}
