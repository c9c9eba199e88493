package health

import (
	"errors"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/passmuster/muster/internal/fitness"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/transport"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a machine that tells what the test says.
type fake struct {
	mu    sync.Mutex
	facts map[string]float64
	reads int
}

func (f *fake) Read(facts map[string]float64, _ time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reads++
	maps.Copy(facts, f.facts)
}

func (f *fake) set(name string, v float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.facts = map[string]float64{name: v}
}

// shelf keeps what is recorded, and blocks while it is stuck.
type shelf struct {
	mu     sync.Mutex
	health []record.Health
	links  []*record.Links
	stuck  chan struct{} // nil: never
	err    error
}

func (s *shelf) record(seconds []record.Health, links []*record.Links) error {
	if s.stuck != nil {
		<-s.stuck
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.health = append(s.health, seconds...)
	s.links = append(s.links, links...)
	return s.err
}

// noticed keeps the first second in which each sign showed.
type noticed struct {
	mu    sync.Mutex
	first map[string]int
}

func (n *noticed) take(second int, signs []fitness.Sign) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, s := range signs {
		if _, known := n.first[s.Name]; !known {
			n.first[s.Name] = second
		}
	}
}

// meter counts a dial each time it is asked.
type meter struct {
	transport.Driver
	asked int64
}

func (m *meter) Meter() record.Links {
	m.asked++
	return record.Links{Open: 3, Dials: 1, AddressErrors: 2}
}

func TestSecondsFollowEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kept, machine, dials := &shelf{}, &fake{}, &meter{}
		machine.set(record.CPUShare, 0.123456789)
		s := Start(Config{Began: time.Now(), Sources: []Source{machine}, Meters: []Meter{{"http", dials}}, Record: kept.record})
		time.Sleep(3*time.Second + 500*time.Millisecond)
		if err := s.Stop(); err != nil {
			t.Fatal(err)
		}
		var seconds []int
		for _, h := range kept.health {
			seconds = append(seconds, h.Second)
			if h.Facts[record.CPUShare] != 0.1235 || h.Facts[record.LinksOpen] != 3 || h.Facts[record.AddressErrors] != 2 {
				t.Errorf("facts %v", h.Facts)
			}
		}
		if want := []int{0, 1, 2, 3}; !slices.Equal(seconds, want) {
			t.Errorf("seconds %v, want %v", seconds, want)
		}
		if got := kept.health[3].Facts[record.Span]; got != 500 {
			t.Errorf("the last sample covers %v ms, want 500", got)
		}
		if len(kept.links) != 4 || kept.links[3].Second != 3 || kept.links[3].Transport != "http" {
			t.Errorf("links %+v", kept.links)
		}
	})
}

// The last moment of a run has too little time in it to judge, but its connections are counted.
func TestALastMomentStillCountsConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kept := &shelf{}
		s := Start(Config{Began: time.Now(), Meters: []Meter{{"http", &meter{}}}, Record: kept.record})
		time.Sleep(time.Second + 10*time.Millisecond)
		if err := s.Stop(); err != nil {
			t.Fatal(err)
		}
		if len(kept.health) != 1 || len(kept.links) != 2 {
			t.Errorf("%d lines of health, %d of links, want 1 and 2", len(kept.health), len(kept.links))
		}
	})
}

// TestFaultsAreNoticed injects each fault that cannot be made for real in a test, and others beside, and wants it told
// within five seconds.
func TestFaultsAreNoticed(t *testing.T) {
	for _, c := range []struct {
		sign   string
		inject func(machine *fake, engine *Engine)
	}{
		{"clock stepped", func(m *fake, _ *Engine) { m.set(record.ClockStep, -80_000) }},
		{"CPU throttled", func(m *fake, _ *Engine) { m.set(record.Throttled, 200) }},
		{"memory at its limit", func(m *fake, _ *Engine) { m.set(record.MemPressure, 0.5) }},
		{"descriptors running out", func(m *fake, _ *Engine) {
			m.facts = map[string]float64{record.Descriptors: 99, record.DescriptorMax: 100}
		}},
		{"workers at their cap", func(_ *fake, e *Engine) { e.Tell(Pulse{WorkersAtCap: 4}) }},
		{"slots exhausted", func(_ *fake, e *Engine) { e.Tell(Pulse{Exhausted: 4}) }},
		{"slow disk", func(_ *fake, e *Engine) { e.Tell(Pulse{CoarseFrames: 1}) }},
		{"slow recording", func(_ *fake, e *Engine) { e.Tell(Pulse{Slots: 100, Backlog: 60}) }},
		{"slow recording", func(_ *fake, e *Engine) { e.Tell(Pulse{}) }}, // and never again
	} {
		synctest.Test(t, func(t *testing.T) {
			kept, machine, engine, heard := &shelf{}, &fake{}, &Engine{}, &noticed{first: map[string]int{}}
			s := Start(Config{Began: time.Now(), Sources: []Source{machine, engine}, Record: kept.record, Notice: heard.take})
			time.Sleep(3*time.Second + time.Millisecond)
			if len(heard.first) != 0 {
				t.Errorf("%s: noticed %v before there was a fault", c.sign, heard.first)
			}
			c.inject(machine, engine)
			time.Sleep(5 * time.Second)
			if err := s.Stop(); err != nil {
				t.Fatal(err)
			}
			if second, told := heard.first[c.sign]; !told || second > 8 {
				t.Errorf("%s: noticed %v, want it within 5 s", c.sign, heard.first)
			}
		})
	}
}

