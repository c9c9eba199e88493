package compare

import (
	"fmt"
	"strings"

	"github.com/passmuster/muster/reports"
)

// view is a row in words, the same for every rendering.
type view struct {
	Row
	Name                   string // clock and statistic
	Before, After          string
	Shift, Range, Smallest string // a dash where there is too little to say
	Tone                   string // good, bad or neutral
}

func newView(r Row) view {
	v := view{Row: r, Name: r.Clock + " " + r.Statistic, Tone: tone(r.Verdict), Shift: dash, Range: dash, Smallest: dash}
	if r.Clock == Errors {
		v.Name, v.Before, v.After = Errors, reports.Percent(r.A), reports.Percent(r.B)
	} else {
		v.Before, v.After = reports.Duration(int64(r.A)), reports.Duration(int64(r.B))
	}
	if !r.judged() {
		none := r.Verdict == Gone || r.Verdict == Arrived
		v.Before, v.After = orDash(!none, v.Before), orDash(!none, v.After)
		return v
	}
	unit := " %"
	if r.Clock == Errors {
		unit = " points"
	}
	v.Shift = signed(r.Change) + unit
	v.Range = signed(r.Low) + " to " + signed(r.High) + unit
	v.Smallest = strings.Replace(signed(r.Detectable), "+", "", 1) + unit
	return v
}

// judged says whether the row has an interval.
func (r Row) judged() bool { return r.Verdict == Worse || r.Verdict == Better || r.Verdict == Same }

func orDash(known bool, text string) string {
	if known {
		return text
	}
	return dash
}

// dash stands where there is nothing to say.
const dash = "–"

// mostShown is the largest change, as a share, that is written as a number: what lies beyond is no measurement.
const mostShown = 10

// signed writes a share in hundredths with its sign.
func signed(share float64) string {
	if share > mostShown {
		return fmt.Sprintf("> +%d", 100*mostShown)
	}
	text := fmt.Sprintf("%+.1f", 100*share)
	if text == "-0.0" {
		return "+0.0"
	}
	return strings.Replace(text, "-", "−", 1)
}

func tone(verdict string) string {
	switch verdict {
	case Worse, Gone:
		return "bad"
	case Better:
		return "good"
	default:
		return "neutral"
	}
}

// groups splits the rows by operation, in their order.
func (c Comparison) groups() []group {
	var all []group
	for _, r := range c.Rows {
		if n := len(all); n == 0 || all[n-1].Operation != r.Operation {
			all = append(all, group{Operation: r.Operation})
		}
		last := &all[len(all)-1]
		last.Rows = append(last.Rows, newView(r))
	}
	return all
}

type group struct {
	Operation string
	Rows      []view
}

// headline says in one sentence what changed.
func (c Comparison) headline() string {
	switch c.Verdict {
	case Worse, Better:
		return fmt.Sprintf("B is %s than A in %s.", c.Verdict, listed(c, c.Verdict))
	case Same:
		return fmt.Sprintf("No change seen; %s.", c.sharpness())
	default:
		return fmt.Sprintf("A run needs %d seconds after its warm-up at least, and a percentile ten values beyond it.", leastSeconds())
	}
}

// sharpness says how small a change of the response p99 would have been seen, at worst.
func (c Comparison) sharpness() string {
	worst := -1.0
	for _, r := range c.Rows {
		if r.Clock == Response && r.Statistic == "p99" && r.judged() {
			worst = max(worst, r.Detectable)
		}
	}
	if worst < 0 {
		return "the response p99 could not be judged"
	}
	if worst > 1 {
		return "but the runs are so unsteady that neither would a doubled response p99 have been"
	}
	return fmt.Sprintf("a response p99 that differs by %.0f %% would have been", 100*worst)
}

// mostNamed bounds how many figures a sentence names.
const mostNamed = 4

func listed(c Comparison, verdict string) string {
	var names []string
	more := 0
	for _, r := range c.Rows {
		if r.Verdict != verdict {
			continue
		}
		if len(names) == mostNamed {
			more++
			continue
		}
		v := newView(r)
		names = append(names, fmt.Sprintf("%s %s (%s)", r.Operation, v.Name, v.Shift))
	}
	text := strings.Join(names, ", ")
	if more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// leastSeconds is the length from which on a run says anything.
func leastSeconds() int {
	n := 1
	for blocks(n) < fewestBlocks {
		n++
	}
	return n
}

// footnote says how the intervals are meant.
func (c Comparison) footnote() string {
	return fmt.Sprintf("Intervals hold together with %g %% confidence over all rows; a change below %g %% counts as none. "+
		"The last figure is the smallest change that would have been seen four times out of five.", 100*c.Confidence, 100*c.Tolerance)
}
