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
	name, claimed := s.target.Name, s.claimed()
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
		if selected[clause.ID] {
			chosen, ids = append(chosen, clause), append(ids, clause.ID)
		}
	}
	costs, err := selftest.Measure(ctx, ids)
	if err != nil {
		return err
	}
	p := addUp(chosen, costs, c.RTT)
	p.Target = name
	if c.JSON {
		enc := json.NewEncoder(v.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(p)
	}
	return planText(v.stdout, p)
}

// addUp sums the costs by contract and transport, in the order of the register.
func addUp(clauses []contract.Clause, costs []selftest.Cost, rtt time.Duration) conformPlan {
	p := conformPlan{Version: 1, RTTMS: float64(rtt.Microseconds()) / 1e3, Parts: []planned{}}
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
		p.Parts[at].add(costs[i], rtt)
		p.All.add(costs[i], rtt)
	}
	return p
}

func (p *planned) add(c selftest.Cost, rtt time.Duration) {
	p.Clauses++
	p.Messages += c.Messages
	p.DurationS += (c.Took + time.Duration(c.Messages)*rtt).Seconds()
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
	_, _ = fmt.Fprintf(table, "\nmeasured on the embedded reference, %s; nothing was sent to the target\n", where)
	return table.Flush() // reports what failed before it, too
}
