package h1_test

import (
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/drivertest"
	"github.com/passmuster/muster/internal/transport/httpdriver/h1"
)

// TestIdleCloseLosesNothing has the server close its connection after every answer, as a keep-alive limit does. Once a
// connection has been idle for a moment it is looked at before it is used, so nothing is sent into the void.
func TestIdleCloseLosesNothing(t *testing.T) {
	addr, taken, closed := drivertest.Closing(t)
	d := open(t, h1.Config{BaseURL: "http://" + addr})
	defer drivertest.Close(t, d)
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
	d := open(t, h1.Config{BaseURL: s.URL, CA: drivertest.AuthorityOf(s)})
	defer drivertest.Close(t, d)
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

// TestIdleCloseRaceIsTold sends at once after every answer, so that some messages meet the close on their way.
func TestIdleCloseRaceIsTold(t *testing.T) {
	for name, pipeline := range map[string]int{"alone": 0, "pipelined": 4} {
		t.Run(name, func(t *testing.T) {
			drivertest.IdleCloseRace(t, func(base string) transport.Driver {
				return open(t, h1.Config{BaseURL: base, Connections: 1, Pipeline: pipeline})
			})
		})
	}
}

// TestReplayable sends what may be sent twice to a server that closes: it always gets there in the end.
func TestReplayable(t *testing.T) {
	addr, _, _ := drivertest.Closing(t)
	d := open(t, h1.Config{BaseURL: "http://" + addr, Connections: 1})
	defer drivertest.Close(t, d)
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
			l := drivertest.Listen(t)
			hold := make(chan struct{})
			go drivertest.EachConn(l, func(c net.Conn) {
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
			drivertest.Close(t, d)
		})
	}
}
