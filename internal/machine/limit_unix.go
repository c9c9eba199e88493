//go:build unix

package machine

import "syscall"

// descriptors returns how many descriptors the process may open; 0 when the system does not tell.
func descriptors() uint64 {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	return uint64(max(limit.Cur, limit.Max)) //nolint:unconvert // some systems have signed limits
}
