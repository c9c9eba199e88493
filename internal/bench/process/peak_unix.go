//go:build unix

package process

import (
	"os"
	"runtime"
	"syscall"
)

// peak returns the most memory that a process had resident, in bytes.
func peak(s *os.ProcessState) int64 {
	u, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	most := int64(u.Maxrss) //nolint:unconvert // it is 32 bits wide on some machines
	if runtime.GOOS == "darwin" {
		return most // bytes there, kilobytes elsewhere
	}
	return most << 10
}
