package h1_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/drivertest"
	"github.com/passmuster/muster/internal/transport/httpdriver/h1"
)

// opener opens drivers that are like cfg.
func opener(cfg h1.Config) func(*testing.T, string, []byte, time.Duration) transport.Driver {
	return func(t *testing.T, base string, ca []byte, timeout time.Duration) transport.Driver {
		c := cfg
		c.BaseURL, c.CA, c.Timeout = base, ca, timeout
		return open(t, c)
	}
}

func open(t testing.TB, cfg h1.Config) *h1.Driver {
	t.Helper()
	d, err := h1.New(cfg)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return d
}

func TestDriver(t *testing.T) {
	plainOnly := []string{"one connection", "one pipe", "players in turns"} // they differ from others in their bounds alone
	for name, cfg := range map[string]h1.Config{
		"pooled":           {},
		"one connection":   {Connections: 1},
		"player kept":      {PerPlayer: true, Idle: time.Minute},
		"player once":      {PerPlayer: true},
		"pipelined":        {Pipeline: 8, Connections: 2},
		"one pipe":         {Pipeline: 4, Connections: 1},
		"players in turns": {PerPlayer: true, Idle: time.Minute, Connections: 2},
	} {
		for kind, secure := range map[string]bool{"plain": false, "tls": true} {
			if secure && slices.Contains(plainOnly, name) {
				continue
			}
			t.Run(name+"/"+kind, func(t *testing.T) {
				c := cfg
				c.TLS.Resumed = 0.5
				drivertest.Run(t, drivertest.HTTP{Open: opener(c), TLS: secure}.Fixture)
			})
		}
	}
}

func post(d transport.Driver, id string) contract.Reply {
	m := contract.Message{Method: "POST", Path: "/in", Body: []byte(id)}
	return transport.Exchange(context.Background(), d, &m)
}
