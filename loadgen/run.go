// Package loadgen assembles one load run on one node: it turns a scenario into a plan, has the engine play it, and
// settles the books afterwards.
//
// A scenario and routes to a target flow in; frames, sampled failures, the ledger and the insights flow out through a
// Recorder. The package imports scenarios, internal/contract, internal/transport, internal/record and its own parts
// (plan, player, engine, health) and internal/fitness; it names no particular contract.
package loadgen

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/loadgen/engine"
	"github.com/passmuster/muster/loadgen/health"
	"github.com/passmuster/muster/scenarios"
)

// Progress is how a run stands, once a second.
type Progress = engine.Progress

// Recorder keeps what a run leaves. Calls come from several goroutines.
type Recorder interface {
	Frames(frames []*record.Frame) error
	Failure(f record.Failure) error
	Ledger(l record.Ledger) error
	Insights(p record.InsightsPair) error
	Track(s record.InsightsSecond) error
	Links(links []*record.Links) error
	Health(seconds []record.Health) error
	Manifest(m record.Manifest) error
}

// Config is one run.
type Config struct {
	Scenario  scenarios.Scenario // valid; defaults are filled in here if they are not yet
	Routes    []transport.Route  // actions that no route carries are left out of the run
	Run       uint64             // number of the run, drawn at random; all slices of one run share it
	Slice     record.Slice       // which share of the players this process plays; the zero value is all
	Preview   *Preview           // of Scenario and Slice, by Look and Share; used up by the run; nil or used up: worked out anew
	Attackers int                // vegeta attackers that share the players; 0: as the scenario says

	Recorder Recorder
	Manifest record.Manifest                  // written anew with the plan in it, before the first due; left alone when Version is 0
	Reader   transport.Reader                 // what the target accepted; nil: no ledger. The caller closes it
	Intact   func(contract.Stored) bool       // whether an event is stored as it was sent; nil: not judged
	Insights contract.InsightsReader          // the target's own figures; nil: it offers none
	Tokens   int                              // access tokens that the players share: player p has token p mod Tokens; 0: one each
	Curl     func(m *contract.Message) string // a redacted command that sends m again; nil: none
	Progress func(p Progress)                 // nil: nobody wants to know
	Samples  SampleRecorder                   // keeps every action; nil: nobody does

	// Closed is told, about once a second, that all frames of the seconds before this one are on record, and what read-back
	// has found out so far (see ledger.Standing); that is nil where read-back does not follow the run. It must be quick.
	// nil: nobody wants to know.
	Closed func(second int, known *record.Ledger)

	Unfit   func(second int, signs []string) // told at once when the generator shows that it may be the limit; nil: nobody wants to know
	Machine []health.Source                  // where the generator looks at itself; nil: this machine
	Floor   time.Duration                    // how long the instrument's floor is measured before the run, on the wall; 0: not at all
}

// Result is what a run leaves besides what the Recorder was given.
type Result struct {
	Plan        *record.LoadPlan
	Generator   *record.Generator
	Ledger      *record.Ledger       // nil when there was nothing to read back, or no reader
	Insights    *record.InsightsPair // nil when no session action was part of the run
	Began       time.Time            // wall instant of the plan's beginning
	Finished    time.Time            // when the last outcome was known
	Interrupted bool                 // the context ended before the plan did
}

// Run plays the scenario and settles the books. When ctx ends the run is cut short, but still accounted for: what is
// under way is awaited, read-back is attempted for a shorter time. An error is muster's own fault (or its disk's); what
// the target does wrong is in the records.
func Run(ctx context.Context, c Config) (Result, error) {
	c.Scenario = c.Scenario.WithDefaults()
	c.Slice.Count = max(c.Slice.Count, 1)
	if c.Slice.Count > 1 {
		c.Insights = nil // the target's are of all slices together, so a slice's own count says nothing of them
	}
	b, err := newBooks(c)
	if err != nil {
		return Result{}, err
	}
	result := Result{Plan: b.plan}
	if c.Manifest.Version != 0 {
		c.Manifest.Load = b.plan
		if err := c.Recorder.Manifest(c.Manifest); err != nil {
			return result, fmt.Errorf("load: %w", err)
		}
	}
	if err := b.play(ctx, &result); err != nil {
		return result, fmt.Errorf("load: %w", err)
	}
	return result, b.settle(ctx, &result)
}

// play has the engine play the plan, and the generator watched meanwhile.
func (b *books) play(ctx context.Context, result *Result) error {
	defer thrifty(b.params)()
	floor, err := b.floor(ctx)
	if err != nil {
		return err
	}
	w := newWatch(b.Config)
	if b.Samples != nil {
		b.samples = newSamples(b.Samples, engine.NewTable(b.Routes).Names(), b.Scenario.TimeScale)
	}
	c := b.engine()
	c.CCU, c.Frames, c.Sink, c.Progress, c.Pulse, c.Closed = b.plan.CCU, b.frames, b, b.Progress, w.tell, b.closed
	debug.FreeOSMemory() // what the floor took
	c.Started = func(began time.Time) { w.start(began); b.open(ctx, began) }
	played, err := engine.Run(ctx, c)
	dropped, unkept := b.samples.close()
	err = errors.Join(err, unkept, b.halt(), w.stop())
	result.Began, result.Finished, result.Interrupted = played.Began, played.Finished, played.Interrupted
	result.Generator = w.generator(played, floor)
	result.Generator.SamplesDropped = dropped
	return err
}

// engine returns how the engine is to play, and nobody yet who wants to know of it.
func (b *books) engine() engine.Config {
	g := b.Scenario.Generator
	return engine.Config{
		Plan:        b.params,
		Cast:        b.cast,
		Routes:      b.Routes,
		TimeScale:   b.Scenario.TimeScale,
		Attackers:   cmp.Or(b.Attackers, g.Attackers),
		MaxInFlight: g.MaxInFlight,
		MaxWorkers:  g.MaxWorkers,
		Pacing:      b.pacing,
		Grace:       2*b.Scenario.Connections.Timeout + time.Second,
	}
}
