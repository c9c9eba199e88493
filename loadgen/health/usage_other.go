//go:build !unix

package health

import "time"

// Consumed is not known here.
func Consumed() (cpu time.Duration, peakRSS int64, ok bool) { return 0, 0, false }

// descriptorLimit is not known here.
func descriptorLimit() (float64, bool) { return 0, false }
