package figures

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/passmuster/muster/internal/numeral"
)

// State is what a row came to.
type State string

// The states.
const (
	Met     State = "met"
	Missed  State = "missed"
	Shown   State = ""           // there is no goal
	Missing State = "not yet"    // it could not be measured; Today says why
	Faulty  State = "no reading" // it should have been measured and was not; Today says why
)

// Goal is a bound on a figure. Without a Bound it is only the figure's unit.
type Goal struct {
	Bound Bound
	Value float64
	Unit  string
}

// Bound is on which side of a goal's value a figure is to be.
type Bound string

// The bounds.
const (
	Most  Bound = "≤"
	Least Bound = "≥"
)

// AtMost returns the goal of v or less.
func AtMost(v float64, unit string) Goal { return Goal{Bound: Most, Value: v, Unit: unit} }

// AtLeast returns the goal of v or more.
func AtLeast(v float64, unit string) Goal { return Goal{Bound: Least, Value: v, Unit: unit} }

// String returns the goal as a table shows it.
func (g Goal) String() string {
	if g.Bound == "" {
		return ""
	}
	return string(g.Bound) + " " + withUnit(g.Value, g.Unit)
}

// met judges a figure.
func (g Goal) met(v float64) State {
	switch {
	case g.Bound == "":
		return Shown
	case math.IsNaN(v) || g.Bound == Least && v < g.Value || g.Bound == Most && v > g.Value:
		return Missed
	default:
		return Met
	}
}

// Row is one line of the table.
type Row struct {
	What  string
	Goal  string
	Today string
	State State
	How   string // what was run, in one line
}

// Ratio is the row of a's measure divided by b's.
func Ratio(what, how string, goal Goal, a, b Series, by Measure) Row {
	if row, none := absent(what, how, goal, a, b); none {
		return row
	}
	return Judge(what, how, goal, Ratios(a, b, by))
}

// Single is the row of one contestant's measure.
func Single(what, how string, goal Goal, s Series, by Measure) Row {
	if row, none := absent(what, how, goal, s); none {
		return row
	}
	return Judge(what, how, goal, s.Values(by))
}

// Judge is the row of a figure that was measured once in each round.
func Judge(what, how string, goal Goal, values []float64) Row {
	spread, ok := Of(values)
	if !ok {
		return Fault(what, how, goal, "nothing was measured")
	}
	return Row{What: what, How: how, Goal: goal.String(), Today: spread.text(goal.Unit), State: goal.met(spread.Median)}
}

// Fault is the row of what should have been measured and was not.
func Fault(what, how string, goal Goal, why string) Row {
	return Row{What: what, How: how, Goal: goal.String(), Today: why, State: Faulty}
}

// NotYet is the row of what cannot be measured here, or by this binary.
func NotYet(what, how string, goal Goal, why string) Row {
	return Row{What: what, How: how, Goal: goal.String(), Today: why, State: Missing}
}

func absent(what, how string, goal Goal, all ...Series) (Row, bool) {
	for _, s := range all {
		switch {
		case s.Missing != "" && s.Faulty:
			return Fault(what, how, goal, s.Name+": "+s.Missing), true
		case s.Missing != "":
			return NotYet(what, how, goal, s.Name+": "+s.Missing), true
		}
	}
	return Row{}, false
}

func (s Spread) text(unit string) string {
	if s.Min == s.Max {
		return withUnit(s.Median, unit)
	}
	return fmt.Sprintf("%s (%s–%s)", withUnit(s.Median, unit), Number(s.Min), Number(s.Max))
}

func withUnit(v float64, unit string) string { return strings.TrimSpace(Number(v) + " " + unit) }

// Number writes a figure with three significant digits, and with separators from a thousand on.
func Number(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	size := math.Abs(v)
	if size < 1000 {
		decimals := 0
		for limit := 100.0; size < limit && decimals < 2; limit /= 10 {
			decimals++
		}
		if size != 0 && size < 0.1 {
			decimals = 4
		}
		text := strconv.FormatFloat(v, 'f', decimals, 64)
		if strings.Contains(text, ".") {
			text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
		}
		return text
	}
	return numeral.Thousands(int64(math.RoundToEven(v)))
}
