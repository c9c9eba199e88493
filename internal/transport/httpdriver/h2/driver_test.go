package h2_test

import (
	"testing"
	"time"

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
