package h1

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

// pipes carries messages over connections that have several of them under way. Send returns once a message is in the
// buffer of its connection; one goroutine for each connection writes what has gathered there, and one reads.
type pipes struct {
	driver *Driver
	all    []*pipe
	depth  int32         // messages under way on one connection
	free   chan struct{} // a token for each message that may be under way
	turn   atomic.Uint32
	stop   chan struct{}
	ended  sync.WaitGroup // what runs beside the callers
}

func newPipes(cfg Config, d *Driver) *pipes {
	s := &pipes{driver: d, depth: int32(cfg.Pipeline), free: make(chan struct{}, cfg.Connections*cfg.Pipeline), stop: make(chan struct{})}
	for range cfg.Connections {
		s.all = append(s.all, &pipe{owner: s, wake: make(chan struct{}, 1)})
	}
	for range cap(s.free) {
		s.free <- struct{}{}
	}
	s.ended.Go(s.watch)
	return s
}

// send puts m into a pipe.
func (s *pipes) send(ctx context.Context, m *contract.Message, done func(contract.Reply)) {
	d := s.driver
	k := d.desks.Get().(*desk) //nolint:forcetypeassert // the pool holds desks only
	defer func() { d.desks.Put(k.tidy()) }()
	var err error
	if k.request, err = d.head.render(k.request[:0], m); err != nil {
		s.refuse(done, transport.Refuse(err))
		return
	}
	began := time.Now()
	if full, err := s.admit(ctx, began); err != nil {
		t := trip{driver: d, ctx: ctx, full: full}
		s.refuse(done, t.failed(err, 0))
		return
	}
	p := &parcel{done: done, due: began.Add(d.timeout), size: len(k.request), head: isHead(m)}
	to := s.roomy()
	s.follow(ctx, to, p)
	to.put(p, k.request)
	if p.loose && p.leash.ended.Load() {
		to.withdraw(p) // its context ended before it was there to be withdrawn
	}
}

// refuse is the end of a message that got into no pipe.
func (s *pipes) refuse(done func(contract.Reply), r contract.Reply) {
	done(r)
	s.driver.inflight.Done()
}

// admit waits until one more message may be under way.
func (s *pipes) admit(ctx context.Context, began time.Time) (full bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	select {
	case <-s.free:
		return false, nil
	default:
	}
	timer := time.NewTimer(time.Until(began.Add(s.driver.timeout)))
	defer timer.Stop()
	select {
	case <-s.free:
		return false, nil
	case <-timer.C:
		return true, transport.ErrDeadline
	case <-ctx.Done():
		return false, ctx.Err()
	case <-s.driver.life.Done():
		return false, errCancelled
	}
}

// roomy returns a pipe with room for one more, in turn. There is one: there are as many tokens as places.
func (s *pipes) roomy() *pipe {
	for {
		p := s.all[int(s.turn.Add(1))%len(s.all)]
		if p.under.Add(1) <= s.depth {
			return p
		}
		p.under.Add(-1)
	}
}

// follow makes p end with ctx. A loose leash ends one parcel and not a connection.
func (s *pipes) follow(ctx context.Context, to *pipe, p *parcel) {
	if ctx.Done() == nil {
		return
	}
	if p.leash = s.driver.keptLeash(ctx); p.leash != nil {
		return
	}
	l := &leash{done: ctx.Done()}
	l.stop = context.AfterFunc(ctx, func() { l.ended.Store(true); to.withdraw(p) })
	p.leash, p.loose = l, true
}

// end ends every message, and with them the connections.
func (s *pipes) end() {
	for _, p := range s.all {
		p.fail(p.current(), errCancelled)
	}
}

// watch ends messages whose deadline has passed, and with them their connections: what comes behind cannot be read.
func (s *pipes) watch() {
	tick := time.NewTicker(max(s.driver.slack, 5*time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-s.stop:
			return
		case now := <-tick.C:
			for _, p := range s.all {
				p.expire(now)
			}
		}
	}
}

// close ends the connections. Nothing is under way any more.
func (s *pipes) close() {
	close(s.stop)
	s.end()
	s.ended.Wait()
}
