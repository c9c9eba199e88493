package scenarios

import (
	"time"
)

// Threshold is one condition that a run must meet, as it is written:
//
//	[OPERATION] response|service|ack|visible p50|p90|p99|p99.9|max COMPARISON DURATION [over any WINDOW] [abort]
//	[OPERATION] errors COMPARISON SHARE% or COUNT                                      [over any WINDOW] [abort]
//	duplicated|reordered|corrupt|phantom COMPARISON COUNT                              [abort]
//	lost COMPARISON COUNT
//
// with one of the comparisons < <= == >= >. Without an operation it is about all of them together. Parse tells what it means.
type Threshold string

// Condition is a threshold as it is understood.
//
// Response and service are the two clocks of every report. Ack is how long the target took to acknowledge what had been
// written, which is service by the name that producers give it: buffer and linger of Kafka and SNS come before. Visible is
// how long events took from their acknowledgement until read-back saw them. Errors are all actions that have an outcome,
// were to be answered and were not acknowledged. The others are members of the ledger.
//
// With a Window it must be met in each stretch of so many seconds of the run, not in the run as a whole. Windows begin at
// whole seconds, because a second is what a run keeps.
type Condition struct {
	Text       string        // as it was given, without spaces around it
	Operation  string        // such as playtime.heartbeat; empty for all
	Quantity   string        // response, service, ack, visible, errors, or a member of the ledger
	Statistic  string        // of a time: p50, p90, p99, p99.9 or max; empty of the others
	Comparison string        // <, <=, ==, >= or >
	Unit       Unit          // of Bound
	Bound      float64       // microseconds, a share of 1, or a count
	Window     time.Duration // whole seconds, 1s to 10m; 0 is the run as a whole
	Abort      bool          // whether the run is to end as soon as it is broken for good
}

// Unit is what a threshold's bound counts.
type Unit uint8

// The units.
const (
	Count Unit = iota
	Micros
	Share
)

// The quantities.
const (
	Response = "response"
	Service  = "service"
	Ack      = "ack"
	Visible  = "visible"
	Errors   = "errors"

	Lost       = "lost"
	Duplicated = "duplicated"
	Reordered  = "reordered"
	Corrupt    = "corrupt"
	Phantom    = "phantom"
)

// The bounds on a window.
const (
	shortestWindow = time.Second
	longestWindow  = 10 * time.Minute
)

// OfLedger says whether the ledger answers the condition.
func (c Condition) OfLedger() bool { return c.Statistic == "" && c.Quantity != Errors }

// Meets says whether a measured value satisfies the condition.
func (c Condition) Meets(v float64) bool {
	switch c.Comparison {
	case "<":
		return v < c.Bound
	case "<=":
		return v <= c.Bound
	case "==":
		return v == c.Bound
	case ">=":
		return v >= c.Bound
	default:
		return v > c.Bound
	}
}

// Wants says in which direction values meet the condition: below (-1), above (1), or at the bound alone (0).
func (c Condition) Wants() int {
	switch c.Comparison {
	case "<", "<=":
		return -1
	case ">", ">=":
		return 1
	default:
		return 0
	}
}
