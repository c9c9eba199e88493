package fitness

import "time"

// effectOf is the part of max_lag from which on a second with a cause counts.
const effectOf = 2

// EffectLag returns the p99 lag above which a second in which a sign shows was touched by it.
func EffectLag(maxLag time.Duration) time.Duration { return maxLag / effectOf }

// DefaultMaxLag is what counts as late when the plan does not say.
const DefaultMaxLag = 250 * time.Millisecond

// HeldUpSince returns the first second in which the actions of a second were held up that had such a p99 lag. What was
// fired seconds late was held up in all the seconds between, in which perhaps nothing was fired at all: these are late too,
// or a generator that stood still would have one late second.
func HeldUpSince(second int, lag time.Duration) int {
	return max(0, min(second, second-int(lag/time.Second)+1))
}

// Touched returns those of the ascending seconds that are among the touched ones or beside one: a sample and the frame
// of the same second need not begin in the same instant, and what is used up hurts a little later.
func Touched(seconds []int, touched map[int]bool) []int {
	var hit []int
	for _, s := range seconds {
		if touched[s-1] || touched[s] || touched[s+1] {
			hit = append(hit, s)
		}
	}
	return hit
}

// TooMany says whether a run of so many active seconds is invalid because n of them were touched.
func TooMany(n, active int, lateShare float64) bool {
	return n > few && float64(n) > lateShare*float64(active)
}
