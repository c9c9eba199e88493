//go:build !linux

package machine

// Synchronised is unknown here.
func Synchronised() (synced, told bool) { return false, false }
