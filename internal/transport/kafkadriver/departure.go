package kafkadriver

import (
	"fmt"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
)

// stray is what a departure appends to a name or password to make it a wrong one.
const stray = "-muster-unknown"

// guest is the name and the password of a user that nobody was given but that installations are known to begin with.
const guest = "guest"

// plainMechanism is SASL PLAIN, which only departures use: no target can be told of it.
const plainMechanism = "plain, by departure"

// depart returns k changed in the one way that d names. It is an error when k leaves nothing to depart from.
func depart(k target.Kafka, d contract.Departure) (target.Kafka, error) {
	missing := func(what string) (target.Kafka, error) {
		return k, fmt.Errorf("open kafka driver: departure %q needs a target with %s", d, what)
	}
	if k.TLS == nil && (d == contract.Plaintext || d == contract.Bare) {
		return missing("tls")
	}
	switch d {
	case contract.NoSASL, contract.WrongPassword, contract.NameAsPassword, contract.PlainPassword,
		contract.UnknownUser, contract.Guest, contract.PlainGuest:
		if k.SASL == nil {
			return missing("sasl")
		}
		k.SASL = pretend(*k.SASL, d)
	case contract.Plaintext:
		k.TLS = nil
	case contract.Bare:
		k.TLS, k.SASL = nil, nil
	case contract.UnknownTopic:
		k.Topic += stray
	case contract.AsTold, contract.Modest, contract.Gzip, contract.Snappy, contract.LZ4, contract.Zstd, contract.Vast:
	default:
		return k, fmt.Errorf("open kafka driver: departure %q is unknown", d)
	}
	return k, nil
}

// vastBatch is the most bytes of a batch of a producer with the departure Vast.
const vastBatch = 16 << 20

// producing returns c changed where a departure is about the producer and not about the connection.
func (c Config) producing() Config {
	switch c.Departure {
	case contract.Modest:
		c.Compression, c.Repeatable = "none", true
	case contract.Gzip, contract.Snappy, contract.LZ4, contract.Zstd:
		c.Compression = string(c.Departure)
	case contract.Vast: // what is compressed would not be large
		c.Compression, c.BatchBytes = "none", vastBatch
	default:
	}
	return c
}

// pretend returns credentials that are wrong in the one way that d names; none for who shows none.
func pretend(s target.SASL, d contract.Departure) *target.SASL {
	switch d {
	case contract.NoSASL:
		return nil
	case contract.WrongPassword:
		s.Password += stray
	case contract.NameAsPassword:
		s.Password = target.Secret(s.Username)
	case contract.PlainPassword:
		s.Mechanism, s.Password = plainMechanism, s.Password+stray
	case contract.UnknownUser:
		s.Username += stray
	case contract.Guest:
		s.Username, s.Password = guest, guest
	case contract.PlainGuest:
		s = target.SASL{Mechanism: plainMechanism, Username: guest, Password: guest}
	default:
	}
	return &s
}
