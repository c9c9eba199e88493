// Package snsdriver carries messages to a topic of AWS SNS, or of an endpoint that speaks its Query protocol.
//
// Messages flow in; several that wait at one time go as one PublishBatch, a lone one as Publish; one classified reply
// per message comes back, read from its own entry of the answer. The package imports internal/contract, internal/record,
// internal/target and internal/transport; it is the only one that knows the AWS SDK. The other side of the wire is in its folder
// endpoint, and shares no code with it.
//
// Every call is made once: the SDK's retries are off, for a retry would hide throttling from the report, and time from
// its clocks. Whoever wants a message sent again sends it again.
package snsdriver

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/transport"
)

// Limits of SNS (A-S4, A-S5).
const (
	MaxEntries    = 10        // of one batch
	MaxBatchBytes = 256 << 10 // of all messages of one batch, in UTF-8
	maxBytes      = 2 << 20   // of a message that is sent at all; a topic can be told to take 1 MiB, never more
)

// Driver is a transport.Driver over one SNS client. It is safe for concurrent use.
//
// A message of SNS is the Body of a contract.Message. One that has Records instead is one PublishBatch exactly as
// given, limits and all: a record's key is the entry's id, its value the entry's message. It is never put together with
// others, and its reply tells the outcome of each record.
//
// Send returns once the message waits for its call, which is Reply.Queued; Reply.Sent is when the call had its
// connection, so that service time holds neither the wait for company nor that for a connection. A message whose context ends while its call still looks for a connection, and other messages go
// by the same call, hears of it when that call ends, which is within Timeout of the last of them.
type Driver struct {
	cfg    Config
	client *sns.Client
	wire   *wire

	queue chan *parcel
	slots chan struct{} // one for each call under way
	stats counts

	mu       sync.Mutex // guards closing and, with it, that nothing is sent once Close waits
	closing  bool
	inflight transport.InFlight
	working  sync.WaitGroup // the driver's own goroutines
	life     context.Context
	end      context.CancelCauseFunc
	idle     chan struct{} // closed when no message will come any more
}

// errDeadline is the cause with which a message's own deadline ends it, errClosed that of a driver that cannot wait.
var (
	errDeadline = errors.New("no answer before the deadline")
	errClosed   = errors.New("the driver was closed under it")
)

// New opens a driver. It reads the configuration of AWS (environment, files) and connects to nothing: credentials are
// looked for, and the topic is first heard of, when the first message is sent.
func New(ctx context.Context, cfg Config) (*Driver, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	d := &Driver{
		cfg: cfg, queue: make(chan *parcel, cfg.MaxBuffered), slots: make(chan struct{}, cfg.Connections), idle: make(chan struct{}),
	}
	d.life, d.end = context.WithCancelCause(context.Background())
	if d.client, d.wire, err = cfg.connect(ctx, d.life); err != nil {
		d.end(nil)
		return nil, err
	}
	d.working.Go(d.gather)
	return d, nil
}

// Send implements transport.Driver. Done is called by a goroutine of the driver.
func (d *Driver) Send(ctx context.Context, m *contract.Message, done func(contract.Reply)) {
	p, refused := d.accept(ctx, m, done)
	if refused.Class != contract.ClassNone {
		refused.Outcome, refused.Done = contract.NeverSent, time.Now()
		d.stats.settled(refused.Outcome, nil, m)
		done(refused)
		return
	}
	select {
	case d.queue <- p:
	default:
		p.settle(fate{outcome: contract.NeverSent, class: contract.ClassGenerator, detail: d.full()})
	}
}

// accept makes a parcel of m, or says why m is not worth a try.
func (d *Driver) accept(ctx context.Context, m *contract.Message, done func(contract.Reply)) (*parcel, contract.Reply) {
	refuse := func(c contract.Class, why string) (*parcel, contract.Reply) {
		return nil, contract.Reply{Class: c, Detail: why}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch size := sizeOf(m); {
	case ctx.Err() != nil:
		return refuse(contract.ClassCancelled, "cancelled before it was sent")
	case d.closing:
		return refuse(contract.ClassCancelled, "sent after the driver was closed")
	case size > maxBytes:
		return refuse(contract.ClassTooLarge, fmt.Sprintf("message of %d bytes, at most %d are sent at all", size, maxBytes))
	case d.stats.pending.Load() >= int64(d.cfg.MaxBuffered):
		return refuse(contract.ClassGenerator, d.full())
	}
	d.stats.pending.Add(1)
	d.inflight.Add()
	return newParcel(ctx, d, m, done), contract.Reply{}
}

func (d *Driver) full() string {
	return fmt.Sprintf("%d messages wait already, as many as may", d.cfg.MaxBuffered)
}

// Stats returns the counts as of now.
func (d *Driver) Stats() Stats { return d.stats.now() }

// Meter implements transport.Meter.
func (d *Driver) Meter() record.Links { return d.wire.links.Take() }

// Close implements transport.Driver. When ctx ends first, calls under way are cut off and their messages end as
// cancelled.
func (d *Driver) Close(ctx context.Context) error {
	d.mu.Lock()
	already := d.closing
	d.closing = true
	d.mu.Unlock()
	if already {
		return nil
	}
	err := d.inflight.Settle(ctx, "sns", func() {
		close(d.idle)
		d.end(errClosed) // and with the driver's life what it still holds
	})
	d.working.Wait()
	d.wire.close()
	return err
}
