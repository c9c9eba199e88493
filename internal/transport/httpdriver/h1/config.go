package h1

import (
	"cmp"
	"fmt"
	"net/netip"
	"net/url"
	"time"

	"github.com/passmuster/muster/internal/transport/httpdriver/dialer"
)

// Defaults of Config, and the bounds on what one reply may bring.
const (
	DefaultConnections = 64
	DefaultTimeout     = 10 * time.Second

	pooledIdle  = 90 * time.Second // a pooled connection that is not used for so long is closed
	drainLimit  = 16 << 20         // bytes of a reply's body that are read away; a longer body costs its connection
	headerLimit = 1 << 20          // bytes that the headers of a reply may take, interim replies included
)

// Config says where messages go and how. The zero value of every member but BaseURL is useful.
type Config struct {
	BaseURL     string        // http or https, with a host and possibly a path; a message's path is appended
	Connections int           // most connections at a time; default 64, and per player what the descriptors allow
	Timeout     time.Duration // deadline of one message, from Send to the last byte of the reply; default 10 s
	CA          []byte        // PEM of the authorities to trust; the system's when empty
	UserAgent   string        // sent when a message names none; empty sends no such header
	PerPlayer   bool          // a connection serves one player only
	Idle        time.Duration // per player: how long an unused connection is kept; 0 closes it after each message
	Pipeline    int           // messages under way on one connection; 0 and 1 are one. Not per player
	Sources     []netip.Addr  // local addresses to dial from in turn; the system's choice when empty. Linux only
	TLS         dialer.TLS    // how https is secured; Resumed 0 resumes nothing
}

// check refuses what cannot work, and fills in the defaults.
func (c Config) check() (Config, error) {
	if c.Connections < 0 || c.Timeout < 0 || c.Idle < 0 || c.Pipeline < 0 {
		return c, fmt.Errorf("connections %d, timeout %v, idle %v, pipeline %d: none may be negative", c.Connections, c.Timeout, c.Idle, c.Pipeline)
	}
	if c.PerPlayer && c.Pipeline > 1 {
		return c, fmt.Errorf("pipeline %d: connections are per player, want 0 or 1 there", c.Pipeline)
	}
	c.Timeout = cmp.Or(c.Timeout, DefaultTimeout)
	if c.Connections == 0 && c.PerPlayer {
		c.Connections = MostConnections()
	}
	c.Connections = cmp.Or(c.Connections, DefaultConnections)
	return c, nil
}

// dialer makes what connects to base.
func (c Config) dialer(base *url.URL) (*dialer.Dialer, error) {
	to := dialer.To(base)
	to.CA, to.Sources, to.TLS = c.CA, c.Sources, c.TLS
	return dialer.New(to)
}
