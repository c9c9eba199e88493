package broker

import (
	"cmp"
	"errors"
	"fmt"
	"net"
)

// Config says what broker to start. Topics, Username and Password must be given; the rest has defaults.
type Config struct {
	Addr            string           // host:port to listen on; default 127.0.0.1:0, a free port of loopback
	Topics          map[string]int32 // topics that exist from the start, and how many partitions each has
	Username        string           // the one user, by SCRAM-SHA-256
	Password        string           // that user's password
	MaxMessageBytes int              // largest batch of records that a producer may send; default 1 MiB
	Allow           Allow            // what the broker lets pass that it should refuse; nothing by default
	Refuse          Refuse           // what it refuses that it should take; nothing by default
}

// Allow lists the ways in which a broker can be too lenient. A client that connects as it was told is served all the
// same. The zero value allows nothing.
type Allow struct {
	Plaintext    bool   // connections without TLS, told apart by their first byte
	Anonymous    bool   // requests on connections that never authenticated
	UnknownTopic bool   // topics that do not exist: asking for one creates it
	Logins       []User // further credentials that are let in; those of Config.Username by SCRAM-SHA-256 imply Anonymous

	OnlyPlaintext bool // Anonymous is for connections without TLS only
	After         int  // so many connections are refused by Plaintext and by Anonymous each before any is let in
}

// Refuse lists what a broker can refuse although it should take it, or refuse in other words than it should. It is meant
// for what clients send; the broker's own records are numbered and not compressed. The zero value refuses nothing.
type Refuse struct {
	Numbered bool // compressed records of producers that number them
	Modest   bool // records of producers that do not number them
	Zstd     bool // records compressed by zstd
	Vaguely  bool // records that are too large, as an invalid request
}

// User is one pair of credentials.
type User struct {
	Name, Password string
	Plain          bool // by the mechanism PLAIN, which is not offered otherwise; by SCRAM-SHA-256 else
}

func (u User) mechanism() string {
	if u.Plain {
		return mechanismPlain
	}
	return mechanism
}

// told is the user that clients are told of.
func (c Config) told() User { return User{Name: c.Username, Password: c.Password} }

const (
	defaultAddr            = "127.0.0.1:0"
	defaultMaxMessageBytes = 1 << 20
	maxMessageBytesLimit   = 64 << 20
)

// withDefaults fills in what was left out and reports everything that is wrong, all at once.
func (c Config) withDefaults() (Config, error) {
	c.Addr = cmp.Or(c.Addr, defaultAddr)
	c.MaxMessageBytes = cmp.Or(c.MaxMessageBytes, defaultMaxMessageBytes)
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("configure broker: "+format, args...))
	}
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		fault("address %q: want host:port", c.Addr)
	}
	if len(c.Topics) == 0 {
		fault("no topic given: want at least one")
	}
	for name, partitions := range c.Topics {
		if name == "" || partitions < 1 {
			fault("topic %q with %d partitions: want a name and at least 1 partition", name, partitions)
		}
	}
	if c.Username == "" || c.Password == "" {
		fault("user %q: want a name and a password", c.Username)
	}
	if c.MaxMessageBytes < 1024 || c.MaxMessageBytes > maxMessageBytesLimit {
		fault("message limit of %d bytes: want 1024 to %d", c.MaxMessageBytes, maxMessageBytesLimit)
	}
	return c, errors.Join(faults...)
}
