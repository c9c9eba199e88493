package fitness

import (
	"slices"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/record"
)

// sound are the facts of a second of a busy generator that is nowhere near a limit.
func sound() map[string]float64 {
	return map[string]float64{
		record.Span: 1003, record.SchedP99: 900, record.GCPause: 400, record.GCShare: 0.05, record.Memory: 90 << 20, record.MemoryMost: 1 << 30,
		record.Cores: 2, record.CPUShare: 0.7, record.Throttled: 0, record.RunQueue: 300, record.Steal: 0.01, record.Descriptors: 200,
		record.DescriptorMax: 1024, record.PortRange: 28232, record.LinksOpen: 64, record.ClockStep: -40, record.WriteTime: 3,
		record.Slots: 4096, record.Backlog: 12, record.PulseAge: 700, record.MemPressure: 0.01,
	}
}

func TestASoundSecondShowsNothing(t *testing.T) {
	if got := Seen(record.Health{Facts: sound()}); len(got) != 0 {
		t.Errorf("seen %v, want nothing", got)
	}
	if got := Seen(record.Health{}); len(got) != 0 {
		t.Errorf("of a machine that tells nothing seen %v, want nothing", got)
	}
}

func TestEverySignIsSeenByItself(t *testing.T) {
	cases := []struct {
		sign  string
		facts map[string]float64
	}{
		{"slots exhausted", map[string]float64{record.Exhausted: 1}},
		{"workers at their cap", map[string]float64{record.WorkersAtCap: 1}},
		{"slow recording", map[string]float64{record.Backlog: 1024}},
		{"slow recording", map[string]float64{record.PulseAge: 3000}},
		{"slow disk", map[string]float64{record.CoarseFrames: 1}},
		{"slow disk", map[string]float64{record.WriteTime: 1500}},
		{"addresses or ports exhausted", map[string]float64{record.AddressErrors: 1}},
		{"addresses or ports exhausted", map[string]float64{record.LinksOpen: 26_000}},
		{"descriptors running out", map[string]float64{record.Descriptors: 980}},
		{"memory at its limit", map[string]float64{record.Memory: 1 << 30}},
		{"memory at its limit", map[string]float64{record.MemPressure: 0.4}},
		{"garbage collection", map[string]float64{record.GCShare: 0.3}},
		{"garbage collection", map[string]float64{record.GCPause: 60_000}},
		{"CPU throttled", map[string]float64{record.Throttled: 80}},
		{"CPU taken by others", map[string]float64{record.RunQueue: 1900}},
		{"CPU taken by others", map[string]float64{record.Steal: 0.2}},
		{"CPU taken by others", map[string]float64{record.Span: 1800, record.RunQueue: 0}},
		{"CPU used up", map[string]float64{record.CPUShare: 0.95}},
		{"goroutines waited for a thread", map[string]float64{record.SchedP99: 25_000}},
		{"clock stepped", map[string]float64{record.ClockStep: 60_000}},
		{"clock stepped", map[string]float64{record.ClockStep: -60_000}},
	}
	shown := map[string]bool{}
	for _, c := range cases {
		facts := sound()
		for name, v := range c.facts {
			facts[name] = v
		}
		if got := Seen(record.Health{Facts: facts}); len(got) != 1 || got[0].Name != c.sign {
			t.Errorf("%v: seen %v, want %s alone", c.facts, got, c.sign)
		}
		shown[c.sign] = true
	}
	for _, s := range Signs() {
		if !shown[s.Name] || s.Limit == "" || s.Cure == "" {
			t.Errorf("%s: no case shows it, or it has no words", s.Name)
		}
	}
}

// A limit that a process was given to grow into is no sign while keeping to it costs nothing.
func TestMemoryThatIsFullAndFree(t *testing.T) {
	facts := sound()
	facts[record.Memory], facts[record.GCShare] = 1<<30, 0.01
	if got := Seen(record.Health{Facts: facts}); len(got) != 0 {
		t.Errorf("seen %v, want nothing", got)
	}
}

// A process that does next to nothing collects for much of the little that it uses, and one whose CPU is taken stands still
// for long whatever it does.
func TestGarbageOfAnIdleOrAStarvedProcess(t *testing.T) {
	facts := sound()
	facts[record.CPUShare], facts[record.GCShare] = 0.05, 0.45
	if got := Seen(record.Health{Facts: facts}); len(got) != 0 {
		t.Errorf("seen %v of an idle process, want nothing", got)
	}
	facts[record.GCPause], facts[record.RunQueue] = 700_000, 1300
	if got := Seen(record.Health{Facts: facts}); len(got) != 1 || got[0].Name != "CPU taken by others" {
		t.Errorf("seen %v of a starved process, want the CPU alone", got)
	}
}

// Threads that wait behind their own kind are a process at full CPU, not one whose CPU is taken.
func TestThreadsBehindTheirOwnKind(t *testing.T) {
	facts := sound()
	facts[record.CPUShare], facts[record.RunQueue] = 0.89, 1500
	if got := Seen(record.Health{Facts: facts}); len(got) != 0 {
		t.Errorf("seen %v, want nothing", got)
	}
}

func TestTouched(t *testing.T) {
	got := Touched([]int{1, 4, 5, 9, 20}, map[int]bool{5: true, 10: true})
	if want := []int{4, 5, 9}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := EffectLag(250 * time.Millisecond); got != 125*time.Millisecond {
		t.Errorf("effect from %v, want half", got)
	}
}

func TestTooMany(t *testing.T) {
	for _, c := range []struct {
		n, active int
		want      bool
	}{{0, 0, false}, {2, 3, false}, {3, 5, true}, {3, 30, false}, {4, 30, true}, {60, 600, false}, {61, 600, true}} {
		if got := TooMany(c.n, c.active, 0.1); got != c.want {
			t.Errorf("%d of %d: %v, want %v", c.n, c.active, got, c.want)
		}
	}
}
