package engine

import (
	"context"
	"fmt"
	"hash/fnv"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// fates are what may become of a message, except that nobody asks for it.
var fates = []contract.Reply{
	{Outcome: contract.Acknowledged},
	{Outcome: contract.Failed, Class: contract.ClassServer},
	{Outcome: contract.Failed, Class: contract.ClassRateLimited},
	{Outcome: contract.Indeterminate, Class: contract.ClassTimeout},
	{Outcome: contract.Indeterminate, Class: contract.ClassReset},
	{Outcome: contract.NeverSent, Class: contract.ClassDial},
	{Outcome: contract.NeverSent, Class: contract.ClassGenerator},
}

// fickle answers each message in its own way and time, both drawn from what it says.
func fickle(async bool, seed uint64) *driver {
	return &driver{async: async, quiet: true, answer: func(_ time.Time, m *contract.Message) (time.Duration, contract.Reply) {
		h := fnv.New64a()
		h.Write(m.Body)
		draw := h.Sum64() ^ seed*0x9e3779b97f4a7c15
		return time.Duration(draw >> 32 % uint64(20*time.Second) >> (draw % 30)), fates[draw>>8%uint64(len(fates))]
	}}
}

// TestEveryDueEndsInOneClass has everything go wrong at random: the target fails in all ways, messages cannot be
// rendered, the run is cut short or cannot be written. Whatever happens, every planned due is counted once.
func TestEveryDueEndsInOneClass(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newScene(fickle(rapid.Bool().Draw(rt, "async"), rapid.Uint64().Draw(rt, "seed")))
		s.MaxInFlight = rapid.IntRange(4, 100).Draw(rt, "slots")
		s.MaxWorkers = rapid.SampledFrom([]int{0, 4, 30}).Draw(rt, "workers")
		s.Attackers = rapid.IntRange(1, 4).Draw(rt, "attackers")
		s.Grace = rapid.SampledFrom([]time.Duration{time.Second, time.Minute}).Draw(rt, "grace")
		s.route(renderer{without: contract.Kinds, broken: rapid.SampledFrom([]contract.Kind{contract.Kinds, contract.Heartbeat, contract.Flush}).Draw(rt, "broken")})
		until := rapid.SampledFrom([]time.Duration{0, time.Nanosecond, lasting / 3, lasting - 1, time.Hour}).Draw(rt, "until")
		var wrong string
		synctest.Test(t, func(t *testing.T) { wrong = miscounts(t.Context(), s, until) })
		if wrong != "" {
			rt.Fatal(wrong)
		}
	})
}

// miscounts plays a scene and says what does not add up; empty when everything does.
func miscounts(ctx context.Context, s *scene, until time.Duration) string {
	ctx, cancel := context.WithTimeout(ctx, until)
	defer cancel()
	told := map[contract.Outcome]int64{}
	s.Sink = tell(func(sample *Sample) { s.mu.Lock(); told[sample.Reply.Outcome]++; s.mu.Unlock() })
	result, err := Run(ctx, s.Config)
	if err != nil {
		return err.Error()
	}
	planned, err := s.planned()
	if err != nil {
		return err.Error()
	}
	sum := record.NewFrame(0, "all")
	for op, n := range planned {
		f := s.frames[op]
		if f == nil || f.Planned != n || total(f.Outcomes) != n {
			return fmt.Sprintf("%s: frames %+v, want %d planned and so many outcomes", op, f, n)
		}
		if total(f.Classes) != n-f.Outcomes["acknowledged"] {
			return fmt.Sprintf("%s: classes %v, outcomes %v, want a class for each not acknowledged", op, f.Classes, f.Outcomes)
		}
		if err := sum.Merge(f); err != nil {
			return err.Error()
		}
	}
	left := sum.Planned - sum.Fired // never left the schedule, so nobody was told of them
	told[contract.NeverSent] += left
	for o := range contract.Outcome(contract.Outcomes) {
		if told[o] != sum.Outcomes[o.String()] {
			return fmt.Sprintf("%d dues told as %s, %d in the frames", told[o], o, sum.Outcomes[o.String()])
		}
	}
	if left > 0 && !result.Interrupted {
		return fmt.Sprintf("%d dues were left, but nothing interrupted the run", left)
	}
	return ""
}

// tell is a Sink that is a function.
type tell func(*Sample)

func (f tell) Done(s *Sample) { f(s) }

func total(counts map[string]int64) (sum int64) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

// TestPulse checks that each second tells of its own troubles, and that all seconds add up to the result.
func TestPulse(t *testing.T) {
	for name, tc := range map[string]struct {
		workers int
		async   bool
		of      func(Pulse) int64
		all     func(Result) int64
	}{
		"slots":   {0, true, func(p Pulse) int64 { return p.Exhausted }, func(r Result) int64 { return r.SlotsExhausted }},
		"workers": {4, false, func(p Pulse) int64 { return p.WorkersAtCap }, func(r Result) int64 { return r.WorkersAtCap }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, _ := steady(freezing(time.Now(), tc.async))
				s.MaxInFlight, s.MaxWorkers = 100, tc.workers
				var sum int64
				var most, busiest int
				s.Pulse = func(p Pulse) {
					at := time.Duration(p.Second) * time.Second
					if tc.of(p) > 0 && (at < freezes || at > freezes+frozen) {
						t.Errorf("second %d: %+v, want trouble from %v to %v alone", p.Second, p, freezes, freezes+frozen)
					}
					sum, most, busiest = sum+tc.of(p), max(most, p.PeakInFlight), max(busiest, p.Workers)
				}
				s.play(t.Context(), t)
				if want := tc.all(s.result); sum != want || sum == 0 {
					t.Errorf("the seconds add up to %d, want %d and more than none", sum, want)
				}
				if most != s.result.PeakInFlight || tc.workers > 0 && busiest != tc.workers {
					t.Errorf("at most %d under way by %d workers, want %d by %d", most, busiest, s.result.PeakInFlight, tc.workers)
				}
			})
		})
	}
}
