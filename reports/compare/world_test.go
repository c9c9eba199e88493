package compare

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/scenarios"
)

// world makes runs of one service. Its latency is log-normal around a level that wanders from second to second (so that
// neighbouring seconds are alike) and is a little different in every run, as on a real machine.
type world struct {
	seconds   int
	perSecond int
	tail      float64 // factor on the slowest twentieth
	errors    float64 // share of failures
	hash      string

	thresholds []string
}

// quiet is two minutes at a modest rate, long ten minutes at 500 actions a second.
var (
	quiet = world{seconds: 120, perSecond: 100, tail: 1, hash: "0123456789abcdef0123456789abcdef"}
	long  = world{seconds: 600, perSecond: 500, tail: 1, hash: quiet.hash}
)

// side plays the service without a run directory in between.
func (w world) side(t *testing.T, seed uint64) *side {
	t.Helper()
	s, err := gather(func(yield func(*record.Frame, error) bool) {
		for _, f := range w.frames(rand.New(rand.NewPCG(seed, 7))) {
			if !yield(f, nil) {
				return
			}
		}
	}, w.seconds, 2*time.Second)
	must(t, err)
	return s
}

// run writes a run directory and opens it.
func (w world) run(t *testing.T, seed uint64) *record.Run {
	t.Helper()
	began := time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)
	scenario, err := json.Marshal(scenarios.Scenario{Name: "steady"})
	must(t, err)
	m := record.Manifest{
		Name: "steady", Verb: "load", TargetIs: "staging", Began: began, Finished: began.Add(time.Duration(w.seconds) * time.Second),
		Load: &record.LoadPlan{
			Scenario: scenario, ScheduleHash: w.hash, TimeScale: 1, Warmup: 2 * time.Second, PlannedWall: time.Duration(w.seconds) * time.Second,
			Operations: []string{"playtime.heartbeat"}, Slice: record.Slice{Count: 1},
		},
	}
	dir := filepath.Join(t.TempDir(), "run")
	m.Load.Thresholds = w.thresholds
	out, err := record.Create(dir, m)
	must(t, err)
	must(t, out.Frames(w.frames(rand.New(rand.NewPCG(seed, 7)))))
	m.Ended = record.Complete
	must(t, out.Manifest(m))
	must(t, out.Close())
	run, err := record.Open(dir)
	must(t, err)
	return run
}

func (w world) frames(random *rand.Rand) []*record.Frame {
	var frames []*record.Frame
	level, wander := 0.004*random.NormFloat64(), 0.0
	for second := range w.seconds {
		f := record.NewFrame(second, "playtime.heartbeat")
		wander = 0.8*wander + 0.05*random.NormFloat64()
		for range w.perSecond {
			us := 2000 * math.Exp(level+wander+0.4*random.NormFloat64())
			if random.Float64() < 0.05 {
				us *= 4 * w.tail
			}
			_ = f.Service.RecordValue(int64(us))
			_ = f.Response.RecordValue(int64(us) + 200)
			f.Planned, f.Fired, f.Sent = f.Planned+1, f.Fired+1, f.Sent+1
			if random.Float64() < w.errors {
				f.Outcomes["failed"]++
			} else {
				f.Outcomes["acknowledged"]++
			}
		}
		frames = append(frames, f)
	}
	return frames
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
