package conformance

import (
	"fmt"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// findings computes one finding for every clause of the register: from the inventory outward, so that a clause without
// a row is not-run, whatever the rest of the report says. attempts is how many a check was granted.
func findings(register *contract.Register, claimed []contract.Capability, selected map[string]bool, rows map[string]row, attempts int) []record.Finding {
	all := make([]record.Finding, 0, len(register.Clauses()))
	for _, c := range register.Clauses() {
		f := record.Finding{
			Version: record.Version, ID: c.ID, Duty: c.Duty, Level: c.Level.String(), Basis: c.Basis,
			Contract: contractOf(c.ID), Transport: string(c.Transport),
		}
		switch need := missing(c, claimed); {
		case c.Unobservable != "":
			f.Status, f.Reason = record.Unobservable, c.Unobservable
		case need != "":
			f.Status, f.Reason = record.NotClaimed, fmt.Sprintf("the target does not claim %s", need)
		case !selected[c.ID] && c.Slow:
			f.Status, f.Reason, f.Slow = record.NotRun, "slow: run with --slow", true
		case !selected[c.ID]:
			f.Status, f.Reason = record.NotRun, "left out by the filter"
		default:
			settle(&f, rows[c.ID], attempts)
		}
		all = append(all, f)
	}
	return all
}

// settle fills in what the row of a selected clause says. The zero row is a spec that Ginkgo never reported.
func settle(f *record.Finding, r row, attempts int) {
	f.Attempts, f.Duration = r.Attempts, r.Duration
	switch {
	case r.Panicked:
		f.Status, f.Reason = record.Inconclusive, "muster's own fault: "+r.Reason
	case !r.Executed && r.Reason == "":
		f.Status, f.Reason = record.NotRun, "the run ended before it"
	case !r.Executed:
		f.Status, f.Reason = record.NotRun, r.Reason
	case r.Outcome.NotRun != "":
		f.Status, f.Reason, f.Attempts = record.NotRun, r.Outcome.NotRun, 0
	case r.Outcome.Stuck:
		f.Status, f.Reason = record.Inconclusive, "muster's own fault: the check did not end when it should, and was abandoned"
	case r.Outcome.Inconclusive != "":
		f.Status, f.Reason = record.Inconclusive, r.Outcome.Inconclusive
	case len(r.Outcome.Violations) > 0:
		f.Status, f.Violations = record.Fail, r.Outcome.Violations
		if r.Attempts > 1 {
			f.Reason = fmt.Sprintf("broken in each of %d attempts", r.Attempts)
		}
	default:
		f.Status = record.Pass
		if r.Attempts > 1 {
			f.Reason = fmt.Sprintf("passed on attempt %d of %d", r.Attempts, attempts)
		}
	}
}
