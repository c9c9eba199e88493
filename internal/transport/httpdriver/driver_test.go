package httpdriver_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/drivertest"
	"github.com/passmuster/muster/internal/transport/httpdriver"
)

// TestDriver holds the driver against what every driver must do, by http and by https with an authority of its own.
func TestDriver(t *testing.T) {
	for kind, secure := range map[string]bool{"plain": false, "tls": true} {
		t.Run(kind, func(t *testing.T) {
			drivertest.Run(t, func(t *testing.T) drivertest.Fixture {
				f := drivertest.HTTP{TLS: secure, Open: func(t *testing.T, base string, ca []byte, timeout time.Duration) transport.Driver {
					return open(t, base, httpdriver.Config{CA: ca, Timeout: timeout})
				}}.Fixture(t)
				for i, c := range f.Cases {
					if c.Name == "head breaks off" {
						f.Cases[i].Class = contract.ClassProtocol // net/http calls such a head malformed
					}
				}
				return f
			})
		})
	}
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

func post(d transport.Driver, id string) contract.Reply {
	m := contract.Message{Method: http.MethodPost, Path: "/in", Body: []byte(id)}
	return transport.Exchange(context.Background(), d, &m)
}
