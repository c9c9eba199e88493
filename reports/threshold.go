package reports

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Threshold is one condition that a run must meet. Its text form is
//
//	[OPERATION] response|service p50|p90|p99|p99.9|max COMPARISON DURATION
//	[OPERATION] errors COMPARISON SHARE% or COUNT
//	lost|duplicated|reordered|corrupt|phantom COMPARISON COUNT
//
// with one of the comparisons < <= == >= >, and optionally the word abort at the end. Without an operation it is about
// all of them together. Errors are all actions that have an outcome and were not acknowledged.
type Threshold struct {
	Text       string  // as it was given, without spaces around it
	Operation  string  // such as playtime.heartbeat; empty for all
	Quantity   string  // response, service, errors, or a member of the ledger
	Statistic  string  // of response and service: p50, p90, p99, p99.9 or max
	Comparison string  // <, <=, ==, >= or >
	Unit       Unit    // of Bound
	Bound      float64 // microseconds, a share of 1, or a count
	Abort      bool    // whether the run is to end when it can no longer be met
}

// Unit is what a threshold's bound counts.
type Unit uint8

// The units.
const (
	Count Unit = iota
	Micros
	Share
)

var thresholdForm = regexp.MustCompile(
	`^(?:([a-z]+\.[a-z]+)\s+)?(?:(response|service)\s+(p50|p90|p99|p99\.9|max)|(errors|lost|duplicated|reordered|corrupt|phantom))` +
		`\s*(<=|>=|==|<|>)\s*([0-9][^\s]*)(\s+abort)?$`)

// ParseThreshold reads a threshold. The error names the text and what is allowed.
func ParseThreshold(text string) (Threshold, error) {
	text = strings.TrimSpace(text)
	m := thresholdForm.FindStringSubmatch(text)
	if m == nil {
		return Threshold{}, fmt.Errorf("parse threshold %q: want for example 'playtime.heartbeat response p99 < 250ms', "+
			"'errors < 0.1%%' or 'lost == 0' (response or service with p50, p90, p99, p99.9 or max; errors, lost, duplicated, "+
			"reordered, corrupt or phantom; < <= == >= >)", text)
	}
	t := Threshold{Text: text, Operation: m[1], Quantity: m[2] + m[4], Statistic: m[3], Comparison: m[5], Abort: m[7] != ""}
	if t.ofLedger() && t.Operation != "" {
		return Threshold{}, fmt.Errorf("parse threshold %q: the ledger is one for all operations, want %q without %s", text, t.Quantity, t.Operation)
	}
	if err := t.setBound(m[6]); err != nil {
		return Threshold{}, fmt.Errorf("parse threshold %q: %w", text, err)
	}
	return t, nil
}

// setBound reads the bound in the unit that the quantity is measured in.
func (t *Threshold) setBound(text string) error {
	share, isShare := strings.CutSuffix(text, "%")
	switch {
	case t.Statistic != "":
		d, err := time.ParseDuration(text)
		if err != nil {
			return fmt.Errorf("bound %q: want a duration such as 250ms", text)
		}
		t.Unit, t.Bound = Micros, float64(d)/float64(time.Microsecond)
	case isShare && t.Quantity == "errors":
		v, err := strconv.ParseFloat(share, 64)
		if err != nil || v < 0 || v > 100 {
			return fmt.Errorf("bound %q: want 0%% to 100%%", text)
		}
		t.Unit, t.Bound = Share, v/100
	default:
		v, err := strconv.ParseUint(text, 10, 53)
		if err != nil {
			return fmt.Errorf("bound %q: want a whole number%s", text, map[bool]string{true: " or a share such as 0.1%"}[t.Quantity == "errors"])
		}
		t.Bound = float64(v)
	}
	return nil
}

// ofLedger says whether the ledger answers the threshold.
func (t Threshold) ofLedger() bool { return t.Statistic == "" && t.Quantity != "errors" }

// meets says whether a measured value satisfies the threshold.
func (t Threshold) meets(v float64) bool {
	switch t.Comparison {
	case "<":
		return v < t.Bound
	case "<=":
		return v <= t.Bound
	case "==":
		return v == t.Bound
	case ">=":
		return v >= t.Bound
	default:
		return v > t.Bound
	}
}
