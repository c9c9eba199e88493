package conformance

import (
	"errors"
	"fmt"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// findings computes one finding for every clause of the register: from the inventory outward, so that a clause without
// a row is not-run, whatever the rest of the report says.
func findings(register *contract.Register, claimed []contract.Capability, selected map[string]bool, rows map[string]row) []record.Finding {
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
		case !selected[c.ID]:
			f.Status, f.Reason = record.NotRun, "left out by the filter"
		default:
			settle(&f, rows[c.ID])
		}
		all = append(all, f)
	}
	return all
}

// settle fills in what the row of a selected clause says. The zero row is a spec that Ginkgo never reported.
func settle(f *record.Finding, r row) {
	f.Attempts, f.Duration = r.attempts, r.duration
	switch {
	case r.panicked:
		f.Status, f.Reason = record.Inconclusive, "muster's own fault: "+r.reason
	case !r.executed && r.reason == "":
		f.Status, f.Reason = record.NotRun, "the run ended before it"
	case !r.executed:
		f.Status, f.Reason = record.NotRun, r.reason
	case r.outcome.NotRun != "":
		f.Status, f.Reason, f.Attempts = record.NotRun, r.outcome.NotRun, 0
	case r.outcome.Inconclusive != "":
		f.Status, f.Reason = record.Inconclusive, r.outcome.Inconclusive
	case len(r.outcome.Violations) > 0:
		f.Status, f.Violations = record.Fail, r.outcome.Violations
	default:
		f.Status = record.Pass
	}
}

// faults returns an error that names every check that panicked.
func faults(rows map[string]row) error {
	var errs []error
	for id, r := range rows {
		if r.panicked {
			errs = append(errs, fmt.Errorf("check of clause %s panicked: %s", id, r.reason))
		}
	}
	return errors.Join(errs...)
}
