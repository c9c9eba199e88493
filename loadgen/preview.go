package loadgen

import (
	"fmt"
	"slices"
	"time"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/needs"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/scenarios"
)

// Preview is what can be known of a scenario before anything is sent. It counts every action of the plan, whether a
// target would take it or not. Series have an entry for each second on the wall; they are the caller's to read only.
type Preview struct {
	Scenario     scenarios.Scenario // with its defaults
	Wall         time.Duration      // that the plan takes
	Players      int
	PeakCCU      int
	Actions      int
	Counts       [plan.Kinds]int      // of actions, by kind
	CCU          []int                // intended players at the end of each second
	Rate         []int                // actions due in each second
	Kinds        [plan.Kinds][]uint32 // the same by kind
	ScheduleHash string

	summary plan.Summary
}

// Look works out the preview of a scenario. It walks the whole plan and sends nothing.
func Look(s scenarios.Scenario) (Preview, error) { return LookAt(s, record.Slice{Count: 1}) }

// LookAt works out the preview of one slice of a scenario.
func LookAt(s scenarios.Scenario, slice record.Slice) (Preview, error) {
	s = s.WithDefaults()
	sum, err := plan.Summarize(params(s, slice), wallStep(s))
	if err != nil {
		return Preview{}, fmt.Errorf("preview %s: %w", s.Name, err)
	}
	p := Preview{
		Scenario: s, Wall: onWall(s, s.Duration), Players: sum.Players, PeakCCU: sum.Peak, Counts: sum.Counts,
		CCU: sum.CCU, Rate: sum.Dues, Kinds: sum.Kinds, ScheduleHash: sum.Hash.String(), summary: sum,
	}
	for _, n := range sum.Counts {
		p.Actions += n
	}
	return p, nil
}

// PeakRate returns the most actions that are due in one wall second.
func (p Preview) PeakRate() int { return slices.Max(append([]int{0}, p.Rate...)) }

// PeakAt returns when the busiest second begins, on the wall; the first when several are alike.
func (p Preview) PeakAt() time.Duration {
	return time.Duration(max(0, slices.Index(p.Rate, p.PeakRate()))) * time.Second
}

// Needs returns what the plan needs of the machine that plays it, towards a target as d describes it; reuse is the
// machine's tcp_tw_reuse.
func (p Preview) Needs(d needs.Doors, reuse int) needs.Needs {
	return needs.Reckon(p.Scenario, p.summary, d, reuse)
}
