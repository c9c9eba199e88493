package compare

import (
	"sort"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/record"
)

// buckets are the bounds of the format's histograms, in microseconds: bucket i holds the values from[i] to to[i].
type buckets struct{ from, to []float64 }

// newBuckets asks a histogram that holds one value at its very end for the bounds of all its buckets.
func newBuckets() buckets {
	h := record.NewHistogram()
	_ = h.RecordValue(h.HighestTrackableValue()) // it is trackable
	var b buckets
	for _, bar := range bars(h) {
		b.from, b.to = append(b.from, float64(bar.From)), append(b.to, float64(bar.To))
	}
	return b
}

func bars(h *hdrhistogram.Histogram) []hdrhistogram.Bar { return h.Distribution() }

// quantile returns the value below which the share q of the counts lies, or 0 when there are none. Within a bucket the
// counts are taken to be spread evenly, so that a change smaller than a bucket is seen as such and not as a jump.
func (b buckets) quantile(cumulated []int64, q float64) float64 {
	if len(cumulated) == 0 || cumulated[len(cumulated)-1] == 0 {
		return 0
	}
	rank := q * float64(cumulated[len(cumulated)-1])
	i := sort.Search(len(cumulated), func(i int) bool { return float64(cumulated[i]) >= rank })
	i = min(i, len(cumulated)-1, len(b.from)-1)
	before := int64(0)
	if i > 0 {
		before = cumulated[i-1]
	}
	in := float64(cumulated[i] - before)
	if in == 0 {
		return b.from[i]
	}
	return b.from[i] + (rank-float64(before))/in*(b.to[i]+1-b.from[i])
}

// cumulate replaces counts by their running sums.
func cumulate(counts []int64) []int64 {
	sum := int64(0)
	for i, n := range counts {
		sum += n
		counts[i] = sum
	}
	return counts
}
