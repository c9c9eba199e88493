package loadgen

import (
	"fmt"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/engine"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/loadgen/player"
	"github.com/passmuster/muster/scenarios"
)

// wholePlan names the plan of which l is a slice, and says how large it is. It walks the whole of it once.
func wholePlan(l *record.LoadPlan, s scenarios.Scenario, cast *player.Cast, table *engine.Table) error {
	whole, err := plan.Summarize(params(s, record.Slice{Count: 1}), wallStep(s))
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	leaveOut(&whole, cast, table)
	l.ScheduleHash, l.Whole = whole.Hash.String(), &record.Whole{Players: whole.Players}
	for _, n := range planned(whole, cast, table) {
		l.Whole.Actions += int64(n)
	}
	return nil
}
