package httpdriver

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/drivertest"
)

// TestIdleCloseLosesNothing has the server close its connection after every answer, unannounced, as a keep-alive limit
// does. Once the driver has seen the close, the next message goes by a new connection.
func TestIdleCloseLosesNothing(t *testing.T) {
	addr, taken, _ := drivertest.Closing(t)
	d, err := New(Config{BaseURL: "http://" + addr})
	if err != nil {
		t.Fatal(err)
	}
	defer drivertest.Close(t, d)
	closed := make(chan struct{}, 8)
	dial := d.dialer.dial
	d.transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		return &noticed{Conn: c, closed: closed}, err
	}
	for n := range 3 {
		if r := post(d); r.Outcome != contract.Acknowledged {
			t.Fatalf("message %d: %+v, want acknowledged", n, r)
		}
		<-closed
	}
	if got := taken.Load(); got != 3 {
		t.Errorf("server took %d messages, want 3", got)
	}
}

// TestIdleCloseRaceIsTold is the same without waiting for the driver to see the close.
func TestIdleCloseRaceIsTold(t *testing.T) {
	drivertest.IdleCloseRace(t, func(base string) transport.Driver {
		d, err := New(Config{BaseURL: base, Connections: 1})
		if err != nil {
			t.Fatal(err)
		}
		return d
	})
}

// TestBytesAreFreeAfterDone has a server answer before it has read the body: net/http may still be writing it, but must
// not read it any more once done was called. The race detector tells.
func TestBytesAreFreeAfterDone(t *testing.T) {
	l := drivertest.Listen(t)
	go drivertest.EachConn(l, func(c net.Conn) {
		_, _ = io.WriteString(c, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
		_, _ = io.Copy(io.Discard, c)
	})
	d, err := New(Config{BaseURL: "http://" + l.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	defer drivertest.Close(t, d)
	body := make([]byte, 8<<20)
	m := contract.Message{Method: http.MethodPost, Path: "/", Body: body}
	d.Send(context.Background(), &m, func(contract.Reply) { clear(body) })
}

// noticed tells when the driver closes a connection.
type noticed struct {
	net.Conn
	closed chan struct{}
}

func (c *noticed) Close() error {
	c.closed <- struct{}{}
	return c.Conn.Close()
}

func post(d *Driver) contract.Reply {
	m := contract.Message{Method: http.MethodPost, Path: "/", Body: []byte("x")}
	return transport.Exchange(context.Background(), d, &m)
}
