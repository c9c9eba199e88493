package h2

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/net/http2"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

// errNoHTTP2 is what a handshake ends with when the server speaks something else.
var errNoHTTP2 = errors.New("the server does not offer HTTP/2 (ALPN h2)")

// line is the place of one connection. It is safe for concurrent use.
type line struct {
	driver *Driver
	conn   atomic.Pointer[http2.ClientConn] // nil while there is none
	free   chan struct{}                    // holds a value while somebody dials
}

// GetClientConn implements http2.ClientConnPool: connections take turns. Before the second call for a request nothing of
// it has been taken, or it would not be tried again.
func (d *Driver) GetClientConn(req *http.Request, _ string) (*http2.ClientConn, error) {
	t, _ := req.Context().Value(tripKey{}).(*trip)
	t.sent = time.Time{}
	l := d.lines[int(d.turn.Add(1))%len(d.lines)]
	cc, err := l.client(req.Context())
	if err == nil {
		t.sent = time.Now()
	}
	return cc, err
}

// MarkDead implements http2.ClientConnPool. A dead connection is found when it is to be used.
func (d *Driver) MarkDead(*http2.ClientConn) {}

// client returns the line's connection, a new one when there is none that takes messages. One caller dials, the others
// wait for it.
func (l *line) client(ctx context.Context) (*http2.ClientConn, error) {
	if cc := l.conn.Load(); cc != nil && cc.CanTakeNewRequest() {
		l.driver.dial.Reused()
		return cc, nil
	}
	select {
	case l.free <- struct{}{}:
		defer func() { <-l.free }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if cc := l.conn.Load(); cc != nil {
		if cc.CanTakeNewRequest() {
			return cc, nil
		}
		l.driver.dial.Stale() // it ends with its last stream
		go func() { _ = cc.Shutdown(l.driver.life) }()
	}
	return l.open(ctx)
}

// open makes a connection.
func (l *line) open(ctx context.Context) (*http2.ClientConn, error) {
	d := l.driver
	tcp, err := d.dial.Connect(ctx)
	if err != nil {
		return nil, &transport.Fault{Class: transport.OfDial(err), Err: err}
	}
	c := transport.OnClose(tcp, d.dial.Closed)
	if d.dial.Secure() {
		if c, err = d.secure(ctx, c); err != nil {
			return nil, err
		}
	}
	cc, err := d.transport.NewClientConn(c)
	if err != nil {
		_ = c.Close() // the error before it is the one to tell
		return nil, &transport.Fault{Class: contract.ClassDial, Err: err}
	}
	if err := greet(ctx, cc); err != nil {
		_ = cc.Close() // likewise
		return nil, err
	}
	l.conn.Store(cc)
	return cc, nil
}

// greet waits until the server has spoken HTTP/2. In clear text nothing else tells whether it does, and a message sent
// before that would be indeterminate although nobody there could read it.
func greet(ctx context.Context, cc *http2.ClientConn) error {
	err := cc.Ping(ctx)
	if err == nil || ctx.Err() != nil {
		return err
	}
	return &transport.Fault{Class: contract.ClassProtocol, Err: fmt.Errorf("the server does not speak HTTP/2: %w", err)}
}

// secure shakes hands, within ctx.
func (d *Driver) secure(ctx context.Context, c net.Conn) (net.Conn, error) {
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
	secure, err := d.dial.Shake(c)
	if !stop() && err == nil {
		err = context.Cause(ctx)
	}
	if err == nil && secure.ConnectionState().NegotiatedProtocol != http2.NextProtoTLS {
		err = errNoHTTP2
	}
	if err != nil {
		_ = c.Close() // the handshake's error is the one to tell
		return nil, &transport.Fault{Class: contract.ClassTLS, Err: err}
	}
	return secure, nil
}

// close closes the connection. No message is under way.
func (l *line) close() {
	if cc := l.conn.Load(); cc != nil {
		_ = cc.Close() // nothing is lost by it
	}
}
