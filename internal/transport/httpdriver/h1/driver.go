// Package h1 carries messages over HTTP/1.1 to one base URL, for load: what net/http does well and at length, this does
// for the plain case with one write and one read on the caller's own goroutine.
//
// Messages flow in, go out as exactly the headers and bytes that they hold, in their order, and come back as classified
// replies without headers and bodies. The plain answer is understood here; anything else (chunks, interim answers,
// HTTP/1.0, odd heads) is read by the standard library from the same bytes. Like httpdriver it follows no redirect,
// keeps no cookie, asks for no compression and resends nothing that may have been taken. The package imports
// internal/contract, internal/record, internal/transport and dialer.
package h1

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/httpdriver/dialer"
)

// Driver is a transport.Driver and a transport.Meter. It is safe for concurrent use.
//
// Reply.Sent is the instant at which a connection was in hand and the request was passed to it, so neither dialling nor
// waiting for a free connection counts as service time. A message that nobody answers ends up to a hundredth of the
// timeout late, because deadlines are not moved for every message.
type Driver struct {
	dial     *dialer.Dialer
	head     head
	pool     *pool
	pipes    *pipes // nil without pipelining
	timeout  time.Duration
	slack    time.Duration // how much later than a deadline a connection may be told of it
	oneShot  bool          // a connection is closed after its first message
	epoch    time.Time
	life     context.Context
	cut      context.CancelFunc
	kept     atomic.Pointer[leash]
	desks    sync.Pool
	inflight transport.InFlight

	mu    sync.Mutex // guards conns
	conns map[*conn]struct{}
}

// New checks cfg and returns a driver that has not dialled yet.
func New(cfg Config) (*Driver, error) {
	base, err := transport.ParseBase(cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	if cfg, err = cfg.check(); err != nil {
		return nil, fmt.Errorf("open http driver: %w", err)
	}
	dial, err := cfg.dialer(&base)
	if err != nil {
		return nil, fmt.Errorf("open http driver: %w", err)
	}
	d := &Driver{
		dial: dial, head: newHead(&base, cfg.UserAgent), timeout: cfg.Timeout,
		slack: max(cfg.Timeout/100, time.Millisecond), oneShot: cfg.PerPlayer && cfg.Idle == 0,
		epoch: time.Now(), conns: map[*conn]struct{}{}, desks: sync.Pool{New: func() any { return newDesk() }},
	}
	d.pool = newPool(cfg, d)
	d.life, d.cut = context.WithCancel(context.Background())
	if cfg.Pipeline > 1 {
		d.pipes = newPipes(cfg, d)
	}
	return d, nil
}

// Meter implements transport.Meter.
func (d *Driver) Meter() record.Links { return d.dial.Links() }

// Send implements transport.Driver. It returns after done; with pipelining it returns once m is in a buffer, whose wire is
// the connection.
func (d *Driver) Send(ctx context.Context, m *contract.Message, done func(contract.Reply)) {
	d.inflight.Add()
	if d.pipes != nil {
		d.pipes.send(ctx, m, done)
		return
	}
	defer d.inflight.Done()
	done(d.exchange(ctx, m))
}

// exchange carries m there and the reply back.
func (d *Driver) exchange(ctx context.Context, m *contract.Message) contract.Reply {
	k := d.desks.Get().(*desk) //nolint:forcetypeassert // the pool holds desks only
	defer d.desks.Put(k.tidy())
	var err error
	if k.request, err = d.head.render(k.request[:0], m); err != nil {
		return transport.Refuse(err)
	}
	l, loose := d.leashOf(ctx)
	if loose {
		defer l.stop()
	}
	t := trip{driver: d, desk: k, message: m, leash: l, loose: loose, ctx: ctx, began: time.Now()}
	return t.run()
}

// Close implements transport.Driver. When ctx ends first, the connections are cut and the messages that were still on
// the way end as cancelled.
func (d *Driver) Close(ctx context.Context) error {
	err := d.inflight.Settle(ctx, "http", d.sever)
	d.pool.close()
	if d.pipes != nil {
		d.pipes.close()
	}
	if l := d.kept.Load(); l != nil {
		l.stop()
	}
	return err
}

// sever dooms every connection and lets no new one be made.
func (d *Driver) sever() {
	d.cut()
	d.doom(func(*conn) bool { return true })
	if d.pipes != nil {
		d.pipes.end()
	}
}
