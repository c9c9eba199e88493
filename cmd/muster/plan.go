package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
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
	JSON   bool          `help:"Print JSON instead of a table."`
}

// planned is what the clauses of one contract and transport cost, or all of them.
type planned struct {
	Contract  string  `json:"contract,omitempty"`
	Transport string  `json:"transport,omitempty"`
	Clauses   int     `json:"clauses"`
	Messages  int     `json:"messages"`
	DurationS float64 `json:"duration_s"` // expected
}

// conformPlan is the plan of a run; `conform plan --json` prints it.
type conformPlan struct {
	Version int       `json:"version"`
	Target  string    `json:"target"`
	RTTMS   float64   `json:"rtt_ms"`
	MaxRate float64   `json:"max_rate"` // of the target's file, in messages per second; 0 is no cap
	Parts   []planned `json:"parts"`
	All     planned   `json:"all"`
}

// Run selects as a run would, tries the clauses on the embedded reference and prints what they cost there.
func (c conformPlanCmd) Run(ctx context.Context, v *voice) error {
	if c.RTT < 0 {
		return usage(fmt.Errorf("--rtt %v: want 0 or more", c.RTT), "it is the time of one round trip to the target, such as 40ms")
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
	filter, err := conformFlags{Filter: c.Filter, Clause: c.Clause}.filter(register)
	if err != nil {
		return err
	}
	selected, err := conformance.Select(register, claimed, filter)
	if err != nil {
		return usage(err, "'muster conform list' shows the labels that a filter can use")
	}
	var chosen []contract.Clause
	var ids []string
	for _, clause := range register.Clauses() {
		if selected[clause.ID] && clause.Slow {
			return usage(fmt.Errorf("conform plan: clause %s is slow: it takes minutes that cannot be measured beforehand", clause.ID),
				"leave it out; 'muster conform --slow' judges it")
		}
		if selected[clause.ID] {
			chosen, ids = append(chosen, clause), append(ids, clause.ID)
		}
	}
	costs, err := selftest.Measure(ctx, ids)
	if err != nil {
		return err
	}
	p := addUp(chosen, costs, c.RTT, limit)
	p.Target = name
	if c.JSON {
		enc := json.NewEncoder(v.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(p)
	}
	return planText(v.stdout, p)
}

// addUp sums the costs by contract and transport, in the order of the register. The limit is that of the target's file,
// in messages per second; 0 is none.
func addUp(clauses []contract.Clause, costs []selftest.Cost, rtt time.Duration, limit float64) conformPlan {
	p := conformPlan{Version: 1, RTTMS: float64(rtt.Microseconds()) / 1e3, MaxRate: limit, Parts: []planned{}}
	places := map[string]int{}
	for i, c := range clauses {
		name, _, _ := strings.Cut(c.ID, "/")
		key := name + "/" + string(c.Transport)
		at, known := places[key]
		if !known {
			at = len(p.Parts)
			places[key] = at
			p.Parts = append(p.Parts, planned{Contract: name, Transport: string(c.Transport)})
		}
		took := expected(costs[i], rtt, limit)
		p.Parts[at].add(costs[i].Messages, took)
		p.All.add(costs[i].Messages, took)
	}
	return p
}

// expected is how many seconds a clause takes: as long as on the reference and on the way, or as the cap on the rate
// stretches its messages, whichever is longer.
func expected(c selftest.Cost, rtt time.Duration, limit float64) float64 {
	took := (c.Took + time.Duration(c.Messages)*rtt).Seconds()
	if limit > 0 {
		took = max(took, float64(c.Messages)/limit)
	}
	return took
}

func (p *planned) add(messages int, took float64) {
	p.Clauses++
	p.Messages += messages
	p.DurationS += took
}

func planText(w io.Writer, p conformPlan) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(table, "'muster conform' would judge %s by %d clauses with %d messages in about %.1f s\n\n", p.Target, p.All.Clauses, p.All.Messages, p.All.DurationS)
	_, _ = fmt.Fprintln(table, "  contract\ttransport\tclauses\tmessages\texpected")
	for _, part := range p.Parts {
		_, _ = fmt.Fprintf(table, "  %s\t%s\t%d\t%d\t%.1f s\n", part.Contract, part.Transport, part.Clauses, part.Messages, part.DurationS)
	}
	where := "no round trip; --rtt adds one for each message"
	if p.RTTMS > 0 {
		where = fmt.Sprintf("a round trip of %g ms for each message added", p.RTTMS)
	}
	if p.MaxRate > 0 {
		where += fmt.Sprintf("; no more than %g messages a second, as the target's file asks", p.MaxRate)
	}
	_, _ = fmt.Fprintf(table, "\nmeasured on the embedded reference, %s; nothing was sent to the target\n", where)
	return table.Flush() // reports what failed before it, too
}
