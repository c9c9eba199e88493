package live

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/record"
)

// operations are those of a run that uses everything.
func operations() []string {
	return []string{"playtime.start", "playtime.heartbeat", "playtime.end", "ingest.http", "ingest.kafka", "ingest.sns"}
}

// manifest is that of a run of so many seconds that has just begun.
func manifest(seconds int) record.Manifest {
	planned, ccu := map[string]int{}, make([]int, seconds)
	for _, name := range operations() {
		planned[name] = 10 * seconds
	}
	return record.Manifest{
		Version: record.Version, Name: "smoke", Verb: "load", TargetIs: "acme", Ended: record.Running, Began: time.Unix(1_700_000_000, 0),
		Load: &record.LoadPlan{
			PlannedWall: time.Duration(seconds) * time.Second, Planned: planned, Operations: operations(), CCU: ccu,
			MaxLag: 250 * time.Millisecond, LateShare: 0.1, Thresholds: []string{"playtime.heartbeat response p99 < 2s"}, Slice: record.Slice{Count: 1},
		},
	}
}

// second is what a run writes in one second.
func second(random *rand.Rand, n, actions int) []record.Entry {
	var frames []*record.Frame
	for _, name := range operations() {
		f := record.NewFrame(n, name)
		f.Planned, f.Fired, f.Sent, f.Outcomes["acknowledged"] = int64(actions), int64(actions), int64(actions), int64(actions)
		for range actions {
			us := 300 + random.Int64N(20_000)
			_, _, _ = f.Response.RecordValue(us), f.Service.RecordValue(us*2/3), f.Lag.RecordValue(us/9)
			for _, part := range []string{record.LagPacer, record.LagHandOff, record.LagWorker, record.LagConnect} {
				_ = f.Part(part).RecordValue(us / 30)
			}
		}
		frames = append(frames, f)
	}
	return []record.Entry{
		{Frames: frames},
		{Health: []record.Health{{Second: n, Facts: map[string]float64{record.CPUShare: random.Float64(), record.InFlight: 40, record.SchedP99: 90}}}},
		{Links: []*record.Links{{Second: n, Transport: "http", Open: 64, Dials: 2, Reused: 500}, {Second: n, Transport: "kafka", Open: 3}}},
		{Track: &record.InsightsSecond{Second: n, Truth: record.InsightsFigures{ConcurrentPlayers: int64(n)}}},
	}
}

// BenchmarkSecond is what one second of six operations costs at a run's 480th: what comes on record, and telling viewers.
func BenchmarkSecond(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	const whole = 480
	feed := NewFeed(manifest(whole))
	for n := range whole {
		for _, e := range second(random, n, 500) {
			feed.Observe(e)
		}
	}
	news := second(random, whole-1, 500)
	summary, exhibits := feed.stand()
	before, err := newState("r", 1, "", summary, exhibits)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("record", func(b *testing.B) {
		for b.Loop() {
			for _, e := range news {
				feed.Observe(e)
			}
		}
	})
	b.Run("stand", func(b *testing.B) {
		for b.Loop() {
			feed.Observe(news[0])
			feed.stand()
		}
	})
	b.Run("state", func(b *testing.B) {
		for b.Loop() {
			if before, err = newState("r", 2, "", summary, exhibits); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("event", func(b *testing.B) {
		for b.Loop() {
			feed.Observe(news[0])
			summary, exhibits := feed.stand()
			next, err := newState("r", 2, "", summary, exhibits)
			if err != nil {
				b.Fatal(err)
			}
			e, err := next.event(before)
			if err != nil {
				b.Fatal(err)
			}
			before = next
			b.ReportMetric(float64(len(e)), "bytes")
		}
	})
}
