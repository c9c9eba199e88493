package h1

import (
	"context"
	"errors"
	"net"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

// pipe is one connection, or the place for one, with the messages under way on it. It is safe for concurrent use.
type pipe struct {
	owner *pipes
	under atomic.Int32  // messages that have a place in it
	wake  chan struct{} // there is something to write, or the link has ended

	mu     sync.Mutex // guards the rest
	link   *link      // nil while nothing is under way
	queue  []*parcel  // in the order of their requests
	unsent int        // of them, from the end, those whose requests are in out
	out    []byte
	spare  []byte // the memory of the batch before
}

// link is one connection of a pipe in its life from dialling to its end.
type link struct {
	cancel context.CancelFunc // ends the dialling
	net    net.Conn           // nil while dialling
	ended  bool
}

// put adds a message; the first one makes the connection.
func (p *pipe) put(parcel *parcel, request []byte) {
	p.mu.Lock()
	p.queue = append(p.queue, parcel)
	p.out = append(p.out, request...)
	p.unsent++
	if p.link == nil {
		p.open(parcel.due)
	} else if p.link.net != nil {
		p.owner.driver.dial.Reused()
	}
	p.mu.Unlock()
	p.rouse()
}

func (p *pipe) rouse() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// open begins a new link. The mutex is held.
func (p *pipe) open(due time.Time) {
	ctx, cancel := context.WithDeadline(p.owner.driver.life, due)
	l := &link{cancel: cancel}
	p.link = l
	p.owner.ended.Go(func() { p.run(ctx, l) })
}

// run makes the connection, and writes until it ends.
func (p *pipe) run(ctx context.Context, l *link) {
	c, err := p.owner.driver.dialPipe(ctx)
	p.mu.Lock()
	if err == nil && l.ended {
		err = errCancelled
		_ = c.Close()
		p.owner.driver.dial.Closed()
	}
	if err == nil {
		l.net = c
	}
	p.mu.Unlock()
	if err != nil {
		p.fail(l, err)
		return
	}
	p.owner.ended.Go(func() { p.fail(l, p.read(c)) })
	for p.write(l) {
	}
}

// write waits for something to write, writes all that has gathered and says whether the link goes on. That others may
// run first makes the heap larger: fewer system calls for the same messages.
func (p *pipe) write(l *link) bool {
	<-p.wake
	runtime.Gosched()
	p.mu.Lock()
	if l.ended {
		p.mu.Unlock()
		p.rouse() // it may have been meant for the link after this one
		return false
	}
	batch := p.out
	p.out, p.spare = p.spare[:0], nil
	now := time.Now()
	for _, q := range p.queue[len(p.queue)-p.unsent:] {
		q.sent = now
	}
	p.unsent = 0
	p.mu.Unlock()
	if len(batch) == 0 {
		p.keep(batch)
		return true
	}
	if _, err := l.net.Write(batch); err != nil {
		p.fail(l, err)
		return false
	}
	p.keep(batch)
	return true
}

// keep keeps the memory of a batch for the next one but one.
func (p *pipe) keep(batch []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if cap(batch) <= deskOutput {
		p.spare = batch[:0]
	}
}

// next returns the message whose answer comes next; nil when there is none.
func (p *pipe) next() *parcel {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) == p.unsent {
		return nil
	}
	return p.queue[0]
}

// pop takes the message off that was answered.
func (p *pipe) pop() {
	p.mu.Lock()
	p.queue = slices.Delete(p.queue, 0, 1)
	p.mu.Unlock()
	p.vacate()
}

// vacate gives the place of one message to another.
func (p *pipe) vacate() {
	p.under.Add(-1)
	p.owner.free <- struct{}{} // it has room for every place
}

// current is the link now.
func (p *pipe) current() *link {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.link
}

// dialPipe makes a connection for a pipe.
func (d *Driver) dialPipe(ctx context.Context) (net.Conn, error) {
	tcp, err := d.dial.Connect(ctx)
	if err != nil {
		return nil, &transport.Fault{Class: transport.OfDial(err), Err: err}
	}
	if !d.dial.Secure() {
		return tcp, nil
	}
	defer context.AfterFunc(ctx, func() { _ = tcp.SetDeadline(time.Unix(1, 0)) })()
	secure, err := d.dial.Shake(tcp)
	if err != nil {
		d.dial.Closed()
		return nil, errors.Join(&transport.Fault{Class: contract.ClassTLS, Err: err}, tcp.Close())
	}
	return secure, nil
}
