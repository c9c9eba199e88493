package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/passmuster/muster/conformance"
	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/selftest"
)

// conformPlanCmd says what a run would do. It sends nothing to the target.
type conformPlanCmd struct {
	Target string        `placeholder:"FILE" help:"Target file. Without it the plan is for the embedded reference."`
	Filter string        `placeholder:"EXPR" help:"Plan only clauses whose labels match, for example 'level:MUST && transport:http'."`
	Clause []string      `placeholder:"ID" help:"Plan only this clause; may be given several times."`
	RTT    time.Duration `name:"rtt" placeholder:"D" help:"Round trip to the target, such as 40ms; it is added to the expected duration for each message."`
	Procs  int           `default:"1" placeholder:"N" help:"Plan for N processes that share the clauses, 1 to 16."`
	Order  int64         `default:"1" placeholder:"SEED" help:"Plan for the order that this number draws."`
	JSON   bool          `help:"Print JSON instead of a table."`
}

// flags are those of a run that would do what is planned.
func (c conformPlanCmd) flags() conformFlags {
	return conformFlags{Filter: c.Filter, Clause: c.Clause, Procs: c.Procs, Order: c.Order, Timeout: longestAnswer}
}

// Run selects as a run would, tries the clauses on the embedded reference and prints what they cost there.
func (c conformPlanCmd) Run(ctx context.Context, v *voice) error {
	if c.RTT < 0 {
		return usage(fmt.Errorf("--rtt %v: want 0 or more", c.RTT), "it is the time of one round trip to the target, such as 40ms")
	}
	if err := c.flags().validate(); err != nil {
		return err
	}
	s, err := targetFlags{Target: c.Target}.open(ctx, v, 1)
	if err != nil {
		return err
	}
	name, claimed, limit := s.target.Name, s.claimed(), s.target.Load.MaxRate
	register, err := catalog.Register(s.target)
	if err = errors.Join(err, s.close()); err != nil {
		return err
	}
	chosen, err := c.choose(register, claimed)
	if err != nil {
		return err
	}
	costs, err := measure(ctx, chosen)
	if err != nil {
		return err
	}
	p := addUp(chosen, costs, c.RTT, limit)
	p.Target, p.Procs = name, c.Procs
	if c.Procs > 1 {
		p.All.DurationS = c.shared(register, costs, limit)
	}
	if c.JSON {
		enc := json.NewEncoder(v.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(p)
	}
	return planText(v.stdout, p)
}

// choose returns the clauses that a run would judge.
func (c conformPlanCmd) choose(register *contract.Register, claimed []contract.Capability) ([]contract.Clause, error) {
	filter, err := c.flags().filter(register)
	if err != nil {
		return nil, err
	}
	selected, err := conformance.Select(register, claimed, filter)
	if err != nil {
		return nil, usage(err, "'muster conform list' shows the labels that a filter can use")
	}
	var chosen []contract.Clause
	for _, clause := range register.Clauses() {
		if selected[clause.ID] && clause.Slow {
			return nil, usage(fmt.Errorf("conform plan: clause %s is slow: it takes minutes that cannot be measured beforehand", clause.ID),
				"leave it out; 'muster conform --slow' judges it")
		}
		if selected[clause.ID] {
			chosen = append(chosen, clause)
		}
	}
	return chosen, nil
}

// measure tries the clauses on the embedded reference.
func measure(ctx context.Context, clauses []contract.Clause) ([]selftest.Cost, error) {
	ids := make([]string, len(clauses))
	for i, clause := range clauses {
		ids[i] = clause.ID
	}
	return selftest.Measure(ctx, ids)
}
