//go:build unix

package loadgen

import (
	"runtime"
	"syscall"
	"time"
)

// usage asks the operating system; what it does not tell stays 0.
func usage() consumption {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return consumption{} // cannot happen with this argument, and the figures are for information
	}
	unit := int64(1024) // of Maxrss; macOS alone counts bytes
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		unit = 1
	}
	return consumption{
		cpu:     time.Duration(r.Utime.Nano() + r.Stime.Nano()),
		peakRSS: r.Maxrss * unit,
	}
}
