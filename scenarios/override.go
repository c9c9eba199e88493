package scenarios

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"time"
)

// Override returns s with its defaults filled in and bent to what the command line says; a zero argument leaves its
// part alone.
//
// ccu scales the curve: every point in proportion, so that the peak is exactly ccu. duration is wall time: the plan
// gets the length duration x TimeScale, and the points of the curve and the warm-up move in proportion. What players
// do stays as it is in plan time (session lengths, cadences), and so does the time scale; a longer run has more
// sessions, not longer ones. seed replaces the seed.
//
// The error is that of Validate, or names an argument that is out of bounds.
func (s Scenario) Override(ccu int, duration time.Duration, seed uint64) (Scenario, error) {
	s = s.WithDefaults()
	s.Players.CCU = slices.Clone(s.Players.CCU)
	if ccu != 0 {
		if ccu < 1 || ccu > MaxPlayers {
			return s, fmt.Errorf("scale scenario %s: %d players, want 1 to %d", s.Name, ccu, MaxPlayers)
		}
		scale(s.Players.CCU, ccu)
	}
	if duration != 0 {
		plan := math.Round(float64(duration) * s.TimeScale)
		if !(plan >= float64(shortest) && plan <= float64(longest)) {
			return s, fmt.Errorf("stretch scenario %s: %v on the wall at time scale %v, want a plan of %v to %v", s.Name, plain(duration), s.TimeScale, plain(shortest), plain(longest))
		}
		s.stretch(time.Duration(plan))
	}
	if seed != 0 {
		s.Seed = seed
	}
	return s, s.Validate()
}

// scale makes want the peak of the points, the others in proportion, rounded to the nearest.
func scale(points []Point, want int) {
	top := uint64(peak(points))
	for i := range points {
		if has := uint64(max(points[i].Players, 0)); top > 0 {
			points[i].Players = int((has*uint64(want) + top/2) / top)
		}
	}
}

// stretch gives the plan a new length, and every instant of it its place in proportion, rounded down.
func (s *Scenario) stretch(to time.Duration) {
	from := s.Duration
	place := func(at time.Duration) time.Duration {
		if at <= 0 || at > from {
			return at // not valid, and left for validation to say so
		}
		high, low := bits.Mul64(uint64(at), uint64(to))
		quotient, _ := bits.Div64(high, low, uint64(from))
		return time.Duration(quotient)
	}
	for i := range s.Players.CCU {
		s.Players.CCU[i].At = place(s.Players.CCU[i].At)
	}
	s.Warmup = place(s.Warmup)
	s.Duration = to
}
