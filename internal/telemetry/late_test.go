package telemetry

import (
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/record"
)

// lagged returns a histogram of so many actions that were all so late.
func lagged(n int64, by time.Duration) *hdrhistogram.Histogram {
	h := record.NewHistogram()
	_ = h.RecordValues(by.Microseconds(), n)
	return h
}

func TestLateSeconds(t *testing.T) {
	type frame struct {
		second int
		n      int64
		by     time.Duration
	}
	const ms = time.Millisecond
	for _, c := range []struct {
		name   string
		frames []frame
		want   int
	}{
		{"nothing", nil, 0},
		{"on time", []frame{{3, 10, 99 * ms}, {4, 10, 5 * ms}}, 0},
		{"late", []frame{{3, 10, 120 * ms}, {4, 10, 5 * ms}, {5, 1, 120 * ms}}, 2},
		{"during the warm-up", []frame{{0, 10, 120 * ms}, {1, 10, 120 * ms}, {2, 10, 120 * ms}}, 1},
		{"one attacker late, the others on time: the p99 of all counts", []frame{{3, 1000, 5 * ms}, {3, 5, 900 * ms}, {3, 1000, 5 * ms}}, 0},
		{"one attacker late, and not alone", []frame{{3, 100, 5 * ms}, {3, 5, 900 * ms}}, 1},
		{"a frame that comes two seconds after the others", []frame{{3, 100, 5 * ms}, {5, 100, 5 * ms}, {3, 5, 900 * ms}}, 1},
		{"held up for four seconds, warm-up not counted", []frame{{5, 10, 4 * time.Second}}, 4},
		{"held up since the warm-up", []frame{{4, 10, 9 * time.Second}}, 3},
		{"held up through a second that was late itself", []frame{{3, 10, 150 * ms}, {6, 10, 5 * time.Second}}, 4},
		{"a standstill of an hour between", []frame{{3, 10, 150 * ms}, {3600, 10, 150 * ms}}, 2},
	} {
		l := newLateness(2*time.Second, 100*ms)
		for _, f := range c.frames {
			l.take(f.second, lagged(f.n, f.by))
			if len(l.open) > window {
				t.Errorf("%s: %d seconds are open, want at most %d", c.name, len(l.open), window)
			}
		}
		l.close(l.newest)
		if l.count != c.want {
			t.Errorf("%s: %d late seconds, want %d", c.name, l.count, c.want)
		}
	}
}
