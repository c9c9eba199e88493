package catalog

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/httpdriver/dialer"
	"github.com/passmuster/muster/internal/transport/httpdriver/h1"
	"github.com/passmuster/muster/internal/transport/httpdriver/h2"
)

// HTTP is what a load run may choose about its HTTP connections.
type HTTP struct {
	HTTP2     bool          // HTTP/2, pooled; otherwise HTTP/1.1
	PerPlayer bool          // a connection for each player; Settings.Connections bounds them, 0 is as many as the machine has descriptors for
	Idle      time.Duration // per player: how long an unused connection is kept; 0 closes it after each message
	Pipeline  int           // messages under way on one connection; 0 and 1 are off
	Sources   []netip.Addr  // local addresses to dial from in turn; the system's choice when empty
	TLS       dialer.TLS    // Resumed is taken as it is: 0 resumes nothing
}

// plain says whether httpdriver makes its connections so too.
func (h HTTP) plain() bool {
	return !h.HTTP2 && !h.PerPlayer && h.Pipeline < 2 && len(h.Sources) == 0 && h.TLS.MinVersion == 0 && h.TLS.MaxVersion == 0 && len(h.TLS.Curves) == 0
}

// forEach shares what the machine has between the HTTP doors of t, where nobody has said how many connections there may
// be: each driver by itself would take all of it.
func (s Settings) forEach(t *target.Target) Settings {
	if !s.HTTP.PerPlayer || s.Connections > 0 {
		return s
	}
	doors := 0
	for _, d := range allDoors(t) {
		if d.Transport == contract.HTTP {
			doors++
		}
	}
	s.Connections = h1.MostConnections() / max(doors, 1)
	return s
}

// openForLoad connects to d for a load run. HTTP has a faster driver for it; the others are the same.
func openForLoad(ctx context.Context, d Door, s Settings) (transport.Driver, error) {
	if d.Transport != contract.HTTP {
		return openDoor(ctx, d, s, contract.AsTold)
	}
	proxy, err := proxyOf(d)
	if err != nil {
		return nil, err
	}
	if proxy == nil {
		return openFast(d, s)
	}
	if !s.HTTP.plain() {
		return nil, fmt.Errorf("open %s: the environment names a proxy for %s, whose connections cannot be per player, pipelined, HTTP/2 or"+
			" from chosen addresses, versions or key exchanges: want pooled HTTP/1.1, or NO_PROXY", d.Field, d.BaseURL)
	}
	if s.Note != nil {
		s.Note(fmt.Sprintf("%s goes through the proxy that the environment names, by a slower client whose connections are not counted", d.BaseURL))
	}
	return openHTTP(ctx, d, s, contract.AsTold)
}

func openFast(d Door, s Settings) (transport.Driver, error) {
	if s.HTTP.HTTP2 {
		return openHTTP2(d, s)
	}
	driver, err := h1.New(h1.Config{
		BaseURL: d.BaseURL, Connections: s.Connections, Timeout: s.Timeout, UserAgent: s.UserAgent,
		PerPlayer: s.HTTP.PerPlayer, Idle: s.HTTP.Idle, Pipeline: s.HTTP.Pipeline, Sources: s.HTTP.Sources, TLS: s.HTTP.TLS,
	})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", d.Field, err)
	}
	return driver, nil
}

func openHTTP2(d Door, s Settings) (transport.Driver, error) {
	if s.HTTP.PerPlayer || s.HTTP.Pipeline > 1 {
		return nil, fmt.Errorf("open %s: HTTP/2 connections are shared and have streams, want pooled ones without pipelining", d.Field)
	}
	driver, err := h2.New(h2.Config{
		BaseURL: d.BaseURL, Connections: s.Connections, Timeout: s.Timeout, UserAgent: s.UserAgent, Sources: s.HTTP.Sources, TLS: s.HTTP.TLS,
	})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", d.Field, err)
	}
	return driver, nil
}

// proxyOf is the proxy that the environment names for d; nil when it names none. It is never ignored: the target may be out
// of reach without it.
func proxyOf(d Door) (*url.URL, error) {
	base, err := url.Parse(d.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", d.Field, err)
	}
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: base})
	if err != nil {
		return nil, fmt.Errorf("open %s: proxy of the environment: %w", d.Field, err)
	}
	return proxy, nil
}
