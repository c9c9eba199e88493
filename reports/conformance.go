package reports

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// mostNamed bounds how many clauses a reason names.
const mostNamed = 5

// judgeFindings computes the verdict of a conformance half from its findings outward: a clause that counts and failed
// makes it non-conformant; a clause that counts and was not judged, though the target claims what it needs, makes it
// inconclusive. A clause counts when its level is at or above the plan's FailOn. A failure on the known-failing list makes
// the target no more conformant, but does not fail the run. plan may be nil.
func judgeFindings(findings []record.Finding, plan *record.ConformPlan) Conformance {
	c := Conformance{FailOn: strings.ToLower(contract.Must.String()), Counts: map[string]int{}, headlines: map[string]string{}}
	expected := 0
	if plan != nil {
		c.Drift = plan.Drift
		c.FailOn, expected = cmp.Or(strings.ToLower(plan.FailOn), c.FailOn), plan.Clauses
	}
	from := level(c.FailOn)
	var open Lines
	causes := map[string]int{}
	for _, f := range findings {
		c.Counts[f.Status]++
		counts := level(f.Level) >= from
		switch f.Status {
		case record.Pass:
			if f.Attempts > 1 {
				c.Flaky = append(c.Flaky, f.ID)
			}
		case record.NotClaimed, record.Unobservable:
		case record.Fail:
			c.headlines[f.ID] = oneLine(headline(f))
			switch {
			case f.Known != nil:
				c.Known = append(c.Known, f.ID)
				c.excused = c.excused || counts
			case counts:
				c.Failed = append(c.Failed, f.ID)
			default:
				c.Lesser = append(c.Lesser, f.ID)
			}
		default: // inconclusive, not run, or a status of which this binary does not know that it is a pass
			if counts && !f.Slow { // a slow clause is left out unless it is asked for
				open = append(open, f.ID)
				causes[oneLine(f.Reason)]++
			}
		}
	}
	c.settle(open, commonest(causes), expected-len(findings))
	return c
}

// commonest returns the cause that most clauses have, the first by name of several; empty when none is known.
func commonest(causes map[string]int) string {
	best := ""
	for _, cause := range slices.Sorted(maps.Keys(causes)) {
		if cause != "" && (best == "" || causes[cause] > causes[best]) {
			best = cause
		}
	}
	return best
}

// settle sets the verdict and the reasons. open are the clauses that count and were not judged, mostly because of cause;
// missing is how many clauses of the register have no finding at all.
func (c *Conformance) settle(open Lines, cause string, missing int) {
	because := func(format string, args ...any) { c.Reasons = append(c.Reasons, fmt.Sprintf(format, args...)) }
	if n := len(c.Failed); n > 0 {
		because("The target broke %s: %s.", count(int64(n), "clause"), some(c.Failed, mostNamed))
	}
	if n := len(open); n > 0 {
		because("Nothing is known of %s that the target claims to keep: %s.", count(int64(n), "clause"), some(open, mostNamed))
		if cause != "" {
			because("The commonest cause: %s.", strings.TrimSuffix(cause, "."))
		}
	}
	if missing > 0 {
		because("There is no finding for %s of the register.", count(int64(missing), "clause"))
	}
	if c.Counts[record.Pass]+c.Counts[record.Fail] == 0 {
		because("No clause was judged.")
	}
	c.open = len(open) > 0 || missing > 0 || c.Counts[record.Pass]+c.Counts[record.Fail] == 0
	for _, d := range c.Drift {
		because("The known-failing list drifted: %s.", d.Text)
	}
	if n := len(c.Known); n > 0 {
		because("The target broke %s as the known-failing list says: %s.", count(int64(n), "clause"), some(c.Known, mostNamed))
	}
	if n := len(c.Flaky); n > 0 {
		because("The target kept %s on a later attempt only: %s.", count(int64(n), "clause"), some(c.Flaky, mostNamed))
	}
	switch {
	case len(c.Failed) > 0 || c.excused:
		c.Verdict = NonConformant
	case c.open:
		c.Verdict = Inconclusive
	default:
		c.Verdict = Conformant
	}
}

// level reads a level. One that cannot be read counts as the strictest, so that damage never hides a failure.
func level(text string) contract.Level {
	l, err := contract.ParseLevel(text)
	if err != nil {
		return contract.Must
	}
	return l
}
