package h1_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/drivertest"
	"github.com/passmuster/muster/internal/transport/httpdriver/h1"
)

// closingServer answers one request per connection and then closes it, without having said so.
func closingServer(t *testing.T) (addr string, taken *atomic.Int64, closed chan struct{}) {
	t.Helper()
	l := listenLoopback(t)
	taken, closed = new(atomic.Int64), make(chan struct{}, 1000)
	go eachConn(l, func(c net.Conn) {
		r, err := http.ReadRequest(bufio.NewReader(c))
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		taken.Add(1)
		_, _ = fmt.Fprint(c, "HTTP/1.1 204 No Content\r\n\r\n")
		_ = c.Close()
		closed <- struct{}{}
	})
	return l.Addr().String(), taken, closed
}

// TestIdleCloseLosesNothing has the server close its connection after every answer, as a keep-alive limit does. Once a
// connection has been idle for a moment it is looked at before it is used, so nothing is sent into the void.
func TestIdleCloseLosesNothing(t *testing.T) {
	addr, taken, closed := closingServer(t)
	d := open(t, h1.Config{BaseURL: "http://" + addr})
	defer closeDriver(t, d)
	const messages = 3
	for n := range messages {
		if r := post(d, "x"); r.Outcome != contract.Acknowledged {
			t.Fatalf("message %d: %+v, want acknowledged", n, r)
		}
		<-closed
		time.Sleep(5 * time.Millisecond) // the connection is to be idle longer than it is trusted unseen
	}
	if l := d.Meter(); taken.Load() != messages || l.Dials != messages || l.Stale != messages-1 || l.Reused != 0 {
		t.Errorf("server took %d of %d; links %+v, want a dial for each and each but the last found dead", taken.Load(), messages, l)
	}
}

// TestIdleCloseOfTLSLosesNothing is the same over TLS, where a close is announced by a record.
func TestIdleCloseOfTLSLosesNothing(t *testing.T) {
	h := drivertest.HTTP{TLS: true}
	s := h.Serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	d := open(t, h1.Config{BaseURL: s.URL, CA: authority(s)})
	defer closeDriver(t, d)
	for n := range 3 {
		if r := post(d, "x"); r.Outcome != contract.Acknowledged {
			t.Fatalf("message %d: %+v, want acknowledged", n, r)
		}
		if n == 0 {
			time.Sleep(5 * time.Millisecond) // so that it is looked at, and found alive
			continue
		}
		s.CloseClientConnections()
		time.Sleep(5 * time.Millisecond)
	}
	if l := d.Meter(); l.Full != 2 || l.Stale != 1 || l.Reused != 1 {
		t.Errorf("links %+v, want two handshakes, one connection found dead, one used again", l)
	}
}

// TestIdleCloseRaceIsTold sends at once after every answer, so that some messages meet the close on their way. They may
// or may not have been taken: none is reported as never sent or failed, none is taken twice, and what is acknowledged
// was taken.
func TestIdleCloseRaceIsTold(t *testing.T) {
	const messages = 200
	for name, pipeline := range map[string]int{"alone": 0, "pipelined": 4} {
		t.Run(name, func(t *testing.T) {
			addr, taken, _ := closingServer(t)
			d := open(t, h1.Config{BaseURL: "http://" + addr, Connections: 1, Pipeline: pipeline})
			var count [contract.Outcomes]int64
			for range messages {
				r := post(d, "x")
				count[r.Outcome]++
				if r.Outcome == contract.Indeterminate && r.Class != contract.ClassReset {
					t.Errorf("indeterminate reply has class %q (%s), want reset", r.Class, r.Detail)
				}
			}
			closeDriver(t, d)
			if count[contract.NeverSent]+count[contract.Failed] > 0 {
				t.Errorf("outcomes %v, want acknowledged and indeterminate only", count)
			}
			if got := taken.Load(); got < count[contract.Acknowledged] || got > messages {
				t.Errorf("server took %d of %d messages, %d acknowledged", got, messages, count[contract.Acknowledged])
			}
		})
	}
}

// TestReplayable sends what may be sent twice to a server that closes: it always gets there in the end.
func TestReplayable(t *testing.T) {
	addr, _, _ := closingServer(t)
	d := open(t, h1.Config{BaseURL: "http://" + addr, Connections: 1})
	defer closeDriver(t, d)
	for n := range 50 {
		m := contract.Message{Method: "GET", Path: "/"}
		if n%2 == 1 {
			m = contract.Message{Method: "POST", Path: "/", Header: []contract.Field{{Name: "Idempotency-Key", Value: "k"}}}
		}
		if r := transport.Exchange(t.Context(), d, &m); r.Outcome != contract.Acknowledged {
			t.Fatalf("message %d: %+v, want acknowledged", n, r)
		}
	}
}

// TestEarlyAnswer has a server answer before it has read a body that no buffer holds, and never read it. The answer
// counts, and the message's bytes are free once done was called: the race detector tells.
func TestEarlyAnswer(t *testing.T) {
	for name, pipeline := range map[string]int{"alone": 0, "pipelined": 4} {
		t.Run(name, func(t *testing.T) {
			l := listenLoopback(t)
			hold := make(chan struct{})
			go eachConn(l, func(c net.Conn) {
				_, _ = io.WriteString(c, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
				<-hold
			})
			d := open(t, h1.Config{BaseURL: "http://" + l.Addr().String(), Pipeline: pipeline})
			m := contract.Message{Method: http.MethodPost, Path: "/", Body: make([]byte, 32<<20)}
			replies := make(chan contract.Reply, 1)
			d.Send(t.Context(), &m, func(r contract.Reply) {
				clear(m.Body)
				replies <- r
			})
			r := <-replies
			early := pipeline > 0 && r.Outcome == contract.Indeterminate // the answer came before the request was on the wire
			if !early && (r.Outcome != contract.Failed || r.Class != contract.ClassTooLarge) {
				t.Errorf("reply %+v, want failed, too large", r)
			}
			close(hold)
			closeDriver(t, d)
		})
	}
}
