package main

import (
	"crypto/tls"

	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/transport/httpdriver/dialer"
	"github.com/passmuster/muster/scenarios"
)

// settings are a scenario's connections as the drivers take them.
func settings(c scenarios.Connections) catalog.Settings {
	s := catalog.Settings{Connections: c.Pool, Timeout: c.Timeout}
	if c.Mode == scenarios.PerPlayer {
		s.Connections = 0 // as many as there are players, within the descriptors
	}
	s.HTTP = catalog.HTTP{
		HTTP2:     c.Protocol == scenarios.HTTP2,
		PerPlayer: c.Mode == scenarios.PerPlayer,
		Idle:      *c.Idle,
		Pipeline:  c.Pipeline,
		Sources:   c.Addresses(),
		TLS:       secured(c.TLS),
	}
	s.Kafka = catalog.Kafka{
		Linger: *c.Kafka.Linger, Acks: c.Kafka.Acks, Compression: c.Kafka.Compression, Repeatable: !*c.Kafka.Idempotent,
		MaxBuffered: c.Kafka.MaxBuffered,
	}
	if s.Kafka.Linger == 0 {
		s.Kafka.Linger = -1 // to the driver zero is the default
	}
	return s
}

// secured is a scenario's TLS as the standard library takes it.
func secured(t scenarios.TLS) dialer.TLS {
	versions := map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}
	curves := map[string]tls.CurveID{"x25519": tls.X25519, "p256": tls.CurveP256, "p384": tls.CurveP384, "x25519mlkem768": tls.X25519MLKEM768}
	s := dialer.TLS{MinVersion: versions[t.Version], MaxVersion: versions[t.Version], Resumed: *t.Resumed}
	for _, name := range t.Curves {
		s.Curves = append(s.Curves, curves[name])
	}
	return s
}
