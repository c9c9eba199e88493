// Package kafkadriver carries messages to a Kafka topic and reads back what a topic holds.
//
// Messages flow in, their records go through one producer (by default idempotent, with acks of all in-sync replicas), and
// one classified reply per message comes back. A Reader yields the records of a topic. The package imports
// internal/contract, internal/record, internal/target and internal/transport; it and its folder broker are the only ones
// that know franz-go.
package kafkadriver

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/transport"
)

// Driver is a transport.Driver over one Kafka client. It is safe for concurrent use.
//
// Send returns once the records are in the producer's buffer; Reply.Queued is that instant. Reply.Sent is when the
// request with the message's last record began to be written, as far as the client tells (see written), so service time is
// the broker's alone; for a record that no request is known of it is Queued. A record is given up when Timeout has passed since it was buffered and the request that carries it
// is over, which a broker that keeps answering with passing errors can stretch to twice Timeout. Records that are given up
// are indeterminate, and so is what waits behind them in the same partition: the client gives up a partition's records
// together. That, the end of a context included, may also end other messages of this driver. With AcksNone every record
// that was written is indeterminate: nobody was asked whether it arrived.
type Driver struct {
	client     *kgo.Client
	links      *transport.Links
	written    *written
	settings   record.KafkaSettings
	confirmed  fate       // of a record that the client calls produced
	deliveries *sync.Pool // of those not in use
	limit      int        // most bytes of one record
	inflight   transport.InFlight
}

// New connects to the brokers and returns when the topic, its leaders and the credentials have proved good. Otherwise
// the error is a *ConnectError, within Timeout, unless cfg itself makes no sense.
func New(ctx context.Context, cfg Config) (*Driver, error) {
	cfg, err := cfg.producing().complete()
	if err != nil {
		return nil, err
	}
	to, err := depart(cfg.Kafka, cfg.Departure)
	if err != nil {
		return nil, err
	}
	d := &Driver{written: newWritten(), settings: cfg.settings(), confirmed: cfg.confirmed(), limit: cfg.BatchBytes - recordOverhead}
	d.deliveries = newDeliveries(d)
	client, w, err := connect(ctx, to, cfg.Timeout, append(cfg.options(), kgo.WithHooks(d.written))...)
	if err != nil {
		return nil, err
	}
	d.client, d.links = client, &w.links
	return d, nil
}

// Send implements transport.Driver. Done is called by the client's own goroutine, one message after the other, so it
// must be quick and must not wait.
func (d *Driver) Send(ctx context.Context, m *contract.Message, done func(contract.Reply)) {
	if r, refused := d.refuse(ctx, m); refused {
		done(r)
		return
	}
	d.inflight.Add()
	d.deliveries.Get().(*delivery).start(ctx, m, done)
}

// Settings implements transport.Producer.
func (d *Driver) Settings() record.KafkaSettings { return d.settings }

// Meter implements transport.Meter.
func (d *Driver) Meter() record.Links { return d.links.Take() }

// refuse answers for messages that are not worth a try.
func (d *Driver) refuse(ctx context.Context, m *contract.Message) (contract.Reply, bool) {
	r := contract.Reply{Outcome: contract.NeverSent, Done: time.Now()}
	if ctx.Err() != nil {
		r.Class, r.Detail = contract.ClassCancelled, "cancelled before it was sent"
		return r, true
	}
	if len(m.Records) == 0 {
		r.Class, r.Detail = contract.ClassGenerator, "message has no records"
		return r, true
	}
	for _, rec := range m.Records {
		if size := len(rec.Key) + len(rec.Value); size > d.limit {
			r.Class, r.Detail = contract.ClassTooLarge, fmt.Sprintf("record of %d bytes, the driver's batches take %d", size, d.limit)
			return r, true
		}
	}
	return r, false
}

// Close implements transport.Driver. When ctx ends first, the client is closed under the messages that are still on
// their way, which end as cancelled.
func (d *Driver) Close(ctx context.Context) error {
	_ = d.client.Flush(ctx) // it sends what lingers; its error is that of ctx, which Settle tells
	return d.inflight.Settle(ctx, "kafka", d.client.Close)
}
