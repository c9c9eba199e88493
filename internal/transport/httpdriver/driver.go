// Package httpdriver carries messages over HTTP/1.1 to one base URL.
//
// Messages flow in, go out as exactly the headers and bytes that they hold, and come back as classified replies. The
// driver follows no redirect, keeps no cookie, asks for no compression and resends nothing that may have been taken.
// The package imports internal/contract and internal/transport.
package httpdriver

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

// Defaults of Config, and the bounds on what one reply may bring.
const (
	DefaultConnections = 64
	DefaultTimeout     = 10 * time.Second

	idleTimeout = 90 * time.Second // an idle connection is closed after this
	bodyLimit   = 1 << 20          // bytes of a reply's body that are kept
	drainLimit  = 16 << 20         // bytes beyond them that are read away; a longer body costs its connection
	headerLimit = 1 << 20          // bytes that the headers of a reply may take
)

// Config says where messages go and how. The zero value of every member but BaseURL is useful.
type Config struct {
	BaseURL     string        // http or https, with a host and possibly a path; a message's path is appended
	Connections int           // most connections at a time; default 64
	Timeout     time.Duration // deadline of one message, from Send to the last byte of the reply; default 10 s
	KeepReplies bool          // keep headers and up to 1 MiB of body; otherwise both are dropped
	CA          []byte        // PEM of the authorities to trust; the system's when empty
	UserAgent   string        // sent when a message names none; empty sends no such header
}

// Driver is a transport.Driver over net/http. It is safe for concurrent use.
//
// Reply.Sent is the instant at which a connection was in hand and the request was passed to it, so neither dialling nor
// waiting for a free connection counts as service time. Reply.Header is sorted by name, because net/http forgets the
// order in which headers came.
type Driver struct {
	base      url.URL
	transport *http.Transport
	dialer    *dialer
	timeout   time.Duration
	keep      bool
	agent     string
	limit     int64

	inflight transport.InFlight
}

// New checks cfg and returns a driver that has not dialled yet.
func New(cfg Config) (*Driver, error) {
	base, err := transport.ParseBase(cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	if cfg.Connections < 0 || cfg.Timeout < 0 {
		return nil, fmt.Errorf("open http driver: connections %d, timeout %v: neither may be negative", cfg.Connections, cfg.Timeout)
	}
	if cfg.Connections == 0 {
		cfg.Connections = DefaultConnections
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = DefaultTimeout
	}
	dialer, err := newDialer(cfg.Timeout, cfg.CA)
	if err != nil {
		return nil, err
	}
	return &Driver{
		base:      base,
		transport: newTransport(cfg, dialer),
		dialer:    dialer,
		timeout:   cfg.Timeout,
		keep:      cfg.KeepReplies,
		agent:     cfg.UserAgent,
		limit:     int64(cfg.Connections),
	}, nil
}

// Send implements transport.Driver. It returns after done.
func (d *Driver) Send(ctx context.Context, m *contract.Message, done func(contract.Reply)) {
	d.inflight.Add()
	defer d.inflight.Done()
	done(d.exchange(ctx, m))
}

// exchange carries m there and the reply back.
func (d *Driver) exchange(parent context.Context, m *contract.Message) contract.Reply {
	x := &exchange{driver: d, payload: payload{bytes: m.Body}}
	defer x.payload.release()
	ctx, cancel := context.WithTimeoutCause(parent, d.timeout, transport.ErrDeadline)
	defer cancel()
	req, err := d.request(httptrace.WithClientTrace(ctx, x.trace()), m, x)
	if err != nil {
		return transport.Refuse(err)
	}
	resp, err := d.transport.RoundTrip(req) //nolint:bodyclose // receive reads it to its end and closes it
	if err != nil {
		return x.failed(ctx, err, 0)
	}
	header, body, err := d.receive(resp)
	if err != nil {
		return x.failed(ctx, err, resp.StatusCode)
	}
	outcome, class := transport.OfStatus(resp.StatusCode)
	return contract.Reply{
		Outcome: outcome, Class: class, Status: resp.StatusCode, Detail: transport.StatusDetail(outcome, resp.StatusCode),
		Header: header, Body: body, Sent: x.sent, Done: time.Now(),
	}
}

// Close implements transport.Driver. When ctx ends first, the connections are cut and the messages that were still on
// the way end as cancelled.
func (d *Driver) Close(ctx context.Context) error {
	err := d.inflight.Settle(ctx, "http", d.dialer.cut) // which cuts every connection and lets no new one be made
	d.transport.CloseIdleConnections()
	return err
}
