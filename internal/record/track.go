package record

import (
	"encoding/json"
	"fmt"
	"iter"
	"math"
)

// InsightsSecond is the five insights as of one wall second of the run, as its acknowledged actions imply them. Where the
// target was asked in that second, Truth is as of its answer; Note says why there was none.
type InsightsSecond struct {
	Version int              `json:"version"`
	Second  int              `json:"second"` // wall seconds since the run began
	Truth   InsightsFigures  `json:"truth"`
	Target  *InsightsFigures `json:"target,omitempty"`
	Note    string           `json:"note,omitempty"`
}

// DecodeInsightsSecond reads one line of TrackFile. It accepts this version, a second within a year and figures that are
// numbers in reach.
func DecodeInsightsSecond(line []byte) (InsightsSecond, error) {
	var s InsightsSecond
	if err := json.Unmarshal(line, &s); err != nil {
		return s, fmt.Errorf("decode insights: %w", err)
	}
	if err := checkVersion(s.Version); err != nil {
		return s, fmt.Errorf("decode insights: %w", err)
	}
	if s.Second < 0 || s.Second > lastSecond {
		return s, fmt.Errorf("decode insights: second %d: want 0 to %d", s.Second, lastSecond)
	}
	for _, f := range []*InsightsFigures{&s.Truth, s.Target} {
		if f == nil {
			continue
		}
		for _, v := range f.Values() {
			if math.Abs(v) > float64(mostPerFrame) {
				return s, fmt.Errorf("decode insights: figure %g: want at most %d", v, mostPerFrame)
			}
		}
	}
	return s, nil
}

// Values returns the five insights in the order of their fields.
func (f InsightsFigures) Values() [5]float64 {
	return [5]float64{float64(f.ConcurrentPlayers), float64(f.ConcurrentUGC), float64(f.TotalPlayers), f.AveragePlaytime, f.AverageUGC}
}

// Track appends the insights of a second.
func (w *Writer) Track(s InsightsSecond) error {
	s.Version = Version
	return w.line(TrackFile, s)
}

// Track yields the insights by the second, in their order. The consumer owns what it gets.
func (r *Run) Track() iter.Seq2[InsightsSecond, error] {
	return decoded(r.track, DecodeInsightsSecond)
}
