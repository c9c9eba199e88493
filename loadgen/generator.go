package loadgen

import (
	"errors"
	"time"

	"github.com/passmuster/muster/internal/fitness"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/engine"
	"github.com/passmuster/muster/loadgen/health"
)

// watch is the generator's view of itself while the engine plays.
type watch struct {
	Config
	sources []health.Source
	pulse   *health.Engine
	sampler *health.Sampler
	cpu     time.Duration // that the process had used before
}

// newWatch looks at this machine, unless the run is told what else to look at.
func newWatch(c Config) *watch {
	w := &watch{Config: c, pulse: &health.Engine{}, sources: c.Machine}
	if w.sources == nil {
		w.sources = health.Machine(max(1, len(c.Scenario.Connections.Addresses())))
	}
	w.sources = append(w.sources[:len(w.sources):len(w.sources)], w.pulse)
	w.cpu, _, _ = health.Consumed()
	return w
}

// start begins to sample at the plan's beginning.
func (w *watch) start(began time.Time) {
	w.sampler = health.Start(health.Config{
		Began: began, Sources: w.sources, Meters: health.Meters(w.Routes), Record: w.record, Notice: w.notice,
	})
}

// stop takes a last sample; a run that never began has none.
func (w *watch) stop() error {
	if w.sampler == nil {
		return nil
	}
	return w.sampler.Stop()
}

// tell takes the engine's pulse.
func (w *watch) tell(p engine.Pulse) {
	w.pulse.Tell(health.Pulse{
		Slots: p.Slots, InFlight: p.InFlight, PeakInFlight: p.PeakInFlight, Workers: p.Workers, Backlog: p.Backlog,
		Exhausted: p.Exhausted, WorkersAtCap: p.WorkersAtCap, CoarseFrames: p.CoarseFrames,
	})
}

func (w *watch) record(seconds []record.Health, links []*record.Links) error {
	return errors.Join(w.Recorder.Health(seconds), w.Recorder.Links(links))
}

func (w *watch) notice(second int, signs []fitness.Sign) {
	if w.Unfit == nil {
		return
	}
	names := make([]string, len(signs))
	for i, s := range signs {
		names[i] = s.Name
	}
	w.Unfit(second, names)
}

// generator describes how the generator itself did.
func (w *watch) generator(played engine.Result, floor *record.Floor) *record.Generator {
	cpu, rss, _ := health.Consumed() // what is not known stays 0
	return &record.Generator{
		CPUSeconds:     (cpu - w.cpu).Seconds(),
		MaxRSSBytes:    rss,
		Attackers:      played.Attackers,
		MaxInFlight:    w.Scenario.Generator.MaxInFlight,
		PeakInFlight:   played.PeakInFlight,
		SlotsExhausted: played.SlotsExhausted,
		WorkersAtCap:   played.WorkersAtCap,
		CoarseFrames:   played.CoarseFrames,
		Floor:          floor,
	}
}
