package broker

import (
	"errors"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// gate is what Allow says about connections of the network, one by one, where the broker itself knows only all or
// nothing. It is safe for concurrent use.
type gate struct {
	allow     Allow
	plain     atomic.Int64 // connections without TLS so far
	strangers atomic.Int64 // connections so far that asked for something before they authenticated
}

func newGate(a Allow) *gate { return &gate{allow: a} }

// errTurnedAway ends a connection that the gate does not let in.
var errTurnedAway = errors.New("connection turned away")

// entry is one connection before the gate. Its methods are called by the goroutine that reads from the connection.
type entry struct {
	gate     *gate
	plain    bool // it is without TLS
	known    bool // it went through an authentication; where that fails the broker ends the connection
	stranger bool // it was let in without
}

// unencrypted decides about a connection that turned out to be without TLS.
func (e *entry) unencrypted() error {
	e.plain = true
	if e.gate.plain.Add(1) <= int64(e.gate.allow.After) {
		return errTurnedAway
	}
	return nil
}

// request decides about the next request of a connection.
func (e *entry) request(c call) error {
	switch {
	case c.key == kmsg.SASLAuthenticate:
		e.known = true
	case c.key == kmsg.ApiVersions, c.key == kmsg.SASLHandshake, e.known, e.stranger, !e.gate.allow.Anonymous:
	case e.gate.allow.OnlyPlaintext && !e.plain, e.gate.strangers.Add(1) <= int64(e.gate.allow.After):
		return errTurnedAway
	default:
		e.stranger = true
	}
	return nil
}
