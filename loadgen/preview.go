package loadgen

import (
	"fmt"
	"slices"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/scenarios"
)

// Preview is what can be known of a scenario before anything is sent. It counts every action of the plan, whether a
// target would take it or not.
type Preview struct {
	Players      int
	PeakCCU      int
	Actions      int
	CCU          []int // intended players at the end of each wall second
	Rate         []int // actions due in each wall second
	ScheduleHash string
}

// Look works out the preview of a scenario. It walks the whole plan and sends nothing.
func Look(s scenarios.Scenario) (Preview, error) {
	s = s.WithDefaults()
	sum, err := plan.Summarize(params(s, record.Slice{Count: 1}), wallStep(s))
	if err != nil {
		return Preview{}, fmt.Errorf("preview %s: %w", s.Name, err)
	}
	p := Preview{Players: sum.Players, PeakCCU: sum.Peak, CCU: sum.CCU, Rate: sum.Dues, ScheduleHash: sum.Hash.String()}
	for _, n := range sum.Counts {
		p.Actions += n
	}
	return p, nil
}

// PeakRate returns the most actions that are due in one wall second.
func (p Preview) PeakRate() int { return slices.Max(append(p.Rate, 0)) }
