package needs

import (
	"slices"

	"github.com/passmuster/muster/scenarios"
)

// The costs, in microseconds of CPU, were measured on a virtual machine of two cores (x86-64, loopback, Go 1.26, TLS with
// an ECDSA P-256 leaf), the generator on one core and the target on the other. They drift by as much as 1.7 there.
const (
	costAction    = 22   // a signed action over a kept HTTP/1.1 connection, at some thousands a second; 13 when busier
	costSecure    = 5    // on top of it, its records of TLS
	costPipelined = 13   // a signed action over a pipelined connection
	costHTTP2     = 31   // the same over HTTP/2 by the standard library
	costDial      = 25   // connecting and closing without TLS
	costEvent     = 1.5  // an event rendered into a batch
	costRecord    = 6    // an event produced to Kafka
	costPublish   = 100  // a batch published to SNS: an estimate, its signature and the SDK included
	costFull12    = 300  // a full handshake of TLS 1.2, with connecting
	costResumed12 = 55   // a resumed one, which exchanges no key
	costFull      = 280  // a full handshake of TLS 1.3 by X25519, with connecting
	costResumed   = 230  // a resumed one
	costHybrid    = 150  // on top of either, the post-quantum hybrid
	costP384      = 1000 // on top of either, P-384
)

// busiest is over how many seconds the work of the cores is averaged.
const busiest = 10

// Descriptors and bytes.
const (
	descriptorsBase  = 64       // files of the run, listeners, Kafka's brokers, the runtime's own
	memoryBase       = 40 << 20 // an idle generator with its histograms
	memoryPlayer     = 56       // of the timeline, of the truth about sessions and of the plan's own counts
	memorySlot       = 4 << 10  // an action under way, its buffers and its worker
	memoryRecord     = 256      // a buffered record besides its value
	plainConnection  = 6 << 10  // an open connection: 1 KiB of ours, the rest of the kernel's
	secureConnection = 15 << 10 // with TLS: 9.7 KB of ours
)

// costs are what a scenario's way of connecting makes of them.
type costs struct{ action, dial float64 }

func costsOf(c scenarios.Connections, d Doors) costs {
	k := costs{action: costAction, dial: costDial}
	switch {
	case c.Protocol == scenarios.HTTP2:
		k.action = costHTTP2
	case c.Pipeline > 1:
		k.action = costPipelined
	}
	if !d.Secure {
		return k
	}
	if c.Protocol != scenarios.HTTP2 {
		k.action += costSecure
	}
	full, resumed := handshakes(c.TLS)
	k.dial = full*(1-*c.TLS.Resumed) + resumed**c.TLS.Resumed
	return k
}

// handshakes returns what a full and a resumed handshake cost. The first key exchange that is offered counts; without a
// list it is the library's, the hybrid.
func handshakes(t scenarios.TLS) (full, resumed float64) {
	full, resumed = costFull, costResumed
	more := 0.0
	switch {
	case len(t.Curves) > 0 && t.Curves[0] == "p384":
		more = costP384
	case len(t.Curves) == 0 || slices.Contains(t.Curves, "x25519mlkem768"):
		more = costHybrid
	}
	if t.Version == "1.2" {
		if more == costHybrid { // which it does not have
			more = 0
		}
		return costFull12 + more, costResumed12
	}
	return full + more, resumed + more
}
