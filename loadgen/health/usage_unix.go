//go:build unix

package health

import (
	"runtime"
	"syscall"
	"time"
)

// Consumed returns the user and system time that this process has used so far and its peak resident memory in bytes;
// false when the operating system does not tell.
func Consumed() (cpu time.Duration, peakRSS int64, ok bool) {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0, 0, false // cannot happen with this argument, and the figures are for information
	}
	unit := int64(1024) // of Maxrss; macOS alone counts bytes
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		unit = 1
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano()), r.Maxrss * unit, true
}

// descriptorLimit returns how many files this process may have open; false when the operating system does not tell.
func descriptorLimit() (float64, bool) {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return 0, false
	}
	return float64(l.Cur), true
}
