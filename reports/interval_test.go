package reports

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/passmuster/muster/internal/record"
)

// TestHeatCountsEveryAnswerOnceInItsBucket, to within the histogram's precision of 1 %.
func TestHeatCountsEveryAnswerOnceInItsBucket(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := record.NewHistogram()
		values := rapid.SliceOfN(rapid.Int64Range(1, 3_000_000_000), 1, 50).Draw(t, "microseconds")
		want := make([][2]int, len(values)) // the buckets in which each may lie
		for i, v := range values {
			if err := h.RecordValue(v); err != nil {
				t.Fatal(err)
			}
			want[i] = [2]int{bucketOf(float64(v)), bucketOf(float64(v) * 1.01)}
		}
		counts, sum := heat(h), int64(0)
		for bucket, n := range counts {
			most := int64(0)
			for _, w := range want {
				if w[0] <= bucket && bucket <= w[1] {
					most++
				}
			}
			if n > most {
				t.Fatalf("bucket %d from %g µs counts %d of %v", bucket, heatEdge(bucket), n, values)
			}
			sum += n
		}
		if sum != int64(len(values)) {
			t.Fatalf("%d values counted of %d", sum, len(values))
		}
	})
	if heat(nil) != nil || heat(record.NewHistogram()) != nil {
		t.Error("nothing measured has a heat")
	}
}

// bucketOf finds a value's bucket by its edges.
func bucketOf(us float64) int {
	bucket := 0
	for bucket+1 < heatBuckets && heatEdge(bucket+1) <= us {
		bucket++
	}
	return bucket
}

// TestInSessionIsWhoWasAcknowledgedAndHasNotEnded, however wide the intervals have become.
func TestInSessionIsWhoWasAcknowledgedAndHasNotEnded(t *testing.T) {
	line := newTimeline(nil)
	put := func(second int, operation string, acknowledged, failed int64) {
		f := record.NewFrame(second, operation)
		f.Outcomes["acknowledged"], f.Outcomes["failed"] = acknowledged, failed
		line.addFrame(f, squeeze(f))
	}
	put(0, "playtime.start", 5, 1)
	put(1, "playtime.end", 2, 1)
	put(1, "playtime.heartbeat", 9, 0)
	put(3, "playtime.start", 1, 0)
	for _, last := range []int{3, 2 * mostIntervals} {
		put(last, "playtime.end", 0, 0)
		want := func(i int) int64 { return []int64{5, 3, 3, 4}[min((i+1)*line.width-1, 3)] }
		for i, interval := range line.intervals(last + 1) {
			if interval.InSession != want(i) {
				t.Errorf("interval %d of %d s each: %d in session, want %d", i, line.width, interval.InSession, want(i))
			}
		}
	}
}
