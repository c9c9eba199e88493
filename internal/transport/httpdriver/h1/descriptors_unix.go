//go:build unix

package h1

import "syscall"

// reserve is how many descriptors are left to everything but players' connections.
const reserve = 256

// MostConnections is how many connections the limit on this process's descriptors allows, all drivers together; 0 when it
// is not known.
func MostConnections() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	return int(max(1, min(int64(limit.Cur), 1<<31)-reserve))
}
