package h1

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

// conn is one connection. It belongs to one goroutine at a time; only doom and the leash may be touched by others.
type conn struct {
	socket *socket
	stream io.ReadWriter // the socket, or TLS over it
	secure *tls.Conn     // nil without TLS
	player uint32

	used   bool          // it has carried a message
	mark   int64         // what the socket had sent when the latest message came
	armed  time.Duration // the deadline that the socket has, since the driver's epoch
	since  time.Duration // when it became idle
	leash  atomic.Pointer[leash]
	doomed atomic.Bool

	newer, older *conn // among the idle connections of players
}

// follow makes the connection end with l.
func (c *conn) follow(l *leash) {
	if c.leash.Load() != l {
		c.leash.Store(l)
	}
}

// doom makes whatever waits on the connection fail, and the connection unfit for more.
func (c *conn) doom() {
	c.doomed.Store(true)
	_ = c.socket.tcp.SetDeadline(time.Unix(1, 0)) // a connection that is closed already needs no end
}

// arm sees that reading ends at due at the earliest and soon after. To move a deadline costs as much as a system call,
// so it is set a little later than asked for and left alone while it is late enough.
func (c *conn) arm(due, slack time.Duration, epoch time.Time) error {
	if c.armed >= due {
		return nil
	}
	c.armed = due + slack
	return c.socket.tcp.SetDeadline(epoch.Add(c.armed))
}

// alive says whether the server has left the connection as it was. It asks the socket and does not wait.
func (c *conn) alive() bool {
	if c.doomed.Load() {
		return false
	}
	pending, err := c.socket.peek()
	if err != nil || pending && c.secure == nil {
		return false // closed, or an answer to nothing
	}
	if !pending {
		return true
	}
	c.socket.now = true // a record of TLS itself (a ticket, new keys), or its end: let TLS take it
	defer func() { c.socket.now = false }()
	var none [1]byte
	n, err := c.secure.Read(none[:])
	return n == 0 && wouldBlock(err)
}

// connect makes a connection for t, whose deadline bounds it.
func (d *Driver) connect(t *trip) (*conn, error) {
	t.late = true
	c, err := d.dialFor(t)
	if err != nil {
		d.pool.forget()
		return nil, err
	}
	return c, nil
}

func (d *Driver) dialFor(t *trip) (*conn, error) {
	ctx, cancel := context.WithDeadline(t.ctx, t.began.Add(d.timeout))
	defer cancel()
	defer context.AfterFunc(d.life, cancel)()
	tcp, err := d.dial.Connect(ctx)
	if err != nil {
		return nil, &transport.Fault{Class: transport.OfDial(err), Err: err}
	}
	c := &conn{player: t.message.Player}
	if c.socket, err = newSocket(tcp); err != nil {
		d.dial.Closed()
		return nil, errors.Join(&transport.Fault{Class: contract.ClassDial, Err: err}, tcp.Close())
	}
	c.stream = c.socket
	d.adopt(c)
	if err = d.secure(t, c); err != nil {
		d.abandon(c, false)
		return nil, err
	}
	return c, nil
}

// secure sets the deadline and, under TLS, shakes hands. The last words of the handshake travel with the request.
func (d *Driver) secure(t *trip, c *conn) error {
	c.follow(t.leash)
	if err := c.arm(t.due(), d.slack, d.epoch); err != nil {
		return &transport.Fault{Class: contract.ClassDial, Err: err}
	}
	if d.over(t.leash) {
		return errCancelled
	}
	if !d.dial.Secure() {
		return nil
	}
	t.desk.lend(c.socket)
	secure, err := d.dial.Shake(c.socket)
	if err != nil {
		return &transport.Fault{Class: contract.ClassTLS, Err: err}
	}
	c.secure, c.stream = secure, secure
	return nil
}

// adopt puts c on the books.
func (d *Driver) adopt(c *conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.conns[c] = struct{}{}
}

// abandon closes c, politely when nothing is wrong with it, and takes it off the books.
func (d *Driver) abandon(c *conn, politely bool) {
	d.mu.Lock()
	delete(d.conns, c)
	d.mu.Unlock()
	d.dial.Closed()
	if politely && c.secure != nil {
		_ = c.secure.Close() // the peer may be gone already, which is as good
		return
	}
	_ = c.socket.Close() // likewise
}

// shut abandons c and lets another take its place.
func (d *Driver) shut(c *conn, politely bool) {
	d.abandon(c, politely)
	d.pool.forget()
}
