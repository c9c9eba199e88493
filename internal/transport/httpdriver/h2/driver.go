// Package h2 carries messages over HTTP/2 to one base URL, for load: over TLS where the base URL is https, and in clear
// text by prior knowledge where it is http.
//
// Messages flow in and come back as classified replies without headers and bodies. The protocol is spoken by
// golang.org/x/net/http2; connections are dialled, secured and counted by dialer, and shared by all players, as many
// streams at a time as the server allows. Header names go out in lower case, in no order, as HTTP/2 has it. Like
// httpdriver it follows no redirect, asks for no compression and resends nothing that may have been taken. The library
// is the limit: an exchange costs about 2.5 times the processor time of one by h1 over TLS. The package imports
// internal/contract, internal/record, internal/transport and dialer.
package h2

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"sync/atomic"
	"time"

	"golang.org/x/net/http2"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/httpdriver/dialer"
)

// Defaults of Config, and the bounds on what one reply may bring.
const (
	DefaultConnections = 1
	DefaultTimeout     = 10 * time.Second

	drainLimit  = 16 << 20 // bytes of a reply's body that are read away; the stream of a longer body is reset
	headerLimit = 1 << 20  // bytes that the headers of a reply may take
)

// Config says where messages go and how. The zero value of every member but BaseURL is useful.
type Config struct {
	BaseURL     string        // http or https, with a host and possibly a path; a message's path is appended
	Connections int           // connections that the streams share, in turn; default 1
	Timeout     time.Duration // deadline of one message, from Send to the last byte of the reply; default 10 s
	CA          []byte        // PEM of the authorities to trust; the system's when empty
	UserAgent   string        // sent when a message names none; empty sends no such header
	Sources     []netip.Addr  // local addresses to dial from in turn; the system's choice when empty. Linux only
	TLS         dialer.TLS    // how https is secured; Resumed 0 resumes nothing
}

// Driver is a transport.Driver and a transport.Meter. It is safe for concurrent use.
//
// Reply.Sent is the instant at which a connection was in hand and the request was passed to it; a wait for the server
// to allow one more stream counts as service time, for it is the server's bound.
type Driver struct {
	base      url.URL
	dial      *dialer.Dialer
	transport *http2.Transport
	lines     []*line
	turn      atomic.Uint32
	timeout   time.Duration
	agent     string
	life      context.Context
	cut       context.CancelFunc
	inflight  transport.InFlight
}

// New checks cfg and returns a driver that has not dialled yet.
func New(cfg Config) (*Driver, error) {
	base, err := transport.ParseBase(cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	if cfg.Connections < 0 || cfg.Timeout < 0 {
		return nil, fmt.Errorf("open http/2 driver: connections %d, timeout %v: neither may be negative", cfg.Connections, cfg.Timeout)
	}
	dial, err := cfg.dialer(&base)
	if err != nil {
		return nil, fmt.Errorf("open http/2 driver: %w", err)
	}
	d := &Driver{base: base, dial: dial, timeout: cmp.Or(cfg.Timeout, DefaultTimeout), agent: cfg.UserAgent}
	d.life, d.cut = context.WithCancel(context.Background())
	d.transport = &http2.Transport{
		ConnPool: d, AllowHTTP: true, DisableCompression: true, StrictMaxConcurrentStreams: true, MaxHeaderListSize: headerLimit,
	}
	for range cmp.Or(cfg.Connections, DefaultConnections) {
		d.lines = append(d.lines, &line{driver: d, free: make(chan struct{}, 1)})
	}
	return d, nil
}

// dialer makes what connects to base.
func (c Config) dialer(base *url.URL) (*dialer.Dialer, error) {
	to := dialer.To(base)
	to.CA, to.Protocols, to.Sources, to.TLS = c.CA, []string{http2.NextProtoTLS}, c.Sources, c.TLS
	return dialer.New(to)
}

// Meter implements transport.Meter.
func (d *Driver) Meter() record.Links { return d.dial.Links() }

// Send implements transport.Driver. It returns after done.
func (d *Driver) Send(ctx context.Context, m *contract.Message, done func(contract.Reply)) {
	d.inflight.Add()
	defer d.inflight.Done()
	done(d.exchange(ctx, m))
}

// Close implements transport.Driver. When ctx ends first, the connections are cut and the messages that were still on
// the way end as cancelled.
func (d *Driver) Close(ctx context.Context) error {
	err := d.inflight.Settle(ctx, "http/2", d.cut) // which cancels every message and lets no new connection be made
	for _, l := range d.lines {
		l.close()
	}
	return err
}
