package drivertest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

// noContent is an answer that takes a message.
const noContent = "HTTP/1.1 204 No Content\r\n\r\n"

// Listen listens on a free port of loopback for the length of the test.
func Listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// EachConn serves every connection of l, each on a goroutine of its own, and closes it. It returns when l is closed.
func EachConn(l net.Listener, serve func(net.Conn)) {
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

// Wiretap takes one request per connection, answers it with 204 and tells what it heard of the first, byte for byte.
func Wiretap(t testing.TB) (addr string, heard <-chan string) {
	t.Helper()
	l, first := Listen(t), make(chan string, 1)
	go EachConn(l, func(c net.Conn) {
		var all bytes.Buffer
		if readRequest(io.TeeReader(c, &all)) != nil {
			return
		}
		first <- all.String()
		_, _ = io.WriteString(c, noContent)
	})
	return l.Addr().String(), first
}

// Closing takes one request per connection, answers it with 204 and closes the connection without having said so. It
// counts what it took and tells of every close, up to a thousand.
func Closing(t testing.TB) (addr string, taken *atomic.Int64, closed <-chan struct{}) {
	t.Helper()
	l, closes := Listen(t), make(chan struct{}, 1000)
	taken = new(atomic.Int64)
	go EachConn(l, func(c net.Conn) {
		if readRequest(c) != nil {
			return
		}
		taken.Add(1)
		_, _ = io.WriteString(c, noContent)
		_ = c.Close()
		closes <- struct{}{}
	})
	return l.Addr().String(), taken, closes
}

// readRequest reads a request to its end.
func readRequest(from io.Reader) error {
	r, err := http.ReadRequest(bufio.NewReader(from))
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r.Body)
	return err
}

// IdleCloseRace has a driver with one connection send to a server that closes after every answer, at once after each, so
// that some messages meet the close on their way. They may or may not have been taken: none is reported as never sent or
// failed, none is taken twice, and what is acknowledged was taken.
func IdleCloseRace(t *testing.T, open func(base string) transport.Driver) {
	t.Helper()
	const messages = 200
	addr, taken, _ := Closing(t)
	d := open("http://" + addr)
	var count [contract.Outcomes]int64
	for range messages {
		r := transport.Exchange(context.Background(), d, &contract.Message{Method: http.MethodPost, Path: "/", Body: []byte("x")})
		count[r.Outcome]++
		if r.Outcome == contract.Indeterminate && r.Class != contract.ClassReset {
			t.Errorf("indeterminate reply has class %q (%s), want reset", r.Class, r.Detail)
		}
	}
	Close(t, d)
	if count[contract.NeverSent]+count[contract.Failed] > 0 {
		t.Errorf("outcomes %v, want acknowledged and indeterminate only", count)
	}
	if got := taken.Load(); got < count[contract.Acknowledged] || got > messages {
		t.Errorf("server took %d of %d messages, %d acknowledged", got, messages, count[contract.Acknowledged])
	}
}

// DeadAddress is a loopback address where nobody listens any more.
func DeadAddress(t testing.TB) string {
	t.Helper()
	l := Listen(t)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String()
}

// Close closes a driver that has nothing to cut off.
func Close(t testing.TB, d transport.Driver) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := d.Close(ctx); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// AuthorityOf is the authority of a TLS test server, as PEM; nil for a server without TLS.
func AuthorityOf(s *httptest.Server) []byte {
	if s.TLS == nil {
		return nil
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
}
