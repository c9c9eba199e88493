//go:build !linux

package engine

// newPrecise returns the runtime's timer: its own precision is the best that there is here.
func newPrecise() waiter { return newTimed() }
