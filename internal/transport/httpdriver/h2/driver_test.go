package h2_test

import (
	"encoding/pem"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/drivertest"
	"github.com/passmuster/muster/internal/transport/httpdriver/h2"
)

func TestDriver(t *testing.T) {
	for name, connections := range map[string]int{"one connection": 1, "four connections": 4} {
		for kind, secure := range map[string]bool{"clear text": false, "tls": true} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				drivertest.Run(t, drivertest.HTTP{TLS: secure, HTTP2: true, Open: opener(connections)}.Fixture)
			})
		}
	}
}

func opener(connections int) func(*testing.T, string, []byte, time.Duration) transport.Driver {
	return func(t *testing.T, base string, ca []byte, timeout time.Duration) transport.Driver {
		t.Helper()
		d, err := h2.New(h2.Config{BaseURL: base, CA: ca, Timeout: timeout, Connections: connections})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
}

// TestServerWithoutHTTP2 asks servers that speak HTTP/1.1 only: nothing is claimed to have been sent.
func TestServerWithoutHTTP2(t *testing.T) {
	for name, want := range map[string]struct {
		secure bool
		class  contract.Class
	}{"clear text": {false, contract.ClassProtocol}, "tls": {true, contract.ClassTLS}} {
		t.Run(name, func(t *testing.T) {
			s := drivertest.HTTP{TLS: want.secure}.Serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
			var ca []byte
			if want.secure {
				ca = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
			}
			d := opener(1)(t, s.URL, ca, 0)
			r := transport.Exchange(t.Context(), d, &contract.Message{Method: http.MethodPost, Path: "/", Body: []byte("x")})
			if r.Outcome != contract.NeverSent || r.Class != want.class || !strings.Contains(r.Detail, "HTTP/2") && !strings.Contains(r.Detail, "protocol") {
				t.Errorf("reply %+v, want never sent, %s", r, want.class)
			}
			if err := d.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestHeaders shows what the server sees: the message's fields and nothing of the library's.
func TestHeaders(t *testing.T) {
	heard := make(chan http.Header, 1)
	s := drivertest.HTTP{HTTP2: true}.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		h := r.Header.Clone()
		h["Proto"] = []string{r.Proto, r.Host, r.URL.RequestURI()}
		heard <- h
		w.WriteHeader(http.StatusNoContent)
	})
	d := opener(1)(t, s.URL, nil, 0)
	m := contract.Message{Method: http.MethodPost, Path: "/a%2Fb", Query: "c=1", Body: []byte("xy"), Header: []contract.Field{
		{Name: "x-a", Value: "1"}, {Name: "X-A", Value: "2"}, {Name: "Host", Value: "other.example"}, {Name: "Content-Length", Value: "9"},
	}}
	if r := transport.Exchange(t.Context(), d, &m); r.Outcome != contract.Acknowledged {
		t.Fatalf("reply %+v, want acknowledged", r)
	}
	got := <-heard
	slices.Sort(got["X-A"]) // HTTP/2 sends fields of different spelling in no order
	want := http.Header{"Content-Length": {"2"}, "X-A": {"1", "2"}, "Proto": {"HTTP/2.0", "other.example", "/a%2Fb?c=1"}}
	if !maps.EqualFunc(got, want, slices.Equal) {
		t.Errorf("server saw %v, want %v", got, want)
	}
	if l := d.(transport.Meter).Meter(); l.Dials != 1 || l.Open != 1 {
		t.Errorf("links %+v, want one connection", l)
	}
	if err := d.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
