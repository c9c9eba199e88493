package record

import (
	"fmt"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// NewFrame returns an empty frame of a second and an operation, ready to count into.
func NewFrame(second int, operation string) *Frame {
	return &Frame{
		Second: second, Operation: operation,
		Outcomes: map[string]int64{}, Classes: map[string]int64{},
		Response: NewHistogram(), Service: NewHistogram(), Lag: NewHistogram(),
	}
}

// Merge adds all that other counted to f, exactly. The second and the operation of f stay; whether it makes sense to
// add up other seconds or operations is for the caller to know. other is not changed and not kept.
//
// An error means that a histogram has other buckets than the format's, and that f is not to be used any more.
func (f *Frame) Merge(other *Frame) error {
	f.Planned += other.Planned
	f.Fired += other.Fired
	f.Sent += other.Sent
	f.Outcomes = addCounts(f.Outcomes, other.Outcomes)
	f.Classes = addCounts(f.Classes, other.Classes)
	for _, h := range []struct {
		name string
		to   **hdrhistogram.Histogram
		from *hdrhistogram.Histogram
	}{
		{"response", &f.Response, other.Response},
		{"service", &f.Service, other.Service},
		{"lag", &f.Lag, other.Lag},
	} {
		if err := addHistogram(h.to, h.from); err != nil {
			return fmt.Errorf("merge frame of second %d, %s: %s: %w", other.Second, other.Operation, h.name, err)
		}
	}
	for name, from := range other.Parts {
		to := f.Part(name)
		if err := addHistogram(&to, from); err != nil {
			return fmt.Errorf("merge frame of second %d, %s: %s: %w", other.Second, other.Operation, name, err)
		}
	}
	return nil
}

func addCounts(to, from map[string]int64) map[string]int64 {
	if to == nil {
		to = make(map[string]int64, len(from))
	}
	for name, n := range from {
		to[name] += n
	}
	return to
}

func addHistogram(to **hdrhistogram.Histogram, from *hdrhistogram.Histogram) error {
	if from == nil || from.TotalCount() == 0 {
		return nil
	}
	if *to == nil {
		*to = NewHistogram()
	}
	if !sameBuckets(*to) || !sameBuckets(from) {
		return fmt.Errorf("histogram over %d..%d µs at %d digits, want %d..%d at %d",
			from.LowestTrackableValue(), from.HighestTrackableValue(), from.SignificantFigures(), lowest, highest, digits)
	}
	if dropped := (*to).Merge(from); dropped > 0 {
		return fmt.Errorf("%d values dropped, want none", dropped)
	}
	return nil
}

// sameBuckets says whether h has the format's range and precision, without which merging would not be exact.
func sameBuckets(h *hdrhistogram.Histogram) bool {
	return h.LowestTrackableValue() == lowest && h.HighestTrackableValue() == highest && h.SignificantFigures() == digits
}
