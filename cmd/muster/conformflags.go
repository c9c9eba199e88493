package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/passmuster/muster/conformance"
	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/strict"
)

// conformFlags choose what is judged and how strictly.
type conformFlags struct {
	Filter string   `placeholder:"EXPR" help:"Judge only clauses whose labels match, for example 'level:MUST && transport:http'. A MUST that is left out makes the verdict inconclusive (exit code 3), unless another fails."`
	Clause []string `placeholder:"ID" help:"Judge only this clause; may be given several times."`
	Slow   bool     `help:"Judge the slow clauses, too, which take up to ten minutes of real time each. A filter may also name them by their label slow."`
	FailOn string   `name:"fail-on" enum:"must,should,may" default:"must" help:"Level from which a broken clause fails the run: must, should or may."`

	Known string `placeholder:"FILE" help:"List of clauses that are known to fail: they still run, and exit code 4 says that the list drifted from the truth."`

	Timeout time.Duration `default:"10s" placeholder:"D" help:"How long one answer may take, at most 10s. A door that never answers is given up after three clauses."`

	Procs   int   `default:"1" placeholder:"N" help:"Share the clauses among N processes of this binary, 1 to 16."`
	Retries int   `default:"0" placeholder:"N" help:"Judge a broken clause up to N times again, 0 to 5. Reports show every clause that took more than one attempt."`
	Order   int64 `default:"1" placeholder:"SEED" help:"Judge the clauses in the order that this number draws."`
}

// mostRetries bounds how often a clause may be judged again.
const mostRetries = 5

// validate reports numbers that are out of their bounds, all at once.
func (f conformFlags) validate() error {
	var faults []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	want(f.Timeout > 0 && f.Timeout <= longestAnswer, "--timeout %v: want more than 0 and at most %v", f.Timeout, longestAnswer)
	want(f.Procs >= 1 && f.Procs <= mostProcs, "--procs %d: want 1 to %d", f.Procs, mostProcs)
	want(f.Retries >= 0 && f.Retries <= mostRetries, "--retries %d: want 0 to %d", f.Retries, mostRetries)
	if len(faults) == 0 {
		return nil
	}
	return usage(errors.Join(faults...), "'muster conform --help' tells the defaults")
}

// filter returns the label filter that the flags ask for.
func (f conformFlags) filter(register *contract.Register) (string, error) {
	if len(f.Clause) == 0 {
		return f.slowly(f.Filter), nil
	}
	var wanted []string
	var faults []error
	for _, id := range f.Clause {
		c, known := register.Lookup(id)
		if !known {
			faults = append(faults, fmt.Errorf("--clause %s: no such clause%s", id, strict.Suggest(id, clauseIDs(register))))
			continue
		}
		f.Slow = f.Slow || c.Slow // it was asked for by its name
		wanted = append(wanted, conformance.Labels(c)[0])
	}
	if len(faults) > 0 {
		return "", usage(errors.Join(faults...), "'muster conform list' lists all clauses")
	}
	filter := "(" + strings.Join(wanted, " || ") + ")"
	if f.Filter != "" {
		filter += " && (" + f.Filter + ")"
	}
	return f.slowly(filter), nil
}

// clauseIDs returns the ids of all clauses.
func clauseIDs(register *contract.Register) []string {
	var all []string
	for _, c := range register.Clauses() {
		all = append(all, c.ID)
	}
	return all
}

// slowly returns the filter that lets slow clauses in when they were asked for.
func (f conformFlags) slowly(filter string) string {
	if f.Slow {
		return conformance.AlsoSlow(filter)
	}
	return filter
}

// longestAnswer bounds how long a vendor may have one answer take.
const longestAnswer = 10 * time.Second

// prepare checks that something is selected and connects to the target.
func (f conformFlags) prepare(ctx context.Context, s *subject) (*prober, error) {
	if err := f.validate(); err != nil {
		return nil, err
	}
	register, err := catalog.Register(s.target)
	if err != nil {
		return nil, err
	}
	filter, err := f.filter(register)
	if err != nil {
		return nil, err
	}
	if _, err := conformance.Select(register, s.claimed(), filter); err != nil {
		return nil, usage(err, "'muster conform list' shows the labels that a filter can use")
	}
	known, err := f.knownFailures()
	if err != nil {
		return nil, err
	}
	p, err := connect(ctx, s, catalog.Settings{Timeout: f.Timeout, MaxRate: s.target.Load.MaxRate})
	if err != nil {
		return nil, err
	}
	p.known, p.procs, p.timeout = known, f.Procs, f.Timeout
	p.cfg.Register, p.cfg.Filter, p.cfg.Retries, p.cfg.Seed = register, filter, f.Retries, f.Order
	p.plan = record.ConformPlan{
		Claimed: s.target.Capabilities(), Filter: filter, FailOn: strings.ToUpper(f.FailOn), Clauses: len(register.Clauses()),
		Procs: f.Procs, Retries: f.Retries, Order: f.Order,
	}
	return p, nil
}

// knownFailures reads the known-failing list, if there is to be one.
func (f conformFlags) knownFailures() (*conformance.Known, error) {
	if f.Known == "" {
		return nil, nil
	}
	known, err := conformance.LoadKnown(f.Known)
	if err != nil {
		return nil, usage(err, "%s", hintFor(err, "README.md shows a known-failing list"))
	}
	return known, nil
}
