package loadgen

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/loadgen/engine"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/loadgen/player"
	"github.com/passmuster/muster/scenarios"
)

// params are a scenario as the plan sees it.
func params(s scenarios.Scenario, slice record.Slice) plan.Params {
	p := plan.Params{
		Seed:     s.Seed,
		Duration: s.Duration,
		Lengths: plan.Lengths{
			Law: plan.Law(s.Players.Session.Law), Mean: s.Players.Session.Mean, Min: s.Players.Session.Min, Max: s.Players.Session.Max,
		},
		Period: s.Players.Heartbeat.Period,
		Jitter: s.Players.Heartbeat.Jitter,
		Every:  s.Events.Every,
		Slice:  slice.Index,
		Slices: slice.Count,
	}
	for _, point := range s.Players.CCU {
		p.Curve = append(p.Curve, plan.Point{At: point.At, Players: point.Players})
	}
	return p
}

// pacing returns how the engine is to wait, for a plan of so many dues in each second on the wall.
func pacing(s scenarios.Scenario, dues []int) engine.Pacing {
	if s.Generator.Pacing == scenarios.PacingPrecise ||
		s.Generator.Pacing == scenarios.PacingAuto && slices.Max(append([]int{0}, dues...)) <= scenarios.PrecisePeak {
		return engine.Precise
	}
	return engine.Economical
}

// wallStep is how much plan time passes in a second on the wall.
func wallStep(s scenarios.Scenario) time.Duration {
	return max(1, time.Duration(s.TimeScale*float64(time.Second)))
}

// onWall returns how long plan time lasts on the wall.
func onWall(s scenarios.Scenario, d time.Duration) time.Duration {
	return time.Duration(float64(d) / s.TimeScale)
}

// leaveOut takes out of a summary what no route carries.
func leaveOut(s *plan.Summary, cast *player.Cast, table *engine.Table) {
	for p := range s.Flushes {
		if s.Flushes[p] == 0 {
			continue
		}
		if _, _, ok := table.Operation(contract.Flush, cast.Transport(uint32(p))); !ok {
			s.Flushes[p] = 0
		}
	}
}

// loadPlan describes the run for its manifest.
func loadPlan(c Config, summary plan.Summary, cast *player.Cast, table *engine.Table) (*record.LoadPlan, error) {
	s := c.Scenario
	text, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("load: encode scenario %s: %w", s.Name, err)
	}
	digest, err := scenarios.Digest(s)
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	l := &record.LoadPlan{
		Scenario:       text,
		ScenarioDigest: digest,
		Seed:           s.Seed,
		Run:            fmt.Sprintf("%016x", c.Run),
		ScheduleHash:   summary.Hash.String(),
		TimeScale:      s.TimeScale,
		PlannedWall:    onWall(s, s.Duration),
		Warmup:         onWall(s, s.Warmup),
		Slice:          c.Slice,
		Players:        summary.Players,
		PeakCCU:        summary.Peak,
		Planned:        planned(summary, cast, table),
		CCU:            summary.CCU,
		MaxLag:         s.Generator.MaxLag,
		LateShare:      s.Generator.LateShare,
	}
	for _, name := range table.Names() {
		if l.Planned[name] > 0 { // a route that no player takes is no part of the run
			l.Operations = append(l.Operations, name)
		} else {
			delete(l.Planned, name)
		}
	}
	for _, t := range s.Thresholds {
		l.Thresholds = append(l.Thresholds, string(t))
	}
	l.Kafka = producing(c.Routes, l.Operations)
	return l, nil
}

// producing returns how the records of a run are produced, by the driver's own words; nil when it has none.
func producing(routes []transport.Route, operations []string) *record.KafkaSettings {
	for _, r := range routes {
		p, is := r.Driver.(transport.Producer)
		if is && slices.Contains(operations, r.Renderer.Operation(contract.Flush, r.Transport)) {
			settings := p.Settings()
			return &settings
		}
	}
	return nil
}

// planned counts the actions of the plan by operation.
func planned(s plan.Summary, cast *player.Cast, table *engine.Table) map[string]int {
	counts := map[string]int{}
	for _, name := range table.Names() {
		counts[name] = 0
	}
	for _, k := range []contract.Kind{contract.Start, contract.Heartbeat, contract.End} {
		if name, _, ok := table.Operation(k, contract.HTTP); ok {
			counts[name] += s.Counts[k]
		}
	}
	for p, n := range s.Flushes {
		if n == 0 {
			continue
		}
		if name, _, ok := table.Operation(contract.Flush, cast.Transport(uint32(p))); ok {
			counts[name] += int(n)
		}
	}
	return counts
}

// calibrate finds out, by rendering one event, how much padding brings an event to the wished size in bytes. So the
// size holds for every contract, and none needs to tell how large its events are.
func calibrate(cast *player.Cast, table *engine.Table, size int) error {
	for _, by := range []contract.Transport{contract.HTTP, contract.Kafka, contract.SNS} {
		name, route, ok := table.Operation(contract.Flush, by)
		if !ok {
			continue
		}
		var m contract.Message
		a := contract.Action{}
		cast.Act(&a, plan.Due{Kind: plan.Flush}, time.UnixMilli(1_700_000_000_000))
		a.Transport, a.Events = by, a.Events[:1]
		a.Events[0].Pad = 1
		if err := route.Renderer.Render(&m, &a); err != nil {
			return fmt.Errorf("load: try to render %s: %w", name, err)
		}
		bare := len(m.Body) - 1
		if len(m.Records) > 0 {
			bare = len(m.Records[0].Value) - 1
		}
		cast.Pad(by, size-bare)
	}
	return nil
}
