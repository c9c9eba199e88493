package telemetry

import (
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/record"
)

// ruler says where the values of a frame's histogram lie among the bounds. It does not change.
type ruler struct {
	bounds []float64 // upper ones, in seconds
	place  []int     // bucket among the bounds, by index of a histogram's counts
	middle []float64 // value in seconds, by index of a histogram's counts
}

// limits are the bounds of every histogram: dense where thresholds of players and brokers are.
func limits() []time.Duration {
	const us, ms = time.Microsecond, time.Millisecond
	return []time.Duration{
		100 * us, 250 * us, 500 * us, 1 * ms, 2500 * us, 5 * ms, 10 * ms, 25 * ms, 50 * ms, 75 * ms, 100 * ms, 150 * ms, 250 * ms, 500 * ms, 750 * ms,
		time.Second, 2500 * ms, 5 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute,
	}
}

// newRuler takes the measures from the format's histogram itself: one that holds its highest value has a bar for each of
// its counts. A bar that lies on a bound counts as above it, so that rounding (1 % at most) never flatters.
func newRuler() *ruler {
	r := &ruler{}
	var upper []int64 // µs
	for _, bound := range limits() {
		upper, r.bounds = append(upper, bound.Microseconds()), append(r.bounds, bound.Seconds())
	}
	h := record.NewHistogram()
	_ = h.RecordValue(h.HighestTrackableValue()) // it refuses only what is out of range
	for _, bar := range h.Distribution() {
		at, _ := slices.BinarySearch(upper, bar.To)
		r.place = append(r.place, at)
		r.middle = append(r.middle, float64(bar.From+bar.To)/2/1e6)
	}
	return r
}

// tally is a histogram with the ruler's bounds that only grows.
type tally struct {
	buckets []uint64 // one more than there are bounds
	count   uint64
	sum     float64 // in seconds, as exact as the frames' histograms
}

// fold adds all that h holds.
func (t *tally) fold(r *ruler, h *hdrhistogram.Histogram) {
	if h == nil || h.TotalCount() == 0 {
		return
	}
	if t.buckets == nil {
		t.buckets = make([]uint64, len(r.bounds)+1)
	}
	for i, n := range h.Export().Counts {
		if n <= 0 {
			continue
		}
		i = min(i, len(r.place)-1)
		t.buckets[r.place[i]] += uint64(n)
		t.count += uint64(n)
		t.sum += float64(n) * r.middle[i]
	}
}
