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
	if ctx.Done() == nil {
		return nil, false
	}
	if l = d.keptLeash(ctx); l != nil {
		return l, false
	}
	return d.newLeash(ctx), true
}

// newLeash makes connections end with ctx.
func (d *Driver) newLeash(ctx context.Context) *leash {
	l := &leash{done: ctx.Done()}
	l.stop = context.AfterFunc(ctx, func() { d.end(l) })
	return l
}

// keptLeash returns the leash that is kept, if it follows ctx; while none is kept, or one that has ended, ctx gets it.
func (d *Driver) keptLeash(ctx context.Context) *leash {
	kept := d.kept.Load()
	if kept != nil && kept.done == ctx.Done() {
		return kept
	}
	if kept != nil && !kept.ended.Load() {
		return nil
	}
	l := d.newLeash(ctx)
	if d.kept.CompareAndSwap(kept, l) {
		return l
	}
	l.stop()
	return nil
}

// end cuts off the exchanges that follow l.
func (d *Driver) end(l *leash) {
	l.ended.Store(true)
	d.doom(func(c *conn) bool { return c.leash.Load() == l })
	if d.pipes != nil && d.kept.Load() == l {
		d.pipes.end()
	}
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
