package compare

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/reports"
	"github.com/passmuster/muster/scenarios"
)

// Refusal says that two runs cannot be compared, and why.
type Refusal struct {
	A, B   string
	Differ []string // one reason each
}

// Error lists the reasons in one line.
func (r *Refusal) Error() string {
	return fmt.Sprintf("compare %s with %s: %s", r.B, r.A, strings.Join(r.Differ, "; "))
}

// Hint says how to go on.
func (*Refusal) Hint() string {
	return "compare runs of one schedule, one connection mode and one target setting, or add --anyway to see the difference all the same"
}

// differences are the reasons for which a difference between the runs would say nothing of the target.
func differences(a, b *record.Run) []string {
	var why []string
	add := func(format string, args ...any) { why = append(why, fmt.Sprintf(format, args...)) }
	for _, r := range []*record.Run{a, b} {
		if r.Manifest.Ended != record.Complete {
			add("%s did not come to its end (%s)", r.Dir, strings.Replace(r.Manifest.Ended, record.Running, "its process died", 1))
		} else if s := reports.Summarize(r); s.Load != nil && len(s.Faults.Generator) > 0 {
			add("%s is invalid: %s", r.Dir, strings.TrimSuffix(s.Faults.Generator[0], "."))
		}
	}
	la, lb := a.Manifest.Load, b.Manifest.Load
	if la == nil || lb == nil {
		return why
	}
	if la.ScheduleHash != lb.ScheduleHash {
		add("the schedules differ (%s and %s)", short(la.ScheduleHash), short(lb.ScheduleHash))
	}
	if la.TimeScale != lb.TimeScale {
		add("the time scales differ (%g and %g)", la.TimeScale, lb.TimeScale)
	}
	if la.Slice != lb.Slice {
		add("the slices differ (%d of %d and %d of %d)", la.Slice.Index, la.Slice.Count, lb.Slice.Index, lb.Slice.Count)
	}
	var sa, sb scenarios.Scenario
	if json.Unmarshal(la.Scenario, &sa) != nil || json.Unmarshal(lb.Scenario, &sb) != nil {
		add("a scenario on record cannot be read, so it is not known whether they are alike")
		return why
	}
	for _, part := range []struct {
		name string
		a, b any
	}{
		{"connections", sa.Connections, sb.Connections}, {"shares of clients", sa.Players.Clients, sb.Players.Clients},
		{"shares of platforms", sa.Players.Platforms, sb.Players.Platforms}, {"events", sa.Events, sb.Events},
	} {
		if !reflect.DeepEqual(part.a, part.b) {
			add("the %s differ (%s and %s)", part.name, text(part.a), text(part.b))
		}
	}
	return why
}

// text writes a setting in one short line.
func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	return string(b)
}

func short(hash string) string { return hash[:min(len(hash), 8)] }

func identify(r *record.Run) Identity {
	m := r.Manifest
	return Identity{Dir: r.Dir, Name: m.Name, Target: m.TargetIs, Began: m.Began.UTC().Format(time.RFC3339), Muster: m.Muster.Version}
}
