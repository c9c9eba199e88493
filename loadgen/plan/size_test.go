package plan

import (
	"fmt"
	"runtime"
	"testing"
	"time"
)

// TestBytesAPlayer holds the plan to what it says it takes. The wheel's own slots do not grow with the players.
func TestBytesAPlayer(t *testing.T) {
	const n = 1 << 20
	for _, tc := range []struct {
		name  string
		every time.Duration
		most  int
	}{{"sessions alone", 0, 28}, {"with flushes", 40 * time.Second, 40}} {
		t.Run(tc.name, func(t *testing.T) {
			p := large(n, tc.every)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			timeline, err := NewTimeline(p)
			runtime.ReadMemStats(&after)
			if err != nil {
				t.Fatal(err)
			}
			got := int(after.TotalAlloc-before.TotalAlloc) - 4*maxSlots
			if got > (tc.most*n)+n/2 || timeline.Players() != n {
				t.Errorf("%.1f bytes for each of %d players, want at most %d", float64(got)/n, timeline.Players(), tc.most)
			}
		})
	}
}

// large is a plan of five minutes with so many players.
func large(n int, every time.Duration) Params {
	return Params{
		Seed: 1, Duration: 5 * time.Minute, Curve: Curve{{0, n}}, Period: 150 * time.Second, Jitter: 5 * time.Second, Every: every,
		Lengths: Lengths{Law: Exponential, Mean: 45 * time.Minute, Min: time.Second, Max: 6 * time.Hour},
	}
}

// BenchmarkNext is the time that a due takes, and that it takes to lay out a player.
func BenchmarkNext(b *testing.B) {
	for _, n := range []int{1 << 16, 1 << 20} {
		b.Run(fmt.Sprintf("%d players", n), func(b *testing.B) {
			timeline, err := NewTimeline(large(n, 0))
			if err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			b.ReportAllocs()
			for range b.N {
				if _, ok := timeline.Next(); !ok {
					b.StopTimer()
					if timeline, err = NewTimeline(large(n, 0)); err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
				}
			}
		})
	}
}

// BenchmarkSummarize sums up the plan of a million players, in nanoseconds a due.
func BenchmarkSummarize(b *testing.B) {
	dues := 0
	for range b.N {
		s, err := Summarize(large(1_000_000, 0), time.Second)
		if err != nil {
			b.Fatal(err)
		}
		for _, n := range s.Counts {
			dues += n
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(dues), "ns/due")
}
