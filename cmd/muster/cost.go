package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/passmuster/muster/conformance"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/selftest"
)

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
	Procs   int       `json:"procs"`
	Parts   []planned `json:"parts"` // as one process would judge them
	All     planned   `json:"all"`   // as so many processes do
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

// shared is how many seconds several processes take: as long as the one whose share takes longest, all with a part of the
// target's rate each, and then what is judged alone.
func (c conformPlanCmd) shared(register *contract.Register, costs []selftest.Cost, limit float64) float64 {
	of, selected := map[string]selftest.Cost{}, map[string]bool{}
	for _, cost := range costs {
		of[cost.ID], selected[cost.ID] = cost, true
	}
	shares, alone := conformance.Deal(register, selected, c.Procs, c.Order)
	longest := 0.0
	for _, ids := range shares {
		took := 0.0
		for _, id := range ids {
			took += expected(of[id], c.RTT, limit/float64(c.Procs))
		}
		longest = max(longest, took)
	}
	for id := range alone {
		longest += expected(of[id], c.RTT, limit)
	}
	return longest
}

func (p *planned) add(messages int, took float64) {
	p.Clauses++
	p.Messages += messages
	p.DurationS += took
}

// by says how many processes judge, when they are several.
func (p conformPlan) by() string {
	if p.Procs <= 1 {
		return ""
	}
	return fmt.Sprintf(" by %d processes; by one:", p.Procs)
}

func planText(w io.Writer, p conformPlan) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(table, "'muster conform' would judge %s by %d clauses with %d messages in about %.1f s%s\n\n", p.Target, p.All.Clauses, p.All.Messages, p.All.DurationS, p.by())
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
