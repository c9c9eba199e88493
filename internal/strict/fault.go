package strict

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// shownFaults bounds how many faults are told; the rest is counted.
const shownFaults = 50

// Fault is one thing that is wrong with a file.
type Fault struct {
	File   string
	Line   int    // from 1; 0 when the fault is of the file as a whole
	Column int    // from 1, in characters
	Path   string // of the field, such as players.ccu[2].at; empty for the file as a whole
	Text   string // what is wrong, and what is allowed
}

// String gives the fault as one line: file:line:column: path: text.
func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", f.Line, f.Column)
	}
	b.WriteString(": ")
	if f.Path != "" {
		b.WriteString(f.Path + ": ")
	}
	b.WriteString(f.Text)
	return b.String()
}

// Faults is every fault of one file, as an error.
type Faults struct {
	List    []Fault // by position; the first 50
	Omitted int     // how many more there were
	Advice  string  // what helps against the first of them; may be empty
}

// Error gives one line per fault.
func (f Faults) Error() string {
	lines := make([]string, 0, len(f.List)+1)
	for _, fault := range f.List {
		lines = append(lines, fault.String())
	}
	if f.Omitted > 0 {
		lines = append(lines, fmt.Sprintf("and %d more faults", f.Omitted))
	}
	return strings.Join(lines, "\n")
}

// Hint gives one line of advice to print below the error, or nothing.
func (f Faults) Hint() string { return f.Advice }

// sorted returns the faults by position, those of one position in the order of their discovery, and bounds them.
func sorted(found []Fault, advice string) Faults {
	list := slices.Clone(found)
	slices.SortStableFunc(list, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	shown := min(len(list), shownFaults)
	return Faults{List: list[:shown], Omitted: len(list) - shown, Advice: advice}
}
