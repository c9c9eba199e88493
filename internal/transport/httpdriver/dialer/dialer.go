// Package dialer makes the connections of the HTTP drivers for load: TCP from chosen local addresses, and TLS with
// chosen versions, key exchanges and share of resumed sessions.
//
// An address flows in, connections flow out; how they fared is counted by Meter. Every certificate chain is verified,
// but the same leaf only once. The package imports internal/record.
package dialer

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"time"
)

// Config says where to connect to and from where. Address is required.
type Config struct {
	Address   string       // host:port
	Secure    bool         // TLS, with the host of Address as the server's name
	CA        []byte       // PEM of the authorities to trust; the system's when empty
	Protocols []string     // offered by ALPN; none when empty
	Sources   []netip.Addr // local addresses, dialled from in turn; the system's choice when empty. Linux only
	TLS       TLS
}

// To returns where the connections of a base URL, or by a proxy's URL, go: to its host, at the port of its scheme when it
// names none, secured when it is https.
func To(base *url.URL) Config {
	port := map[string]string{"https": "443", "socks5": "1080", "socks5h": "1080"}[base.Scheme]
	return Config{Address: net.JoinHostPort(base.Hostname(), cmp.Or(base.Port(), port, "80")), Secure: base.Scheme == "https"}
}

// TLS says how connections are secured.
type TLS struct {
	MinVersion, MaxVersion uint16        // such as tls.VersionTLS12; 0 is TLS 1.2 and the newest
	Curves                 []tls.CurveID // key exchanges offered, in order; the library's when empty. TLS 1.2 wants the curve of the certificate among them
	Resumed                float64       // share of the handshakes that resume a session, 0 to 1, where the server lets them
}

// Dialer makes connections. It is safe for concurrent use.
type Dialer struct {
	Meter

	names   *names
	sources sources
	tls     *tls.Config // nil without TLS
}

// New checks cfg. Nothing is looked up or dialled yet.
func New(cfg Config) (*Dialer, error) {
	host, port, err := net.SplitHostPort(cfg.Address)
	if err != nil {
		return nil, fmt.Errorf("address %q: want host:port", cfg.Address)
	}
	d := &Dialer{names: newNames(host, port), sources: sources{list: cfg.Sources}}
	if err := d.sources.check(); err != nil {
		return nil, err
	}
	if cfg.Secure {
		d.tls, err = newTLS(cfg, host)
	}
	return d, err
}

// Connect makes a TCP connection, without keep-alive probes and without delay of small writes. When the host has
// several addresses they are tried in turn, each Connect beginning with another one of the first family. It is bounded
// by ctx alone.
func (d *Dialer) Connect(ctx context.Context) (*net.TCPConn, error) {
	began := time.Now()
	d.dials.Add(1)
	c, err := d.connect(ctx)
	if err != nil {
		d.dialErrors.Add(1)
		if addressError(err) {
			d.addressErrors.Add(1)
		}
		return nil, err
	}
	d.opened(time.Since(began))
	return c, nil
}

func (d *Dialer) connect(ctx context.Context) (*net.TCPConn, error) {
	addresses, err := d.names.lookup(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range addresses {
		var c net.Conn
		if c, err = d.from(a).DialContext(ctx, "tcp", a.String()); err == nil {
			return c.(*net.TCPConn), nil //nolint:forcetypeassert // what "tcp" makes is a TCPConn
		}
		if ctx.Err() != nil || addressError(err) {
			break
		}
	}
	return nil, err
}

// from returns a net.Dialer whose local address is the next source of a's family.
func (d *Dialer) from(a netip.AddrPort) *net.Dialer {
	dial := &net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: false}, KeepAlive: -1}
	if source, ok := d.sources.next(a.Addr()); ok {
		dial.LocalAddr = &net.TCPAddr{IP: source.AsSlice(), Zone: source.Zone()}
		dial.Control = bindWithoutPort
	}
	return dial
}
