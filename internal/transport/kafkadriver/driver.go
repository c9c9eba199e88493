// Package kafkadriver carries messages to a Kafka topic and reads back what a topic holds.
//
// Messages flow in, their records go through one idempotent producer (acks of all in-sync replicas), and one classified
// reply per message comes back. A Reader yields the records of a topic. The package imports internal/contract,
// internal/target and internal/transport; it and its folder broker are the only ones that know franz-go.
package kafkadriver

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
)

// Defaults of Config.
const (
	DefaultTimeout     = 10 * time.Second
	DefaultLinger      = 5 * time.Millisecond
	DefaultMaxBuffered = 10_000
	DefaultBatchBytes  = 1_000_012 // what a broker takes unless it is told otherwise
	DefaultClientID    = "muster"

	minTimeout     = time.Second // the least that the client allows a record
	recordOverhead = 128         // bytes that a batch adds to its only record, and some to spare
)

// Config says where messages go and how. The zero value of every member but Kafka is useful.
type Config struct {
	Kafka       target.Kafka
	Departure   contract.Departure // one deliberate way to connect otherwise than Kafka says
	Timeout     time.Duration      // to connect, and to deliver a record; default 10 s, at least 1 s
	Linger      time.Duration      // how long a record waits for company; default 5 ms, negative for not at all
	MaxBuffered int                // most records that wait or are on their way; default 10000
	BatchBytes  int                // most bytes of a batch, and so of a record; default 1000012
	ClientID    string             // default "muster"
}

// Driver is a transport.Driver over one Kafka client. It is safe for concurrent use.
//
// Send returns once the records are in the producer's buffer; Reply.Sent is that instant, so service time includes the
// linger. A record is given up when Timeout has passed since it was buffered and the request that carries it is over,
// which a broker that keeps answering with passing errors can stretch to twice Timeout. Records that are given up are
// indeterminate, and so is what waits behind them in the same partition: the client gives up a partition's records
// together. That, the end of a context included, may also end other messages of this driver.
type Driver struct {
	client  *kgo.Client
	limit   int // most bytes of one record
	pending atomic.Int64
	waiting sync.WaitGroup
}

// New connects to the brokers and returns when the topic, its leaders and the credentials have proved good. Otherwise
// the error is a *ConnectError, within Timeout, unless cfg itself makes no sense.
func New(ctx context.Context, cfg Config) (*Driver, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	to, err := depart(cfg.Kafka, cfg.Departure)
	if err != nil {
		return nil, err
	}
	client, err := connect(ctx, to, cfg.Timeout, cfg.options()...)
	if err != nil {
		return nil, err
	}
	return &Driver{client: client, limit: cfg.BatchBytes - recordOverhead}, nil
}

// complete fills the defaults in.
func (c Config) complete() (Config, error) {
	orInt := func(v *int, def int) {
		if *v == 0 {
			*v = def
		}
	}
	orInt(&c.MaxBuffered, DefaultMaxBuffered)
	orInt(&c.BatchBytes, DefaultBatchBytes)
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Linger == 0 {
		c.Linger = DefaultLinger
	}
	if c.ClientID == "" {
		c.ClientID = DefaultClientID
	}
	switch {
	case c.Timeout < minTimeout:
		return c, fmt.Errorf("open kafka driver: timeout %v, want at least %v", c.Timeout, minTimeout)
	case c.MaxBuffered < 0:
		return c, fmt.Errorf("open kafka driver: %d buffered records, want at least 1", c.MaxBuffered)
	case c.BatchBytes < 1024:
		return c, fmt.Errorf("open kafka driver: batches of %d bytes, want at least 1024", c.BatchBytes)
	}
	return c, nil
}

// options are those of a producer. A request gets half of Timeout from the broker and half on the wire, so that a
// broker that hangs costs one Timeout. Giving up a record on its way is allowed: it is reported as indeterminate and
// never produced again, so nothing is stored twice on that account.
func (c Config) options() []kgo.Opt {
	return []kgo.Opt{
		kgo.ClientID(c.ClientID),
		kgo.DefaultProduceTopic(c.Kafka.Topic),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.AllowIdempotentProduceCancellation(),
		kgo.ProducerLinger(max(c.Linger, 0)),
		kgo.ProducerBatchMaxBytes(int32(c.BatchBytes)),
		kgo.MaxBufferedRecords(c.MaxBuffered),
		kgo.RecordDeliveryTimeout(c.Timeout),
		kgo.ProduceRequestTimeout(c.Timeout / 2),
	}
}

// Send implements transport.Driver. Done is called by the client's own goroutine, one message after the other, so it
// must be quick and must not wait.
func (d *Driver) Send(ctx context.Context, m *contract.Message, done func(contract.Reply)) {
	if r, refused := d.refuse(ctx, m); refused {
		done(r)
		return
	}
	d.pending.Add(1)
	d.waiting.Add(1)
	newDelivery(m, func(r contract.Reply) {
		defer d.waiting.Done()
		defer d.pending.Add(-1)
		done(r)
	}).start(ctx, d.client)
}

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
	var err error
	if flushed := d.client.Flush(ctx); flushed != nil {
		err = fmt.Errorf("close kafka driver: %d messages cut off: %w", d.pending.Load(), flushed)
	}
	d.client.Close()
	d.waiting.Wait() // soon: a closed client fails whatever it still holds
	return err
}
