package h1

import (
	"context"
	"sync/atomic"
)

// leash follows one context. A run passes the same context with every message, so its end is watched once and not once
// for each message.
type leash struct {
	done  <-chan struct{}
	ended atomic.Bool
	stop  func() bool
}

// leashOf returns the leash for ctx, nil when ctx never ends. A loose one is for this message only and has to be stopped
// after it.
func (d *Driver) leashOf(ctx context.Context) (l *leash, loose bool) {
	done := ctx.Done()
	if done == nil {
		return nil, false
	}
	kept := d.kept.Load()
	if kept != nil && kept.done == done {
		return kept, false
	}
	l = &leash{done: done}
	l.stop = context.AfterFunc(ctx, func() { d.end(l) })
	if kept == nil || kept.ended.Load() {
		return l, !d.kept.CompareAndSwap(kept, l)
	}
	return l, true
}

// end cuts off the exchanges that follow l.
func (d *Driver) end(l *leash) {
	l.ended.Store(true)
	d.doom(func(c *conn) bool { return c.leash.Load() == l })
}

// doom ends the exchanges, and the idle lives, of the chosen connections.
func (d *Driver) doom(chosen func(*conn) bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for c := range d.conns {
		if chosen(c) {
			c.doom()
		}
	}
}

// over says whether an exchange that follows l is to stop: its context, or the driver, has ended.
func (d *Driver) over(l *leash) bool {
	return l != nil && l.ended.Load() || d.life.Err() != nil
}
