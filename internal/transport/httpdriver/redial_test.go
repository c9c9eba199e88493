package httpdriver

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

// TestIdleCloseLosesNothing has the server close its connection after every answer, unannounced, as a keep-alive limit
// does. Once the driver has seen the close, the next message goes by a new connection.
func TestIdleCloseLosesNothing(t *testing.T) {
	addr, taken := closingServer(t)
	d, err := New(Config{BaseURL: "http://" + addr})
	if err != nil {
		t.Fatal(err)
	}
	defer closeSoon(t, d)
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

// TestIdleCloseRaceIsTold sends at once after every answer, so that some messages meet the close on their way. They may
// or may not have been taken: none is reported as never sent or failed, none is taken twice, and what is acknowledged
// was taken.
func TestIdleCloseRaceIsTold(t *testing.T) {
	const messages = 200
	addr, taken := closingServer(t)
	d, err := New(Config{BaseURL: "http://" + addr, Connections: 1})
	if err != nil {
		t.Fatal(err)
	}
	var count [contract.Outcomes]int64
	for range messages {
		r := post(d)
		count[r.Outcome]++
		if r.Outcome == contract.Indeterminate && r.Class != contract.ClassReset {
			t.Errorf("indeterminate reply has class %q (%s), want reset", r.Class, r.Detail)
		}
	}
	closeSoon(t, d)
	if count[contract.NeverSent]+count[contract.Failed] > 0 {
		t.Errorf("outcomes %v, want acknowledged and indeterminate only", count)
	}
	if got := taken.Load(); got < count[contract.Acknowledged] || got > messages {
		t.Errorf("server took %d of %d messages, %d acknowledged", got, messages, count[contract.Acknowledged])
	}
}

// TestBytesAreFreeAfterDone has a server answer before it has read the body: net/http may still be writing it, but must
// not read it any more once done was called. The race detector tells.
func TestBytesAreFreeAfterDone(t *testing.T) {
	l := listenLoopback(t)
	go eachConn(l, func(c net.Conn) {
		_, _ = io.WriteString(c, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
		_, _ = io.Copy(io.Discard, c)
	})
	d, err := New(Config{BaseURL: "http://" + l.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	defer closeSoon(t, d)
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

// closingServer answers one request per connection and then closes it, without having said so.
func closingServer(t *testing.T) (string, *atomic.Int64) {
	t.Helper()
	l := listenLoopback(t)
	taken := new(atomic.Int64)
	go eachConn(l, func(c net.Conn) {
		r, err := http.ReadRequest(bufio.NewReader(c))
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		taken.Add(1)
		_, _ = fmt.Fprint(c, "HTTP/1.1 204 No Content\r\n\r\n")
	})
	return l.Addr().String(), taken
}

func listenLoopback(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// eachConn serves every connection of l and closes it.
func eachConn(l net.Listener, serve func(net.Conn)) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close() //nolint:errcheck // the peer notices
			serve(c)
		}()
	}
}

func post(d *Driver) contract.Reply {
	m := contract.Message{Method: http.MethodPost, Path: "/", Body: []byte("x")}
	return transport.Exchange(context.Background(), d, &m)
}

func closeSoon(t *testing.T, d *Driver) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := d.Close(ctx); err != nil {
		t.Errorf("Close: %v", err)
	}
}
