package loadgen

import (
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/engine"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/loadgen/player"
)

// wholePlan names the plan of which l is a slice, and says how large it is.
func wholePlan(l *record.LoadPlan, whole plan.Summary, cast *player.Cast, table *engine.Table) {
	leaveOut(&whole, cast, table)
	l.ScheduleHash, l.Whole = whole.Hash.String(), &record.Whole{Players: whole.Players}
	for _, n := range planned(whole, cast, table) {
		l.Whole.Actions += int64(n)
	}
}
