package broker

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/passmuster/muster/internal/contract"
)

const (
	mechanism = "SCRAM-SHA-256"

	mechanismPlain = "PLAIN" // for mutants only

	maxBuffered = 20_000                 // records that may wait to be stored, of all callers together
	linger      = 500 * time.Microsecond // how long a record waits for company
	storeWithin = 10 * time.Second       // after this a record that could not be stored is given up
)

// client makes a client of this broker that connects from within the process. It authenticates like anybody.
func (b *Broker) client(opts ...kgo.Opt) (*kgo.Client, error) {
	login := scram.Auth{User: b.cfg.Username, Pass: b.cfg.Password}
	c, err := kgo.NewClient(append(opts,
		kgo.SeedBrokers(b.Addr()),
		kgo.ClientID("muster-reference"),
		kgo.Dialer(b.ln.dial),
		kgo.SASL(login.AsSha256Mechanism()),
		kgo.DisableClientMetrics(),
	)...)
	if err != nil {
		return nil, fmt.Errorf("start broker: make its own client: %w", err)
	}
	return c, nil
}

// producing is how records are stored: in order for each key, once, and with little delay. Nothing is compressed,
// since the way is a pipe within the process.
func producing(cfg Config) []kgo.Opt {
	return []kgo.Opt{
		kgo.ProducerBatchCompression(kgo.NoCompression()),
		kgo.ProducerBatchMaxBytes(int32(cfg.MaxMessageBytes)),
		kgo.ProducerLinger(linger),
		kgo.MaxBufferedRecords(maxBuffered),
		kgo.RecordDeliveryTimeout(storeWithin),
	}
}

// Store appends the records to the topic, each to the partition of its key, and returns when the broker has them. It
// does not hear the end of ctx: a record that is on its way cannot be called back, so it waits for the word on each,
// which comes within 10 s. When Store returns, the memory of the records is the caller's again. Many may call at once;
// their records then travel together.
func (b *Broker) Store(ctx context.Context, topic string, records []contract.Record) error {
	if len(records) == 0 {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	var (
		wait  sync.WaitGroup
		first atomic.Pointer[error]
	)
	wait.Add(len(records))
	done := func(_ *kgo.Record, err error) {
		if err != nil {
			first.CompareAndSwap(nil, &err)
		}
		wait.Done()
	}
	batch := make([]kgo.Record, len(records)) // one allocation for all
	for i, r := range records {
		batch[i] = kgo.Record{Topic: topic, Key: r.Key, Value: r.Value}
		b.writer.Produce(ctx, &batch[i], done)
	}
	wait.Wait()
	if err := first.Load(); err != nil {
		b.counts.storeFailed.Add(1)
		return fmt.Errorf("store %d records in topic %q: %w", len(records), topic, *err)
	}
	b.counts.stored.Add(int64(len(records)))
	return nil
}
