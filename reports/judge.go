package reports

import (
	"github.com/passmuster/muster/internal/record"
)

// NotJudged is the status of a threshold about which the run has nothing to say.
const NotJudged = "not-judged"

// Judgement is what became of one threshold.
type Judgement struct {
	Threshold string `json:"threshold"`
	Status    string `json:"status"`             // passed, failed or not-judged
	Measured  string `json:"measured,omitempty"` // the value, with its unit
	Note      string `json:"note,omitempty"`     // why it was not judged

	because string // of errors: their classes, in brackets
	open    bool   // not judged, although the run should have had something to say about it
}

// judgeThreshold judges one threshold by the figures of l and, for percentiles, by the totals of e. When the run is not valid,
// latencies are shown but not judged.
func judgeThreshold(text string, l *Load, e evidence, valid bool) Judgement {
	j := Judgement{Threshold: text, Status: NotJudged}
	t, err := ParseThreshold(text)
	if err != nil {
		j.Note, j.open = err.Error(), true
		return j
	}
	value, note := measure(t, l, e)
	if note != "" {
		j.Note, j.open = note, note == unmeasured
		return j
	}
	if total := e.totals[t.Operation]; t.Quantity == "errors" && total != nil {
		j.because = classes(total.Classes)
	}
	j.Measured = inUnit(t.Unit, value)
	switch {
	case t.Unit == Micros && !valid:
		j.Note = "the run is invalid, so its latencies say nothing of the target"
	case t.meets(value):
		j.Status = Passed
	default:
		j.Status = Failed
	}
	return j
}

// unmeasured is the note on a latency of which the run has no value, although it had such actions.
const unmeasured = "nothing was measured after the warm-up"

// measure returns the value that t is about, or a note why there is none.
func measure(t Threshold, l *Load, e evidence) (float64, string) {
	if t.ofLedger() {
		return measureLedger(t, l.Ledger, e)
	}
	total := e.totals[t.Operation]
	if total == nil {
		return 0, "the run has no " + t.Operation
	}
	if t.Statistic != "" {
		return measureLatency(t, total)
	}
	errors, all := operation(total, 0).errors(e.ended)
	if all == 0 {
		return 0, "no action has an outcome"
	}
	if t.Unit == Share {
		return float64(errors) / float64(all), ""
	}
	return float64(errors), ""
}

func measureLatency(t Threshold, total *record.Frame) (float64, string) {
	h := total.Response
	if t.Quantity == "service" {
		h = total.Service
	}
	if h == nil || h.TotalCount() == 0 {
		return 0, unmeasured
	}
	at := map[string]float64{"p50": 50, "p90": 90, "p99": 99, "p99.9": 99.9, "max": 100}[t.Statistic]
	return float64(h.ValueAtPercentile(at)), ""
}

func measureLedger(t Threshold, l *record.Ledger, e evidence) (float64, string) {
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
	return float64(map[string]int64{
		"lost": l.Lost, "duplicated": l.Duplicated, "reordered": l.Reordered, "corrupt": l.Corrupt, "phantom": l.Phantom,
	}[t.Quantity]), ""
}

func inUnit(u Unit, v float64) string {
	switch u {
	case Micros:
		return micros(int64(v))
	case Share:
		return percent(v)
	default:
		return thousands(int64(v))
	}
}
