package reports

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/passmuster/muster/internal/record"
)

// TestHopelessIsWhatNoEndCanMend draws a part of a run and what is left of it. Where a condition is called hopeless, no end
// that is drawn meets it; where it is not, one of the two ends that help most does.
func TestHopelessIsWhatNoEndCanMend(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := condition(t, rapid.SampledFrom([]string{
			"response p50 < 1ms", "response p99 <= 1ms", "response max < 1ms", "response p90 >= 1ms", "service p99.9 > 1ms",
			"errors < 10%", "errors <= 3", "errors == 2", "errors >= 4", "errors > 50%", "errors == 0%",
		}).Draw(t, "condition"))
		done := record.NewFrame(0, "playtime.start")
		add := func(f *record.Frame, us int64, failed bool) {
			outcome := "acknowledged"
			if failed {
				outcome = "failed"
			}
			f.Outcomes[outcome]++
			if !failed {
				record1(f, us, us, 0)
			}
		}
		span := rapid.SampledFrom([]int64{1, 900, 1500, 3_000_000})
		for range rapid.IntRange(0, 60).Draw(t, "done") {
			add(done, span.Draw(t, "us"), rapid.IntRange(0, 5).Draw(t, "fate") == 0)
		}
		left := rapid.IntRange(0, 60).Draw(t, "left")
		var a amount
		a.add(c, done, false)
		given := hopeless(c, a, a.ends.outcomes()+int64(left))

		ends := func(end func(i int) (int64, bool)) (met, known bool) {
			whole := record.NewFrame(0, "playtime.start")
			if err := whole.Merge(done); err != nil {
				t.Fatal(err)
			}
			for i := range left {
				us, failed := end(i)
				add(whole, us, failed)
			}
			var all amount
			all.add(c, whole, false)
			v, of := all.value(c, record.Complete)
			return of > 0 && c.Meets(v), of > 0
		}
		drawn, _ := ends(func(int) (int64, bool) { return span.Draw(t, "later"), rapid.Bool().Draw(t, "later fate") })
		if given && drawn {
			t.Fatalf("%q is called hopeless, and an end that meets it was drawn", c.Text)
		}
		if given {
			return
		}
		for errors := range left + 1 {
			for _, us := range []int64{1, 3_600_000_000} {
				met, known := ends(func(i int) (int64, bool) { return us, c.Statistic == "" && i < errors })
				if met || !known {
					return
				}
			}
		}
		t.Errorf("%q is not called hopeless with %+v done and %d left, and no end meets it", c.Text, a.ends, left)
	})
}
