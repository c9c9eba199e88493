package h1_test

import (
	"io"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/drivertest"
	"github.com/passmuster/muster/internal/transport/httpdriver/h1"
)

// visitors is a server that remembers from where each player came, and how many connections have been closed.
type visitors struct {
	mu     sync.Mutex
	from   map[string][]string
	closed chan struct{}
}

func (v *visitors) serve(t *testing.T, h drivertest.HTTP) (base string, ca []byte) {
	t.Helper()
	v.from, v.closed = map[string][]string{}, make(chan struct{}, 1000)
	h.ConnState = func(_ net.Conn, to http.ConnState) {
		if to == http.StateClosed {
			v.closed <- struct{}{}
		}
	}
	s := h.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		v.mu.Lock()
		defer v.mu.Unlock()
		v.from[string(body)] = append(v.from[string(body)], r.RemoteAddr)
		w.WriteHeader(http.StatusNoContent)
	})
	if h.TLS {
		ca = drivertest.AuthorityOf(s)
	}
	return s.URL, ca
}

// visit sends one message of each player in turn.
func visit(t *testing.T, d transport.Driver, players ...uint32) {
	t.Helper()
	for _, p := range players {
		m := contract.Message{Method: "POST", Path: "/", Body: []byte{byte('a' + p)}, Player: p}
		if r := transport.Exchange(t.Context(), d, &m); r.Outcome != contract.Acknowledged {
			t.Fatalf("player %d: %+v, want acknowledged", p, r)
		}
	}
}

func TestPlayersKeepTheirConnections(t *testing.T) {
	var v visitors
	base, ca := v.serve(t, drivertest.HTTP{TLS: true})
	d := open(t, h1.Config{BaseURL: base, CA: ca, PerPlayer: true, Idle: time.Minute})
	defer drivertest.Close(t, d)
	visit(t, d, 0, 1, 2, 1, 0, 2, 2)
	ports := map[string]bool{}
	for player, from := range v.from {
		if len(slices.Compact(from)) != 1 {
			t.Errorf("player %s came from %v, want from one connection", player, from)
		}
		ports[from[0]] = true
	}
	if l := d.Meter(); len(ports) != 3 || l.Dials != 3 || l.Open != 3 || l.Full != 3 || l.Reused != 4 || l.Closed != 0 {
		t.Errorf("%d connections, links %+v, want one for each of 3 players", len(ports), l)
	}
}

func TestPlayersCloseAfterEachMessage(t *testing.T) {
	var v visitors
	base, _ := v.serve(t, drivertest.HTTP{})
	d := open(t, h1.Config{BaseURL: base, PerPlayer: true})
	defer drivertest.Close(t, d)
	visit(t, d, 0, 1, 0, 0)
	for range 4 {
		<-v.closed
	}
	if l := d.Meter(); l.Dials != 4 || l.Closed != 4 || l.Open != 0 || l.Reused != 0 {
		t.Errorf("links %+v, want 4 dialled and closed", l)
	}
}

// TestIdlePlayersHangUp waits for the server to see that an idle connection was closed, and later ones in their order.
func TestIdlePlayersHangUp(t *testing.T) {
	var v visitors
	base, _ := v.serve(t, drivertest.HTTP{})
	d := open(t, h1.Config{BaseURL: base, PerPlayer: true, Idle: 20 * time.Millisecond})
	defer drivertest.Close(t, d)
	visit(t, d, 0)
	<-v.closed
	visit(t, d, 1, 2)
	<-v.closed
	<-v.closed
	if l := d.Meter(); l.Dials != 3 || l.Closed != 3 || l.Open != 0 {
		t.Errorf("links %+v, want 3 dialled and closed", l)
	}
}

// TestPlayersMakeRoom has more players than there may be connections: who has been idle longest goes.
func TestPlayersMakeRoom(t *testing.T) {
	var v visitors
	base, _ := v.serve(t, drivertest.HTTP{})
	d := open(t, h1.Config{BaseURL: base, PerPlayer: true, Idle: time.Minute, Connections: 2})
	defer drivertest.Close(t, d)
	visit(t, d, 0, 1, 2, 1, 0) // 2 takes 0's place; then 0 takes 2's
	if l := d.Meter(); l.Dials != 4 || l.Evicted != 2 || l.Reused != 1 || l.Open != 2 {
		t.Errorf("links %+v, want 4 dials, 2 evicted, 1 reused, 2 open", l)
	}
}

func TestSources(t *testing.T) {
	var v visitors
	base, _ := v.serve(t, drivertest.HTTP{})
	sources := []netip.Addr{netip.MustParseAddr("127.0.0.2"), netip.MustParseAddr("127.0.0.3"), netip.MustParseAddr("::1")}
	cfg := h1.Config{BaseURL: base, PerPlayer: true, Sources: sources}
	if runtime.GOOS != "linux" {
		if _, err := h1.New(cfg); err == nil {
			t.Error("sources are accepted on a system that cannot bind to them well")
		}
		return
	}
	d := open(t, cfg)
	defer drivertest.Close(t, d)
	visit(t, d, 0, 0, 0, 0)
	count := map[string]int{}
	for _, from := range v.from["a"] {
		host, _, _ := net.SplitHostPort(from)
		count[host]++
	}
	if count["127.0.0.2"] == 0 || count["127.0.0.3"] == 0 || len(count) != 2 {
		t.Errorf("came from %v, want from both sources of the family in turn", count)
	}
}

// TestForeignSource dials from an address that this machine does not have: its own fault, and no claim about the target.
func TestForeignSource(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("sources are refused here")
	}
	d := open(t, h1.Config{BaseURL: "http://127.0.0.1:1", Sources: []netip.Addr{netip.MustParseAddr("192.0.2.1")}})
	defer drivertest.Close(t, d)
	r := post(d, "x")
	if r.Outcome != contract.NeverSent || r.Class != contract.ClassGenerator {
		t.Errorf("reply %+v, want never sent, by the generator's fault", r)
	}
	if l := d.Meter(); l.AddressErrors != 1 || l.DialErrors != 1 || l.Dials != 1 {
		t.Errorf("links %+v, want one address error", l)
	}
}

func TestExchangeAllocatesNothing(t *testing.T) {
	l := drivertest.Listen(t)
	go drivertest.EachConn(l, func(c net.Conn) {
		b, answer := make([]byte, 4096), []byte("HTTP/1.1 204 No Content\r\nDate: Sat, 21 Nov 2026 12:00:00 GMT\r\n\r\n")
		for {
			if _, err := c.Read(b); err != nil {
				return
			}
			if _, err := c.Write(answer); err != nil {
				return
			}
		}
	})
	d := open(t, h1.Config{BaseURL: "http://" + l.Addr().String()})
	defer drivertest.Close(t, d)
	m := contract.Message{Method: "POST", Path: "/v1/x", Body: make([]byte, 300), Header: []contract.Field{{Name: "Content-Type", Value: "application/json"}}}
	var last contract.Reply
	done := func(r contract.Reply) { last = r }
	ctx := t.Context()
	allocs := testing.AllocsPerRun(200, func() { d.Send(ctx, &m, done) })
	if last.Outcome != contract.Acknowledged {
		t.Fatalf("reply %+v", last)
	}
	if allocs > 0 && !raceEnabled {
		t.Errorf("%v allocations per exchange, want none", allocs)
	}
}
