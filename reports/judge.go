package reports

import (
	"fmt"

	"github.com/passmuster/muster/internal/numeral"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/scenarios"
)

// NotJudged is the status of a threshold about which the run has nothing to say.
const NotJudged = "not-judged"

// Judgement is what became of one threshold.
type Judgement struct {
	Threshold string  `json:"threshold"`
	Status    string  `json:"status"`             // passed, failed or not-judged
	Measured  string  `json:"measured,omitempty"` // the value, with its unit; of a threshold over windows the worst
	Window    *Window `json:"window,omitempty"`   // where that was; nil when the threshold is about the run as a whole
	Note      string  `json:"note,omitempty"`     // why it was not judged, or not as it was meant

	unit    string // what a window counts
	because string // of errors: their classes, in brackets
	open    bool   // not judged, although the run should have had something to say about it
}

// Shown is the measured value for people: where it is that of a window, with the window and what it is of.
func (j Judgement) Shown() string { return j.shown("") }

// shown is Shown with something about the value behind it.
func (j Judgement) shown(remark string) string {
	if j.Window == nil {
		return j.Measured + remark
	}
	text := fmt.Sprintf("%s%s, of %s%s", j.Measured, j.Window.where(), count(j.Window.Count, j.unit), remark)
	if j.Window.Broken > 0 && j.Window.Windows > 1 {
		text += fmt.Sprintf("; %s of %s not met", numeral.Thousands(int64(j.Window.Broken)), count(int64(j.Window.Windows), "window"))
	}
	return text
}

// judgeThreshold judges one threshold by the figures of l and e. When the run is not valid, times are shown but not judged.
func judgeThreshold(text string, l *Load, e evidence, valid bool) Judgement {
	j := Judgement{Threshold: text, Status: NotJudged}
	c, err := scenarios.Threshold(text).Parse()
	if err != nil {
		j.Note, j.open = err.Error(), true
		return j
	}
	value, note := j.measure(c, l, e)
	if note != "" {
		j.Note, j.open = note, note == unmeasured || note == unseen
		return j
	}
	j.Measured = inUnit(c.Unit, value)
	switch {
	case c.Unit == scenarios.Micros && !valid:
		j.Note = "the run is invalid, so its latencies say nothing of the target"
		if cutShort(e) {
			j.Note = "the run was cut short, so its latencies are not judged"
		}
	case c.Meets(value):
		j.Status = Passed
	default:
		j.Status = Failed
	}
	return j
}

// The notes on times of which the run has no value, although it should have some.
const (
	unmeasured = "nothing was measured after the warm-up"
	unseen     = "read-back saw no event while the run went on"
)

// measure returns the value that c is about, or a note why there is none.
func (j *Judgement) measure(c scenarios.Condition, l *Load, e evidence) (value float64, note string) {
	if c.OfLedger() {
		return measureLedger(c, l.Ledger, e)
	}
	total := e.totals[c.Operation]
	switch {
	case total == nil && e.plan.Planned[c.Operation] == 0:
		return 0, "the run has no " + c.Operation
	case total == nil:
		return 0, nothing(c, e.live)
	}
	if c.Window > 0 {
		return j.measureWindows(c, e)
	}
	var all amount
	all.add(scenarios.Condition{Quantity: c.Quantity, Statistic: c.Statistic}, total, false)
	value, of := all.value(c, e.ended)
	if of == 0 {
		return 0, nothing(c, e.live)
	}
	if c.Quantity == scenarios.Errors {
		j.because = classes(all.ends.reasons(e.ended))
	}
	return value, ""
}

// measureWindows returns the worst of the windows.
func (j *Judgement) measureWindows(c scenarios.Condition, e evidence) (float64, string) {
	worst, short := e.windows[j.Threshold].worst(e)
	if worst == nil {
		return 0, nothing(c, e.live)
	}
	j.Window, j.unit = worst, unitOf(c)
	if c.Quantity == scenarios.Errors {
		j.because = classes(worst.ends.reasons(e.ended))
	}
	if short {
		j.Note = fmt.Sprintf("the run is shorter than %s, so it is judged as one window", seconds(c.Window.Seconds()))
	}
	return worst.value, ""
}

// nothing says why a condition has no value, in a run that may be under way.
func nothing(c scenarios.Condition, live bool) string {
	switch {
	case live && c.Quantity == scenarios.Visible:
		return "read-back saw no event yet"
	case live && c.Quantity == scenarios.Errors:
		return "no action has an outcome yet"
	case live:
		return "nothing was measured after the warm-up yet"
	}
	switch c.Quantity {
	case scenarios.Errors:
		return "no action has an outcome"
	case scenarios.Visible:
		return unseen
	default:
		return unmeasured
	}
}

func measureLedger(c scenarios.Condition, l *record.Ledger, e evidence) (float64, string) {
	switch {
	case l == nil && e.live && e.unread:
		return 0, "known once the events were read back"
	case l == nil && e.unread:
		return 0, "the run ended before anything was read back"
	case l == nil:
		return 0, "the target offers no read-back, so there is no ledger"
	case !l.Complete:
		return 0, "read-back did not reach its end"
	}
	return ofLedger(c, l), ""
}

// ofLedger returns the member of a ledger that a condition is about.
func ofLedger(c scenarios.Condition, l *record.Ledger) float64 {
	return float64(map[string]int64{
		scenarios.Lost: l.Lost, scenarios.Duplicated: l.Duplicated, scenarios.Reordered: l.Reordered,
		scenarios.Corrupt: l.Corrupt, scenarios.Phantom: l.Phantom,
	}[c.Quantity])
}

func inUnit(u scenarios.Unit, v float64) string {
	switch u {
	case scenarios.Micros:
		return micros(int64(v))
	case scenarios.Share:
		return percent(v)
	default:
		return numeral.Thousands(int64(v))
	}
}
