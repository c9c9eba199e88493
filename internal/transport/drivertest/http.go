package drivertest

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

// short is the deadline where a test waits for it.
const short = 300 * time.Millisecond

// HTTP is how a driver that speaks HTTP is tried.
type HTTP struct {
	// Open opens a driver to base; ca holds the authority of a server by https, and is empty for one that is not to be
	// trusted. timeout 0 is the driver's default.
	Open func(t *testing.T, base string, ca []byte, timeout time.Duration) transport.Driver

	TLS   bool // the servers are behind https
	HTTP2 bool // the servers speak HTTP/2

	ConnState func(net.Conn, http.ConnState) // told how the servers' connections fare; nil for nobody
}

// Fixture makes the servers that answer, that hang and that refuse.
func (h HTTP) Fixture(*testing.T) Fixture {
	return Fixture{
		Render: renderPost,
		Live: func(t *testing.T) (transport.Driver, func() []string) {
			box := &inbox{}
			return h.open(t, box.ServeHTTP), box.list
		},
		Hanging: h.hanging,
		Dead: func(t *testing.T) transport.Driver {
			return h.Open(t, "http://"+DeadAddress(t), nil, 0)
		},
		Cases: append(append(h.statuses(), h.broken()...), h.untrusted(), h.unsecured(), h.unsendable("malformed path", func(m *contract.Message) { m.Path = "/%zz" }),
			h.unsendable("malformed header", func(m *contract.Message) { m.Header = []contract.Field{{Name: "a b", Value: "c"}} })),
	}
}

// open starts a server for the length of the test and opens a driver to it.
func (h HTTP) open(t *testing.T, handler http.HandlerFunc) transport.Driver {
	t.Helper()
	s := h.Serve(t, handler)
	return h.Open(t, s.URL, AuthorityOf(s), 0)
}

// Serve starts a server of the kind that h is about, for the length of the test.
func (h HTTP) Serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(handler)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Config.ConnState = h.ConnState
	if h.HTTP2 {
		s.EnableHTTP2 = true
		s.Config.Protocols = new(http.Protocols)
		s.Config.Protocols.SetHTTP2(true)
		s.Config.Protocols.SetUnencryptedHTTP2(true)
	}
	if h.TLS {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s
}

// statuses are the answers that refuse.
func (h HTTP) statuses() []Case {
	var cases []Case
	for _, c := range []struct {
		name  string
		code  int
		class contract.Class
	}{
		{"redirect", 302, contract.ClassRejected},
		{"rejected", 422, contract.ClassRejected},
		{"unauthorized", 401, contract.ClassAuth},
		{"forbidden", 403, contract.ClassAuth},
		{"too large", 413, contract.ClassTooLarge},
		{"rate limited", 429, contract.ClassRateLimited},
		{"server error", 503, contract.ClassServer},
	} {
		cases = append(cases, Case{Name: c.name, Outcome: contract.Failed, Class: c.class, Status: c.code, Open: func(t *testing.T) transport.Driver {
			return h.open(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(c.code)
			})
		}})
	}
	return cases
}

// broken are answers that are none. Only HTTP/1.1 can be spoken byte by byte here.
func (h HTTP) broken() []Case {
	if h.HTTP2 {
		return nil
	}
	raw := func(name, answer string, class contract.Class, status int) Case {
		return Case{Name: name, Outcome: contract.Indeterminate, Class: class, Status: status, Open: func(t *testing.T) transport.Driver {
			return h.open(t, hijack(answer))
		}}
	}
	return []Case{
		raw("connection closed", "", contract.ClassReset, 0),
		raw("garbage", "what?\r\n\r\n", contract.ClassProtocol, 0),
		raw("body breaks off", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", contract.ClassReset, http.StatusOK),
		raw("chunk breaks off", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal", contract.ClassReset, http.StatusOK),
		raw("head breaks off", "HTTP/1.1 200 OK\r\nContent-Le", contract.ClassReset, 0),
	}
}

// untrusted is a server by https that shows a certificate of nobody's.
func (h HTTP) untrusted() Case {
	return Case{Name: "untrusted certificate", Outcome: contract.NeverSent, Class: contract.ClassTLS, Open: func(t *testing.T) transport.Driver {
		secure := h
		secure.TLS = true
		return h.Open(t, secure.Serve(t, (&inbox{}).ServeHTTP).URL, nil, 0)
	}}
}

// unsecured is a server in clear text behind an address by https.
func (h HTTP) unsecured() Case {
	return Case{Name: "plain server behind https", Outcome: contract.NeverSent, Class: contract.ClassTLS, Open: func(t *testing.T) transport.Driver {
		s := HTTP{}.Serve(t, hijack("x"))
		return h.Open(t, "https"+s.URL[len("http"):], nil, 0)
	}}
}

func (h HTTP) unsendable(name string, spoil func(*contract.Message)) Case {
	return Case{Name: name, Outcome: contract.NeverSent, Class: contract.ClassGenerator, Message: spoil, Open: func(t *testing.T) transport.Driver {
		return h.open(t, (&inbox{}).ServeHTTP)
	}}
}

// renderPost makes a POST whose body is the id, in the memory of m.
func renderPost(m *contract.Message, id string) {
	m.Operation, m.Transport = "test.post", contract.HTTP
	m.Method, m.Path = http.MethodPost, "/in"
	m.Header = append(m.Header[:0], contract.Field{Name: "Content-Type", Value: "text/plain"})
	m.Body = append(m.Body[:0], id...)
}

// hijack answers with these very bytes and closes.
func hijack(answer string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(c, answer)
		_ = c.Close()
	}
}

// hanging opens a driver to a server that reads requests and never answers.
func (h HTTP) hanging(t *testing.T) (transport.Driver, <-chan struct{}) {
	reached, release := make(chan struct{}, 1), make(chan struct{})
	s := h.Serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case reached <- struct{}{}:
		default:
		}
		<-release
	})
	t.Cleanup(func() { close(release) }) // before the server is closed
	return h.Open(t, s.URL, AuthorityOf(s), short), reached
}

// inbox takes every request and remembers the bodies.
type inbox struct {
	mu     sync.Mutex
	bodies []string
}

// ServeHTTP takes one request.
func (b *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bodies = append(b.bodies, string(body))
	w.WriteHeader(http.StatusNoContent)
}

func (b *inbox) list() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.bodies...)
}
