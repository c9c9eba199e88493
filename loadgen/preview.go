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
	whole   *plan.Summary // of all slices; nil when this is all
}

// Look works out the preview of a scenario. It walks the whole plan and sends nothing.
func Look(s scenarios.Scenario) (Preview, error) {
	return look(s.WithDefaults(), record.Slice{Count: 1})
}

// Share works out the preview of one slice of a scenario, of which p is the whole. It walks that slice's plan, but not
// where the slice is everything.
func (p Preview) Share(slice record.Slice) (Preview, error) {
	if slice.Count <= 1 {
		return p, nil
	}
	own, err := look(p.Scenario, slice)
	own.whole = &p.summary
	return own, err
}

// look works out the preview of a slice. The scenario has its defaults.
func look(s scenarios.Scenario, slice record.Slice) (Preview, error) {
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

// summaries returns what is known of the plan of c's slice and of the whole, which is nil when they are the same. They are
// taken out of a preview that c has, because the run changes them and does not keep all of them.
func (c *Config) summaries() (own plan.Summary, whole *plan.Summary, err error) {
	p := c.Preview
	if p == nil || p.summary.Dues == nil {
		p = new(Preview)
		if *p, err = Look(c.Scenario); err == nil {
			*p, err = p.Share(c.Slice)
		}
	}
	own, whole = p.summary, p.whole
	p.summary, p.whole = plan.Summary{}, nil
	return own, whole, err
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
