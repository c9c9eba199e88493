package loadgen

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/engine"
	"github.com/passmuster/muster/loadgen/health"
)

// unfit keeps the first second in which each sign was told.
type unfit struct {
	mu    sync.Mutex
	first map[string]int
}

func (u *unfit) take(second int, signs []string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.first == nil {
		u.first = map[string]int{}
	}
	for _, s := range signs {
		if _, known := u.first[s]; !known {
			u.first[s] = second
		}
	}
}

// still is a machine whose clock is stepped once, when it is told to.
type still struct {
	at   time.Time
	done bool
}

func (s *still) Read(facts map[string]float64, now time.Time) {
	facts[record.ClockStep] = 0
	if !s.at.IsZero() && !s.done && now.After(s.at) {
		facts[record.ClockStep], s.done = 70_000, true
	}
}

// slowShelf is a disk that takes long over everything from an instant on.
type slowShelf struct {
	*shelf
	from time.Time
}

func (s *slowShelf) Frames(frames []*record.Frame) error {
	if time.Now().After(s.from) {
		time.Sleep(9 * time.Second)
	}
	return s.shelf.Frames(frames)
}

func (s *slowShelf) Health(seconds []record.Health) error {
	if time.Now().After(s.from) {
		time.Sleep(9 * time.Second)
	}
	return s.shelf.Health(seconds)
}

// frozen is a world that answers only after a while from an instant on.
type frozen struct {
	link
	from time.Time
}

func (f frozen) Send(ctx context.Context, m *contract.Message, done func(contract.Reply)) {
	if time.Now().After(f.from) {
		time.Sleep(4 * time.Second)
	}
	f.link.Send(ctx, m, done)
}

// faultAt is when faults are injected, and noticedWithin how long the generator has to say so.
const (
	faultAt       = 20 * time.Second
	noticedWithin = 5 * time.Second
)

// TestGeneratorFaultsAreNoticed injects, in virtual time, the faults of a generator that need no real machine.
func TestGeneratorFaultsAreNoticed(t *testing.T) {
	for _, tc := range []struct {
		name, sign string
		inject     func(c *Config, at time.Time)
	}{
		{"a disk that is slow", "slow disk", func(c *Config, at time.Time) { c.Recorder = &slowShelf{&shelf{}, at} }},
		{"few slots", "slots exhausted", func(c *Config, at time.Time) {
			c.Scenario.Generator.MaxInFlight = 2
			for i := range c.Routes {
				c.Routes[i].Driver = frozen{c.Routes[i].Driver.(link), at}
			}
		}},
		{"a clock that is stepped", "clock stepped", func(c *Config, at time.Time) { c.Machine = []health.Source{&still{at: at}} }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, _ := newRun(&world{})
				heard := &unfit{}
				c.Machine, c.Unfit, c.Attackers = []health.Source{&still{}}, heard.take, 1
				tc.inject(&c, time.Now().Add(faultAt))
				mustRun(t.Context(), t, c)
				from, until := int(faultAt.Seconds()), int((faultAt + noticedWithin).Seconds())
				if second, told := heard.first[tc.sign]; !told || second < from || second > until {
					t.Errorf("told %v, want %s within seconds %d to %d", heard.first, tc.sign, from, until)
				}
			})
		})
	}
}

// sleepy is a sink that holds up the drainer for eight seconds from an instant on.
type sleepy struct{ from time.Time }

func (s sleepy) Done(*engine.Sample) {
	if time.Now().After(s.from) {
		time.Sleep(time.Until(s.from.Add(8 * time.Second)))
	}
}

func TestASlowDrainerIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := newRun(&world{})
		heard := &unfit{}
		c.Scenario, c.Slice.Count = c.Scenario.WithDefaults(), 1
		c.Machine, c.Unfit = []health.Source{&still{}}, heard.take
		b, err := newBooks(c)
		if err != nil {
			t.Fatal(err)
		}
		w, e := newWatch(c), b.engine()
		e.Attackers, e.Sink, e.Pulse, e.Started = 1, sleepy{time.Now().Add(faultAt)}, w.tell, w.start
		ctx, cancel := context.WithTimeout(t.Context(), faultAt+10*time.Second)
		defer cancel()
		if _, err := engine.Run(ctx, e); err != nil {
			t.Fatal(err)
		}
		if err := w.stop(); err != nil {
			t.Fatal(err)
		}
		if second, told := heard.first["slow recording"]; !told || second < 20 || second > 25 {
			t.Errorf("told %v, want slow recording within seconds 20 to 25", heard.first)
		}
	})
}

// A clean run tells nothing and leaves a line for each of its seconds.
func TestACleanRunIsWatchedInSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, shelf := newRun(&world{})
		heard := &unfit{}
		c.Machine, c.Unfit = []health.Source{&still{}}, heard.take
		mustRun(t.Context(), t, c)
		if len(heard.first) != 0 {
			t.Errorf("told %v, want nothing", heard.first)
		}
		if len(shelf.health) < 59 {
			t.Fatalf("%d lines of health of a run of a minute", len(shelf.health))
		}
		for i, h := range shelf.health {
			if _, pulse := h.Facts[record.Slots]; h.Second != i || i > 0 && !pulse {
				t.Fatalf("line %d: %+v", i, h)
			}
		}
	})
}

// The floor is the beginning of the run without a target: quick, and of none of its events.
func TestFloor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{}
		c, shelf := newRun(w)
		c.Floor = 3 * time.Second
		result := mustRun(t.Context(), t, c)
		f := result.Generator.Floor
		if f == nil || f.Actions == 0 || f.Seconds < 2 || f.Seconds > 4 || f.ResponseP99 > f.LagP99+1000 {
			t.Fatalf("floor %+v", f)
		}
		sent := int64(0)
		for _, frame := range shelf.frames {
			sent += frame.Sent
		}
		if l := result.Ledger; int64(w.messages) != sent || l.Found != l.Planned || l.Phantom != 0 {
			t.Errorf("the target got %d messages, the run sent %d; ledger %+v", w.messages, sent, l)
		}
		c.Floor = 0
		if f := mustRun(t.Context(), t, c).Generator.Floor; f != nil {
			t.Errorf("floor %+v, want none when it is not wanted", f)
		}
	})
}
