package reports

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/numeral"
	"github.com/passmuster/muster/internal/record"
)

// config is how the run was set up and where it ran.
func config(s Summary, m record.Manifest) []fact {
	facts := []fact{{"run", fmt.Sprintf("%s, %s", m.Verb, s.endedHow())}, {"began", m.Began.UTC().Format(time.RFC3339)}}
	if !m.Finished.IsZero() {
		facts = append(facts, fact{"took", seconds(m.Finished.Sub(m.Began).Round(100 * time.Millisecond).Seconds())})
	}
	facts = append(facts,
		fact{"muster", strings.TrimSpace(fmt.Sprintf("%s %s %s", m.Muster.Version, m.Muster.Commit, m.Muster.Go))},
		fact{"generator's machine", fmt.Sprintf("%s/%s, %s", m.Host.OS, m.Host.Arch, count(int64(m.Host.Cores), "core"))})
	if l := s.Load; l != nil {
		facts = append(facts, loadConfig(l, m.Load)...)
	}
	if c := m.Conform; c != nil {
		facts = append(facts, fact{"claimed", strings.Join(c.Claimed, ", ")}, fact{"fail on", cmp.Or(c.FailOn, "must")})
		if c.Filter != "" {
			facts = append(facts, fact{"clauses filtered by", c.Filter})
		}
	}
	return facts
}

func loadConfig(l *Load, plan *record.LoadPlan) []fact {
	g := l.Generator
	facts := []fact{
		{"seed", fmt.Sprint(l.Seed)}, {"schedule hash", l.ScheduleHash}, {"scenario digest", plan.ScenarioDigest},
		{"time scale", scale(l.TimeScale)}, {"planned length", seconds(plan.PlannedWall.Seconds())}, {"warm-up", seconds(l.WarmupS)},
	}
	if plan.Slice.Count > 1 {
		facts = append(facts, fact{"slice", fmt.Sprintf("%d of %d", plan.Slice.Index, plan.Slice.Count)})
	}
	if g.MaxRSSBytes == 0 && g.CPUSeconds == 0 {
		return facts
	}
	used := fmt.Sprintf("%s s CPU, %s memory at most", digits3(g.CPUSeconds), bytesText(g.MaxRSSBytes))
	if g.SharedProcess {
		used += " (with the target, which ran in the same process)"
	}
	if g.SamplesDropped > 0 {
		facts = append(facts, fact{"samples not kept", numeral.Thousands(g.SamplesDropped) + ", because the disk was slow"})
	}
	return append(facts,
		fact{"generator used", used},
		fact{"attackers", fmt.Sprint(g.Attackers)},
		fact{"in flight at most", fmt.Sprintf("%s of %s", numeral.Thousands(int64(g.PeakInFlight)), numeral.Thousands(int64(g.MaxInFlight)))},
		fact{"waited for a slot", count(g.SlotsExhausted, "action")},
		fact{"waited for a worker", count(g.WorkersAtCap, "action")},
		fact{"frames merged late", count(g.CoarseFrames, "second")})
}