// TestASlowDisk has a disk that takes a line and does not come back: the sampler goes on, says so, and keeps the lines.
func TestASlowDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kept, heard := &shelf{stuck: make(chan struct{})}, &noticed{first: map[string]int{}}
		s := Start(Config{Began: time.Now(), Record: kept.record, Notice: heard.take})
		time.Sleep(5*time.Second + time.Millisecond)
		if second, told := heard.first["slow disk"]; !told || second > 4 {
			t.Errorf("noticed %v, want the slow disk within 5 s", heard.first)
		}
		time.Sleep(70 * time.Second) // more lines than may wait
		close(kept.stuck)
		time.Sleep(2 * time.Second)
		if err := s.Stop(); err != nil {
			t.Fatal(err)
		}
		last := kept.health[len(kept.health)-1]
		lost := 0.0
		for _, h := range kept.health {
			lost += h.Facts[record.HealthLost]
		}
		if lost == 0 || int(lost)+len(kept.health) != last.Second+1 {
			t.Errorf("%d lines and %v that were dropped, want %d in all", len(kept.health), lost, last.Second+1)
		}
	})
}

func TestADiskThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("disk full")
		kept := &shelf{err: full}
		s := Start(Config{Began: time.Now(), Record: kept.record})
		time.Sleep(5 * time.Second)
		if err := s.Stop(); !errors.Is(err, full) || len(kept.health) != 1 {
			t.Errorf("error %v after %d lines, want the first to end it", err, len(kept.health))
		}
		kept = &shelf{stuck: make(chan struct{})}
		s = Start(Config{Began: time.Now(), Record: kept.record})
		time.Sleep(2 * time.Second)
		if err := s.Stop(); err == nil || !strings.Contains(err.Error(), "within 30s") {
			t.Errorf("error %v, want it told that the disk did not come back", err)
		}
		close(kept.stuck)
	})
}

func TestPulsesBetweenSamplesAddUp(t *testing.T) {
	e, facts := &Engine{}, map[string]float64{}
	if e.Read(facts, time.Now()); len(facts) != 0 {
		t.Errorf("before the first pulse told %v, want nothing", facts)
	}
	e.Tell(Pulse{Exhausted: 2, PeakInFlight: 9, InFlight: 5})
	e.Tell(Pulse{Exhausted: 3, PeakInFlight: 4, InFlight: 1})
	e.Read(facts, time.Now())
	if facts[record.Exhausted] != 5 || facts[record.PeakInFlight] != 9 || facts[record.InFlight] != 1 {
		t.Errorf("told %v, want 5 exhausted, a peak of 9 and 1 in flight", facts)
	}
	e.Read(facts, time.Now())
	if facts[record.Exhausted] != 0 || facts[record.InFlight] != 1 {
		t.Errorf("told %v again, want what happened told once", facts)
	}
}

// TestThisMachine reads the real sources: every fact that Linux tells is there and plausible.
func TestThisMachine(t *testing.T) {
	facts := map[string]float64{}
	before := debug.SetMemoryLimit(1 << 40)
	defer debug.SetMemoryLimit(before)
	sources := Machine(1)
	for range 2 {
		for _, s := range sources {
			s.Read(facts, time.Now())
		}
	}
	for _, name := range []string{record.SchedP99, record.GCPause, record.GCShare, record.HeapBytes, record.Memory, record.MemoryMost, record.Goroutines, record.Threads, record.Cores, record.ClockStep} {
		if v, known := facts[name]; !known || v < 0 && name != record.ClockStep {
			t.Errorf("%s is %v (known: %v)", name, v, known)
		}
	}
	if facts[record.Goroutines] < 2 || facts[record.Memory] < 1<<20 || facts[record.GCShare] > 1 {
		t.Errorf("facts %v", facts)
	}
}

func TestClock(t *testing.T) {
	steps := []time.Duration{0, 60 * time.Millisecond, 60 * time.Millisecond}
	c := &clock{step: func() time.Duration { s := steps[0]; steps = steps[1:]; return s }}
	for _, want := range []float64{0, 60_000, 0} {
		facts := map[string]float64{}
		if c.Read(facts, time.Now()); facts[record.ClockStep] != want {
			t.Errorf("step %v, want %v", facts[record.ClockStep], want)
		}
	}
	if d := divergence(time.Now())(); d.Abs() > time.Second {
		t.Errorf("the clocks diverge by %v at once", d)
	}
}

// BenchmarkSample is what a second costs.
func BenchmarkSample(b *testing.B) {
	s := &Sampler{Config: Config{Began: time.Now(), Sources: Machine(1)}, writer: &writer{}}
	b.ReportAllocs()
	for b.Loop() {
		s.read(time.Now())
	}
}
