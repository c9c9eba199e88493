package engine

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// above counts the values of a histogram that are greater than d.
func above(h *hdrhistogram.Histogram, d time.Duration) int64 {
	n := int64(0)
	for _, bar := range h.Distribution() {
		if bar.From > d.Microseconds() {
			n += bar.Count
		}
	}
	return n
}
