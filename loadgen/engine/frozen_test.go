package engine

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/loadgen/player"
	"github.com/passmuster/muster/scenarios"
)

// A target that answers at once, but for three seconds in a minute, at a known rate. What a user sees of it is known
// beforehand: of all that is due the share frozen/lasting finds it frozen, evenly over that time.
const (
	freezes = 30 * time.Second
	frozen  = 3 * time.Second
	perSec  = 2000
)

// steady plays heartbeats alone, at perSec a second.
func steady(d transport.Driver) (*scene, *order) {
	const period = 10 * time.Second
	o := &order{}
	s := newScene(d)
	s.Plan = plan.Params{
		Seed: 3, Duration: lasting, Curve: plan.Curve{{At: 0, Players: perSec * int(period/time.Second)}}, Period: period,
		Lengths: plan.Lengths{Law: plan.Fixed, Mean: time.Hour, Min: time.Hour, Max: time.Hour},
	}
	s.route(renderer{without: contract.Kinds, broken: contract.Kinds})
	for i := range s.Routes {
		s.Routes[i].Renderer = beats{s.Routes[i].Renderer}
	}
	s.Cast = player.New(scenarios.Scenario{Seed: 1}, 1)
	s.Sink = o
	return s, o
}

// beats is a contract that knows heartbeats alone.
type beats struct{ contract.Renderer }

func (b beats) Operation(k contract.Kind, t contract.Transport) string {
	if k != contract.Heartbeat {
		return ""
	}
	return b.Renderer.Operation(k, t)
}

// freezing answers at once, unless it is frozen: then when it thaws.
func freezing(began time.Time, async bool) *driver {
	return &driver{async: async, quiet: true, answer: func(sent time.Time, _ *contract.Message) (time.Duration, contract.Reply) {
		wait := time.Duration(0)
		if since := sent.Sub(began); since >= freezes && since < freezes+frozen {
			wait = freezes + frozen - since
		}
		return wait, contract.Reply{Outcome: contract.Acknowledged}
	}}
}

// order keeps what every due's response time must be at least, by its own clock readings.
type order struct {
	mu       sync.Mutex
	response []time.Duration
	early    int // dues that were sent before they were planned
}

func (o *order) Done(s *Sample) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.response = append(o.response, s.Reply.Done.Sub(s.Planned))
	if s.Reply.Sent.Before(s.Planned) {
		o.early++
	}
}

// TestFreezeShowsAsItMust has the reported percentiles of response time within 2 % of the analytic ones, whether there
// are workers and slots enough to send into the frozen target, or hardly any.
func TestFreezeShowsAsItMust(t *testing.T) {
	for _, tc := range []struct {
		name                      string
		slots, workers, attackers int
		async                     bool
	}{
		{"workers free", 8192, 0, 1, false},
		{"two attackers", 16384, 0, 2, false},
		{"asynchronous", 8192, 0, 1, true},
		{"cap on workers hit", 8192, 4, 1, false},
		{"cap on what is under way hit", 4, 0, 2, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, _ := steady(freezing(time.Now(), tc.async))
				s.MaxInFlight, s.MaxWorkers, s.Attackers = tc.slots, tc.workers, tc.attackers
				all := s.play(t.Context(), t).total(t)
				if want := int64(perSec * lasting / time.Second); math.Abs(float64(all.Planned-want)) > 0.01*float64(want) {
					t.Fatalf("%d planned, want about %d: the rate is not the known one", all.Planned, want)
				}
				for _, q := range []float64{98, 99, 99.5, 99.9} {
					got, want := float64(all.Response.ValueAtQuantile(q)), float64(analytic(q/100)/time.Microsecond)
					if math.Abs(got-want) > 0.02*want {
						t.Errorf("p%v of response time %.0f µs, want %.0f within 2 %%", q, got, want)
					}
				}
				if got := all.Response.ValueAtQuantile(94.5); got > 0 {
					t.Errorf("p94.5 of response time %d µs, want 0: nine in ten and more never met the freeze", got)
				}
				capped := tc.slots < perSec || tc.workers > 0
				if shown := s.result.SlotsExhausted+s.result.WorkersAtCap > 0; shown != capped {
					t.Errorf("%d dues without a slot, %d without a worker, want some exactly when a cap was hit", s.result.SlotsExhausted, s.result.WorkersAtCap)
				}
			})
		})
	}
}

