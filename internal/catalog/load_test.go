package catalog

import (
	"context"
	"crypto/tls"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/httpdriver"
	"github.com/passmuster/muster/internal/transport/httpdriver/dialer"
	"github.com/passmuster/muster/internal/transport/httpdriver/h1"
	"github.com/passmuster/muster/internal/transport/httpdriver/h2"
)

// far is a target that nobody connects to, for opening a driver dials nothing.
func far() *target.Target {
	return &target.Target{Playtime: &target.Playtime{BaseURL: "https://far.example", AccessTokens: []target.Secret{"t"}, MetricsKey: "k"}}
}

func openFar(t *testing.T, s Settings) (transport.Driver, error) {
	t.Helper()
	routes, err := OpenRoutes(t.Context(), far(), s)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() {
		if err := CloseRoutes(context.Background(), routes); err != nil {
			t.Error(err)
		}
	})
	return routes[0].Driver, nil
}

func TestLoadHasItsOwnDrivers(t *testing.T) {
	first, err := openFar(t, Settings{HTTP: HTTP{PerPlayer: true, TLS: dialer.TLS{Resumed: 0.5}}})
	if _, ok := first.(*h1.Driver); !ok || err != nil {
		t.Errorf("HTTP/1.1 is carried by %T, %v, want h1", first, err)
	}
	second, err := openFar(t, Settings{HTTP: HTTP{HTTP2: true}})
	if _, ok := second.(*h2.Driver); !ok || err != nil {
		t.Errorf("HTTP/2 is carried by %T, %v, want h2", second, err)
	}
	for _, d := range []transport.Driver{first, second} {
		if _, ok := d.(transport.Meter); !ok {
			t.Errorf("%T does not count its connections", d)
		}
	}
	for name, h := range map[string]HTTP{
		"http/2 per player": {HTTP2: true, PerPlayer: true},
		"http/2 pipelined":  {HTTP2: true, Pipeline: 2},
		"versions":          {TLS: dialer.TLS{MinVersion: tls.VersionTLS13, MaxVersion: tls.VersionTLS12}},
	} {
		if _, err := openFar(t, Settings{HTTP: h}); err == nil || !strings.Contains(err.Error(), "playtime.base_url") {
			t.Errorf("%s: %v, want a refusal that names the field", name, err)
		}
	}
}

// TestDoorsShareTheDescriptors has two drivers for players: together they take no more than there is.
func TestDoorsShareTheDescriptors(t *testing.T) {
	both := far()
	both.Ingest = &target.Ingest{HTTP: &target.HTTP{BaseURL: "https://far.example"}}
	for name, c := range map[string]struct {
		settings Settings
		want     int
	}{
		"players":        {Settings{HTTP: HTTP{PerPlayer: true}}, h1.MostConnections() / 2},
		"players, bound": {Settings{Connections: 7, HTTP: HTTP{PerPlayer: true}}, 7},
		"pooled":         {Settings{}, 0},
	} {
		if got := c.settings.forEach(both).Connections; got != c.want {
			t.Errorf("%s: %d connections for each of two doors, want %d", name, got, c.want)
		}
	}
}

// TestProxyIsObeyed runs itself in a process whose environment names a proxy, for the environment is read once.
func TestProxyIsObeyed(t *testing.T) {
	if os.Getenv("HTTPS_PROXY") != "http://proxy.example:3128" {
		again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProxyIsObeyed$")
		again.Env = append(os.Environ(), "HTTPS_PROXY=http://proxy.example:3128", "NO_PROXY=", "no_proxy=")
		if out, err := again.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	var notes []string
	d, err := openFar(t, Settings{Note: func(remark string) { notes = append(notes, remark) }})
	if _, ok := d.(*httpdriver.Driver); !ok || err != nil {
		t.Errorf("behind a proxy HTTP is carried by %T, %v, want httpdriver", d, err)
	}
	if len(notes) != 1 || !strings.Contains(notes[0], "proxy") {
		t.Errorf("notes %q, want one about the proxy", notes)
	}
	if _, err := openFar(t, Settings{HTTP: HTTP{PerPlayer: true}}); err == nil || !strings.Contains(err.Error(), "NO_PROXY") {
		t.Errorf("%v, want a refusal, for a proxy's connections are not the player's", err)
	}
}
