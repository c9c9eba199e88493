// Package transport says what a driver is: the one seam between those who want a message carried (the load engine and
// the conformance probes) and the wire that carries it.
//
// Messages flow in, replies flow out. The package imports internal/contract and internal/record. Drivers live in the folders below;
// what every driver must do is tested by drivertest. How broken links and HTTP answers are judged is here too, so that
// all drivers judge alike.
package transport

import (
	"context"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// Driver carries messages over one wire to one target. It is safe for concurrent use.
type Driver interface {
	// Send hands m to the wire and arranges for done to be called exactly once, from any goroutine, possibly before
	// Send returns. Where the wire has its own buffer (Kafka) Send returns once m is in it; elsewhere Send returns
	// after done. Send never blocks on a full buffer: the reply is then NeverSent with ClassGenerator. m, and all it
	// refers to, belongs to the driver until done is called, and not a moment longer.
	//
	// Every message has a deadline of the driver's own, so done is always called; when ctx ends first, the reply says
	// ClassCancelled, with the outcome NeverSent or Indeterminate, whichever is true.
	Send(ctx context.Context, m *contract.Message, done func(contract.Reply))

	// Close waits until every message handed in is done or ctx ends, then frees all connections. It returns what
	// could not be finished as an error. No Send may follow it.
	Close(ctx context.Context) error
}

// Exchange sends m by d and waits for the reply.
func Exchange(ctx context.Context, d Driver, m *contract.Message) contract.Reply {
	replies := make(chan contract.Reply, 1)
	d.Send(ctx, m, func(r contract.Reply) { replies <- r })
	return <-replies
}

// Route is one way from action to wire: actions that Renderer renders for Transport are carried by Driver.
type Route struct {
	Transport contract.Transport
	Renderer  contract.Renderer
	Driver    Driver
}

// Reader reads back what a target accepted. It is not safe for concurrent use.
type Reader interface {
	// Read yields every event stored since the last Read (since the Reader's beginning, the first time), each
	// partition in its order, up to the end of the log as of this call. An error from yield ends it and is returned.
	Read(ctx context.Context, yield func(contract.Stored) error) error

	// Close frees the connection.
	Close()
}

// Tail is a Reader that is told of what is new at a cost that depends on that alone, so that the log can be read behind a
// run as it goes on.
type Tail interface {
	Reader
	// Tails does nothing; it tells a Tail from other Readers.
	Tails()
}

// Producer is a driver with a buffer of its own, whose settings decide what its times mean.
type Producer interface {
	Settings() record.KafkaSettings
}
