package transport

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// InFlight counts the messages that a driver was handed and that are not done. The zero value is ready. Safe for
// concurrent use, but that no Add may come beside Settle or after it.
type InFlight struct {
	group sync.WaitGroup
	n     atomic.Int64
}

// Add counts one message more.
func (f *InFlight) Add() {
	f.group.Add(1)
	f.n.Add(1)
}

// Done counts one message less.
func (f *InFlight) Done() {
	f.n.Add(-1)
	f.group.Done()
}

// Settle waits until every message is done or ctx ends, whichever is first. Then it calls cut, which has to end what is
// still under way, and waits for that. The error says how many messages the driver of this name cut off.
func (f *InFlight) Settle(ctx context.Context, name string, cut func()) error {
	idle := make(chan struct{})
	go func() { f.group.Wait(); close(idle) }()
	var err error
	select {
	case <-idle:
	case <-ctx.Done():
		if n := f.n.Load(); n > 0 {
			err = fmt.Errorf("close %s driver: %d messages cut off: %w", name, n, ctx.Err())
		}
	}
	cut()
	<-idle
	return err
}
