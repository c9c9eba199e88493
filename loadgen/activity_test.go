package loadgen

import (
	"testing"

	"pgregory.net/rapid"
)

// TestActivityIsAScan compares the counters with a look at everybody, at times that jump and signs that come late.
func TestActivityIsAScan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, last, now := newActivity(6), map[int]uint32{}, uint32(0)
		for range rapid.IntRange(0, 80).Draw(t, "steps") {
			now += rapid.SampledFrom([]uint32{0, 0, 1, 7, activeFor / 2, activeFor - 1, activeFor, 3 * activeFor}).Draw(t, "passes")
			i, late := rapid.IntRange(0, 5).Draw(t, "who"), rapid.SampledFrom([]uint32{0, 0, 1, 30, activeFor}).Draw(t, "late")
			second := now - min(now, late)
			a.touch(i, second)
			if before, known := last[i]; !known || before < second {
				last[i] = second
			}
			want := int64(0)
			for _, at := range last {
				if now-at < activeFor {
					want++
				}
			}
			if got := a.active(now); got != want || a.known != int64(len(last)) {
				t.Fatalf("second %d: %d active of %d, want %d of %d", now, got, a.known, want, len(last))
			}
		}
	})
}
