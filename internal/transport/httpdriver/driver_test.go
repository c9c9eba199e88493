package httpdriver_test

import (
	"context"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/drivertest"
	"github.com/passmuster/muster/internal/transport/httpdriver"
)

const short = 300 * time.Millisecond // the deadline where a test waits for it

func TestDriver(t *testing.T) {
	drivertest.Run(t, func(*testing.T) drivertest.Fixture {
		return drivertest.Fixture{
			Render: render,
			Live: func(t *testing.T) (transport.Driver, func() []string) {
				box := &inbox{}
				return open(t, serve(t, box.ServeHTTP), httpdriver.Config{}), box.list
			},
			Hanging: hanging,
			Dead: func(t *testing.T) transport.Driver {
				return open(t, "http://"+deadAddress(t), httpdriver.Config{})
			},
			Cases: cases(),
		}
	})
}

func cases() []drivertest.Case {
	status := func(name string, code int, class contract.Class) drivertest.Case {
		return drivertest.Case{Name: name, Outcome: contract.Failed, Class: class, Status: code, Open: func(t *testing.T) transport.Driver {
			return open(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(code)
			}), httpdriver.Config{})
		}}
	}
	raw := func(name, answer string, class contract.Class) drivertest.Case {
		return drivertest.Case{Name: name, Outcome: contract.Indeterminate, Class: class, Open: func(t *testing.T) transport.Driver {
			return open(t, serve(t, hijack(answer)), httpdriver.Config{})
		}}
	}
	broken := raw("body breaks off", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", contract.ClassReset)
	broken.Status = http.StatusOK
	return []drivertest.Case{
		status("redirect", 302, contract.ClassRejected),
		status("rejected", 422, contract.ClassRejected),
		status("unauthorized", 401, contract.ClassAuth),
		status("forbidden", 403, contract.ClassAuth),
		status("too large", 413, contract.ClassTooLarge),
		status("rate limited", 429, contract.ClassRateLimited),
		status("server error", 503, contract.ClassServer),
		raw("connection closed", "", contract.ClassReset),
		raw("garbage", "what?\r\n\r\n", contract.ClassProtocol),
		broken,
		{Name: "untrusted certificate", Outcome: contract.NeverSent, Class: contract.ClassTLS, Open: func(t *testing.T) transport.Driver {
			return open(t, serveTLS(t).URL, httpdriver.Config{})
		}},
		{Name: "plain server behind https", Outcome: contract.NeverSent, Class: contract.ClassTLS, Open: func(t *testing.T) transport.Driver {
			return open(t, "https"+serve(t, hijack("x"))[len("http"):], httpdriver.Config{})
		}},
		{
			Name: "malformed path", Outcome: contract.NeverSent, Class: contract.ClassGenerator,
			Open: func(t *testing.T) transport.Driver {
				return open(t, "http://"+deadAddress(t), httpdriver.Config{})
			},
			Message: func(m *contract.Message) { m.Path = "/%zz" },
		},
		{
			Name: "malformed header", Outcome: contract.NeverSent, Class: contract.ClassGenerator,
			Open: func(t *testing.T) transport.Driver {
				return open(t, "http://"+deadAddress(t), httpdriver.Config{})
			},
			Message: func(m *contract.Message) { m.Header = []contract.Field{{Name: "a b", Value: "c"}} },
		},
	}
}

// render makes a POST whose body is the id, in the memory of m.
func render(m *contract.Message, id string) {
	m.Operation, m.Transport = "test.post", contract.HTTP
	m.Method, m.Path = http.MethodPost, "/in"
	m.Header = append(m.Header[:0], contract.Field{Name: "Content-Type", Value: "text/plain"})
	m.Body = append(m.Body[:0], id...)
}

// open makes a driver to base. The suite, or the test, closes it.
func open(t *testing.T, base string, cfg httpdriver.Config) *httpdriver.Driver {
	t.Helper()
	cfg.BaseURL = base
	d, err := httpdriver.New(cfg)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return d
}

// serve starts a server for the length of the test and returns its base URL.
func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func serveTLS(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc((&inbox{}).ServeHTTP))
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// caOf is the authority of a TLS test server, as PEM.
func caOf(s *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
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
func hanging(t *testing.T) (transport.Driver, <-chan struct{}) {
	reached, release := make(chan struct{}, 1), make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case reached <- struct{}{}:
		default:
		}
		<-release
	}))
	t.Cleanup(func() { close(release); s.Close() })
	return open(t, s.URL, httpdriver.Config{Timeout: short}), reached
}

// deadAddress is a loopback address where nobody listens any more.
func deadAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String()
}

// inbox takes every request and remembers the bodies.
type inbox struct {
	mu     sync.Mutex
	bodies []string
}

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

func TestTLSWithOwnAuthority(t *testing.T) {
	s := serveTLS(t)
	d := open(t, s.URL, httpdriver.Config{CA: caOf(s)})
	defer closeDriver(t, d)
	r := post(d, "one")
	if r.Outcome != contract.Acknowledged {
		t.Errorf("reply %+v, want acknowledged", r)
	}
}

func post(d transport.Driver, id string) contract.Reply {
	var m contract.Message
	render(&m, id)
	return transport.Exchange(context.Background(), d, &m)
}

func closeDriver(t *testing.T, d transport.Driver) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := d.Close(ctx); err != nil {
		t.Errorf("Close: %v", err)
	}
}
