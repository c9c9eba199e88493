package reference

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
)

// Half is the server half of one contract, before it is bound to a target.
type Half struct {
	Name    string                                                            // of the contract
	New     func(t *target.Target, mutant string) (contract.Responder, error) // an empty mutant is the correct half
	Mutants []contract.Mutant                                                 // the names that New takes
	Judge   func(t *target.Target) (contract.Judge, error)                    // holds clients to the contract; nil when there is none
}

// Options say how to serve. The zero value serves correctly, on free ports of loopback.
type Options struct {
	HTTPAddr     string                 // host:port for HTTP; default 127.0.0.1:0
	KafkaAddr    string                 // host:port for Kafka; default 127.0.0.1:0
	Players      int                    // access tokens to issue, one for each user; default 100, at most 10 million
	Seed         string                 // the same seed gives the same credentials; empty draws them at random
	CartridgeTag string                 // what the game is called in its events; default "muster"
	AWS          *target.AWSCredentials // what publishers by SNS sign with; nil draws a secret
	Mutant       string                 // the one way in which to be wrong, one of Mutants; empty is none

	// MaxConnections bounds the connections open by HTTP at once; further ones wait until one closes. Default 16,384.
	MaxConnections int

	OnHandled func(Handled) // told of every message that was answered, from many goroutines at once; may be nil

	CheckClients bool               // hold what clients send against the clauses that clients owe; see Server.Breaches
	OnBreach     func(ClientBreach) // told of every clause broken by a message, from many goroutines at once; may be nil
}

// Handled is one message that was answered. What it points to is valid only while the observer runs.
type Handled struct {
	At       time.Time         // when the message was whole
	Took     time.Duration     // from then until its answer was ready, storage included
	Message  *contract.Message // of one record, where the transport is Kafka
	Reply    *contract.Reply   // what a client by HTTP is told; nobody hears it by Kafka
	Accepted int               // how many events were stored for it
}

const (
	defaultAddr    = "127.0.0.1:0"
	defaultPlayers = 100
	defaultTag     = "muster"
	maxPlayers     = 10_000_000

	defaultConnections = 16 << 10
)

// withDefaults fills in what was left out and reports everything that is wrong, all at once.
func (o Options) withDefaults() (Options, error) {
	o.HTTPAddr = cmp.Or(o.HTTPAddr, defaultAddr)
	o.KafkaAddr = cmp.Or(o.KafkaAddr, defaultAddr)
	o.Players = cmp.Or(o.Players, defaultPlayers)
	o.CartridgeTag = cmp.Or(o.CartridgeTag, defaultTag)
	o.MaxConnections = cmp.Or(o.MaxConnections, defaultConnections)
	var faults []error
	if o.MaxConnections < 1 {
		faults = append(faults, fmt.Errorf("start reference: at most %d connections, want 1 or more", o.MaxConnections))
	}
	if o.Players < 1 || o.Players > maxPlayers {
		faults = append(faults, fmt.Errorf("start reference: access tokens for %d players, want 1 to %d", o.Players, maxPlayers))
	}
	return o, errors.Join(faults...)
}
