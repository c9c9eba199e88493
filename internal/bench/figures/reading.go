// Package figures is the arithmetic of the benchmarks: readings of contestants become ratios of the same round, ratios
// become a median and a range, and these are held against goals and written as tables.
//
// Readings flow in, rows and Markdown flow out. It imports internal/numeral alone, and has no clock and no I/O.
package figures

import (
	"slices"
	"time"
)

// Reading is what one contestant did in one round.
type Reading struct {
	Units int64         // requests, records or connections, as the server counted them
	Wall  time.Duration // of the measurement
	CPU   time.Duration // user and system time of the contestant's process in it
	RSS   int64         // peak resident memory of that process, in bytes
}

// CPUPerUnit returns the CPU time of one unit in microseconds.
func (r Reading) CPUPerUnit() float64 {
	if r.Units == 0 {
		return 0
	}
	return float64(r.CPU.Nanoseconds()) / 1e3 / float64(r.Units)
}

// PerSecond returns the units of one second on the wall.
func (r Reading) PerSecond() float64 {
	if r.Wall <= 0 {
		return 0
	}
	return float64(r.Units) / r.Wall.Seconds()
}

// PerCore returns the units of one second of CPU.
func (r Reading) PerCore() float64 {
	if r.CPU <= 0 {
		return 0
	}
	return float64(r.Units) / r.CPU.Seconds()
}

// Series is the readings of one contestant, one for each round, or why there are none.
type Series struct {
	Name     string
	Unit     string // what is counted, in the singular
	Missing  string
	Faulty   bool // it is missing although it should not be
	Readings []Reading
}

// Measure is one way to look at a reading.
type Measure func(Reading) float64

// Values returns one value for each round.
func (s Series) Values(by Measure) []float64 {
	values := make([]float64, len(s.Readings))
	for i, r := range s.Readings {
		values[i] = by(r)
	}
	return values
}

// Ratios divides a by b, round by round. Rounds that only one of the two has, and those in which b has nothing, are
// left out.
func Ratios(a, b Series, by Measure) []float64 {
	var ratios []float64
	for i := range min(len(a.Readings), len(b.Readings)) {
		if under := by(b.Readings[i]); under != 0 {
			ratios = append(ratios, by(a.Readings[i])/under)
		}
	}
	return ratios
}

// Spread is the middle and the ends of some values.
type Spread struct{ Median, Min, Max float64 }

// Of returns the spread of values; false when there are none.
func Of(values []float64) (Spread, bool) {
	if len(values) == 0 {
		return Spread{}, false
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	median := sorted[middle]
	if len(sorted)%2 == 0 {
		median = (sorted[middle-1] + sorted[middle]) / 2
	}
	return Spread{Median: median, Min: sorted[0], Max: sorted[len(sorted)-1]}, true
}