// analytic returns the q-quantile of response time.
func analytic(q float64) time.Duration {
	share := float64(frozen) / float64(lasting)
	return time.Duration(max(0, float64(frozen)*(q-(1-share))/share))
}

// TestNoSettingHidesAFreeze plays with settings drawn at random: none may make a due that met the freeze look better
// than done - planned, by whatever clock, and none may have a due sent early.
func TestNoSettingHidesAFreeze(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := Config{
			MaxInFlight: rapid.IntRange(1, 40).Draw(rt, "slots"), MaxWorkers: rapid.IntRange(0, 40).Draw(rt, "workers"),
			Attackers: rapid.IntRange(1, 4).Draw(rt, "attackers"), Pacing: rapid.SampledFrom([]Pacing{Economical, Precise}).Draw(rt, "pacing"),
			TimeScale: rapid.SampledFrom([]float64{0.5, 1, 7}).Draw(rt, "scale"),
		}
		c.MaxInFlight = max(c.MaxInFlight, c.Attackers)
		if c.MaxWorkers > 0 {
			c.MaxWorkers = max(c.MaxWorkers, c.Attackers)
		}
		async := rapid.Bool().Draw(rt, "async")
		var wrong string
		synctest.Test(t, func(t *testing.T) { wrong = hides(t.Context(), c, async) })
		if wrong != "" {
			rt.Fatal(wrong)
		}
	})
}

// hides says in which way a run with these settings made a freeze look better than it was; empty when it did not.
func hides(ctx context.Context, c Config, async bool) string {
	s, o := steady(freezing(time.Now(), async))
	s.Plan.Curve[0].Players, s.Plan.Duration = 300, time.Duration(float64(lasting)*c.TimeScale)
	s.MaxInFlight, s.MaxWorkers, s.Attackers, s.Pacing, s.TimeScale = c.MaxInFlight, c.MaxWorkers, c.Attackers, c.Pacing, c.TimeScale
	if _, err := Run(ctx, s.Config); err != nil {
		return err.Error()
	}
	all := record.NewFrame(0, "all")
	for _, f := range s.frames {
		if err := all.Merge(f); err != nil {
			return err.Error()
		}
	}
	if o.early > 0 || int64(len(o.response)) != all.Planned || all.Response.TotalCount() != all.Planned {
		return fmt.Sprintf("%d sent early; %d of %d dues known, %d response times", o.early, len(o.response), all.Planned, all.Response.TotalCount())
	}
	must, err := plannedResponses(s.Plan, c.TimeScale)
	if err != nil {
		return err.Error()
	}
	slices.Sort(must)
	slices.Sort(o.response)
	for i, least := range must { // the n-th shortest response is no shorter than the n-th shortest that is possible
		if o.response[i] < least || o.response[i] > least+2*quantum {
			return fmt.Sprintf("response time %d of %d is %v, want %v", i, len(must), o.response[i], least)
		}
	}
	for _, q := range []float64{90, 95, 99, 99.9} {
		rank := int(q / 100 * float64(len(must))) // or the one before: there are several ways to round
		got := float64(all.Response.ValueAtQuantile(q))
		low, high := float64(must[max(0, rank-1)]/time.Microsecond), float64(must[min(len(must)-1, rank)]/time.Microsecond)
		if got < 0.99*low || got > 1.01*high+2*float64(quantum/time.Microsecond) {
			return fmt.Sprintf("p%v is reported as %v µs, want %v to %v", q, got, low, high)
		}
	}
	return ""
}

// plannedResponses works out from the plan alone how long each due must take.
func plannedResponses(p plan.Params, scale float64) ([]time.Duration, error) {
	timeline, err := plan.NewTimeline(p)
	if err != nil {
		return nil, err
	}
	var all []time.Duration
	for d, ok := timeline.Next(); ok; d, ok = timeline.Next() {
		if d.Kind != plan.Heartbeat {
			continue
		}
		at, least := time.Duration(float64(d.At)/scale), time.Duration(0)
		if at >= freezes && at < freezes+frozen {
			least = freezes + frozen - at
		}
		all = append(all, least)
	}
	return all, nil
}
