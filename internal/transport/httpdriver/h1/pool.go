package h1

import (
	"slices"
	"sync"
	"time"

	"github.com/passmuster/muster/internal/transport"
)

// shelf keeps idle connections. The pool's mutex guards it.
type shelf interface {
	push(c *conn)
	// pop takes a connection that may carry a message of player; nil when there is none.
	pop(player uint32) *conn
	// oldest is the connection that has been idle longest; nil when there is none.
	oldest() *conn
	// remove takes c off the shelf.
	remove(c *conn)
}

// pool bounds the connections and keeps the idle ones. It is safe for concurrent use.
type pool struct {
	driver *Driver
	limit  int
	idle   time.Duration // an idle connection is closed after this
	shared bool          // any connection may carry any message

	mu      sync.Mutex // guards the rest
	shelf   shelf
	open    int          // connections, and places that were given to those who make one
	waiting []chan *conn // for a connection, or nil: a place for one. Oldest first, each with room for one
	reaper  *time.Timer  // set while there are idle connections
	closed  bool
}

func newPool(cfg Config, d *Driver) *pool {
	if cfg.PerPlayer {
		return &pool{driver: d, limit: cfg.Connections, idle: cfg.Idle, shelf: &players{of: map[uint32]*conn{}}}
	}
	return &pool{driver: d, limit: cfg.Connections, idle: pooledIdle, shared: true, shelf: &stack{}}
}

// take returns an idle connection for t, or nil when t is to make one; it waits while neither may be.
func (p *pool) take(t *trip) (*conn, error) {
	p.mu.Lock()
	if c := p.shelf.pop(t.message.Player); c != nil {
		p.mu.Unlock()
		return c, nil
	}
	if p.open < p.limit {
		p.open++
		p.mu.Unlock()
		return nil, nil
	}
	if old := p.shelf.oldest(); old != nil { // another player's: its place is needed
		p.shelf.remove(old)
		p.mu.Unlock()
		p.driver.dial.Evicted()
		p.driver.abandon(old, true)
		return nil, nil
	}
	place := make(chan *conn, 1)
	p.waiting = append(p.waiting, place)
	p.mu.Unlock()
	return p.wait(t, place)
}

// wait waits for a place until t is due.
func (p *pool) wait(t *trip, place chan *conn) (*conn, error) {
	t.late = true
	timer := time.NewTimer(time.Until(t.began.Add(p.driver.timeout)))
	defer timer.Stop()
	var err error
	select {
	case c := <-place:
		return c, nil
	case <-timer.C:
		t.full = true
		err = transport.ErrDeadline
	case <-t.ctx.Done():
		err = t.ctx.Err()
	case <-p.driver.life.Done():
		err = errCancelled
	}
	if !p.leave(place) { // it was given a place meanwhile
		if c := <-place; c != nil {
			p.put(c)
		} else {
			p.forget()
		}
	}
	return nil, err
}

// leave takes place off the queue and says whether it was still there.
func (p *pool) leave(place chan *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.Index(p.waiting, place)
	if i < 0 {
		return false
	}
	p.waiting = slices.Delete(p.waiting, i, i+1)
	return true
}

// put takes c back after a message.
func (p *pool) put(c *conn) {
	p.mu.Lock()
	switch {
	case p.closed, len(p.waiting) > 0 && !p.shared:
		p.mu.Unlock()
		p.driver.shut(c, true)
		return
	case len(p.waiting) > 0:
		p.next() <- c
	default:
		p.shelf.push(c)
		p.watch()
	}
	p.mu.Unlock()
}

// forget gives the place of a connection that is no more, or that could not be made, to who waits for one.
func (p *pool) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiting) > 0 {
		p.next() <- nil
		return
	}
	p.open--
}

// next takes the first of those who wait off the queue.
func (p *pool) next() chan<- *conn {
	first := p.waiting[0]
	p.waiting = slices.Delete(p.waiting, 0, 1)
	return first
}

// watch sees that idle connections are closed in time: one timer for all of them.
func (p *pool) watch() {
	if p.reaper == nil {
		p.reaper = time.AfterFunc(p.idle, p.reap)
	}
}

// reap closes the connections that have been idle too long and comes again when the next one will have been.
func (p *pool) reap() {
	p.mu.Lock()
	now := time.Since(p.driver.epoch)
	var ripe []*conn
	old := p.shelf.oldest()
	for ; old != nil && now-old.since >= p.idle; old = p.shelf.oldest() {
		p.shelf.remove(old)
		ripe = append(ripe, old)
	}
	if p.reaper = nil; old != nil && !p.closed {
		p.reaper = time.AfterFunc(p.idle-(now-old.since), p.reap)
	}
	p.mu.Unlock()
	for _, c := range ripe {
		p.driver.shut(c, true)
	}
}

// close closes the idle connections. Nothing is under way any more.
func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	if p.reaper != nil {
		p.reaper.Stop()
	}
	var idle []*conn
	for c := p.shelf.oldest(); c != nil; c = p.shelf.oldest() {
		p.shelf.remove(c)
		idle = append(idle, c)
	}
	p.mu.Unlock()
	for _, c := range idle {
		p.driver.shut(c, true)
	}
}
