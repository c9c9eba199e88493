package httpdriver

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

// dialer makes connections that end with the driver: whatever net/http still holds or still dials when the driver is
// closed is cut, so that no goroutine outlives it.
type dialer struct {
	net     net.Dialer
	tls     *tls.Config
	timeout time.Duration // of a dial, and of a TLS handshake
	life    context.Context
	cut     context.CancelFunc
	open    atomic.Int64 // connections that are open now
}

// newDialer trusts the authorities in the PEM ca, or the system's when it is empty.
func newDialer(timeout time.Duration, ca []byte) (*dialer, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if len(ca) > 0 {
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(ca) {
			return nil, errors.New("open http driver: ca holds no PEM certificate")
		}
	}
	d := &dialer{net: net.Dialer{Timeout: timeout}, tls: conf, timeout: timeout}
	d.life, d.cut = context.WithCancel(context.Background())
	return d, nil
}

// newTransport is a net/http transport that changes nothing about a message. HTTP/2 is left out: Connections would not
// mean connections any more, and no player shares one.
func newTransport(cfg Config, d *dialer) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            d.dial,
		DialTLSContext:         d.dialTLS,
		TLSClientConfig:        d.tls, // for a proxy's tunnel, which net/http encrypts by itself
		TLSHandshakeTimeout:    cfg.Timeout,
		MaxConnsPerHost:        cfg.Connections,
		MaxIdleConnsPerHost:    cfg.Connections,
		IdleConnTimeout:        idleTimeout,
		DisableCompression:     true,
		MaxResponseHeaderBytes: headerLimit,
	}
}

// dial connects. net/http lets a dial outlive the message that asked for it, so the driver's end is watched as well.
func (d *dialer) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(d.life, cancel)()
	raw, err := d.net.DialContext(ctx, network, addr)
	if err != nil {
		return nil, &transport.Fault{Class: transport.OfDial(err), Err: err}
	}
	d.open.Add(1)
	forget := context.AfterFunc(d.life, func() { _ = raw.Close() })
	return transport.OnClose(raw, func() { forget(); d.open.Add(-1) }), nil
}

// dialTLS connects and shakes hands.
func (d *dialer) dialTLS(ctx context.Context, network, addr string) (net.Conn, error) {
	raw, err := d.dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	conf := d.tls.Clone()
	if conf.ServerName, _, err = net.SplitHostPort(addr); err != nil {
		return nil, errors.Join(&transport.Fault{Class: contract.ClassDial, Err: err}, raw.Close())
	}
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	secure := tls.Client(raw, conf)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = raw.Close() // the handshake's error is the one to tell
		return nil, &transport.Fault{Class: contract.ClassTLS, Err: err}
	}
	return secure, nil
}
