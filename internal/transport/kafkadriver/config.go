package kafkadriver

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/target"
)

// Defaults of Config.
const (
	DefaultTimeout     = 10 * time.Second
	DefaultLinger      = 5 * time.Millisecond
	DefaultCompression = "snappy"
	DefaultMaxBuffered = 10_000
	DefaultBatchBytes  = 1_000_012 // what a broker takes unless it is told otherwise
	DefaultClientID    = "muster"

	MinTimeout     = time.Second // the least that the client allows a record
	recordOverhead = 128         // bytes that a batch adds to its only record, and some to spare
)

// Who confirms that a record was stored.
const (
	AcksAll    = "all"    // every replica that is in sync
	AcksLeader = "leader" // the partition's leader alone
	AcksNone   = "none"   // nobody
)

// Config says where messages go and how. The zero value of every member but Kafka is useful.
type Config struct {
	Kafka       target.Kafka
	Departure   contract.Departure // one deliberate way to connect otherwise than Kafka says
	Timeout     time.Duration      // to connect, and to deliver a record; default 10 s, at least 1 s
	Linger      time.Duration      // how long a record waits for company; default 5 ms, negative for not at all
	Acks        string             // who confirms a record: AcksAll (default), AcksLeader or AcksNone
	Compression string             // none, gzip, snappy (default), lz4 or zstd
	Repeatable  bool               // the broker does not sort out what the client sends again; always so unless Acks is AcksAll
	MaxBuffered int                // most records that wait or are on their way; default 10000
	BatchBytes  int                // most bytes of a batch, and so of a record; default 1000012
	ClientID    string             // default "muster"
}

// codecs are the compressions by name.
func codecs() map[string]kgo.CompressionCodec {
	return map[string]kgo.CompressionCodec{
		"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
		"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
	}
}

// complete fills the defaults in.
func (c Config) complete() (Config, error) {
	c.Timeout = cmp.Or(c.Timeout, DefaultTimeout)
	c.Linger = cmp.Or(c.Linger, DefaultLinger)
	c.Acks = cmp.Or(c.Acks, AcksAll)
	c.Compression = cmp.Or(c.Compression, DefaultCompression)
	c.MaxBuffered = cmp.Or(c.MaxBuffered, DefaultMaxBuffered)
	c.BatchBytes = cmp.Or(c.BatchBytes, DefaultBatchBytes)
	c.ClientID = cmp.Or(c.ClientID, DefaultClientID)
	c.Repeatable = c.Repeatable || c.Acks != AcksAll
	_, known := codecs()[c.Compression]
	switch {
	case c.Timeout < MinTimeout:
		return c, fmt.Errorf("open kafka driver: timeout %v, want at least %v", c.Timeout, MinTimeout)
	case c.Acks != AcksAll && c.Acks != AcksLeader && c.Acks != AcksNone:
		return c, fmt.Errorf("open kafka driver: acks %q, want %s, %s or %s", c.Acks, AcksAll, AcksLeader, AcksNone)
	case !known:
		return c, fmt.Errorf("open kafka driver: compression %q, want one of %s", c.Compression,
			strings.Join(slices.Sorted(maps.Keys(codecs())), ", "))
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
	options := []kgo.Opt{
		kgo.ClientID(c.ClientID),
		kgo.DefaultProduceTopic(c.Kafka.Topic),
		kgo.RequiredAcks(map[string]kgo.Acks{AcksAll: kgo.AllISRAcks(), AcksLeader: kgo.LeaderAck(), AcksNone: kgo.NoAck()}[c.Acks]),
		kgo.ProducerBatchCompression(codecs()[c.Compression]),
		kgo.ProducerLinger(max(c.Linger, 0)),
		kgo.ProducerBatchMaxBytes(int32(c.BatchBytes)),
		kgo.MaxBufferedRecords(c.MaxBuffered),
		kgo.RecordDeliveryTimeout(c.Timeout),
		kgo.ProduceRequestTimeout(c.Timeout / 2),
	}
	if c.Repeatable {
		return append(options, kgo.DisableIdempotentWrite())
	}
	return append(options, kgo.AllowIdempotentProduceCancellation())
}

// settings are what a report prints.
func (c Config) settings() record.KafkaSettings {
	return record.KafkaSettings{
		Acks: c.Acks, Linger: max(c.Linger, 0), Compression: c.Compression, Idempotent: !c.Repeatable,
		MaxBuffered: c.MaxBuffered, BatchBytes: c.BatchBytes,
	}
}

// confirmed is the fate of a record that the client calls produced. Without acks that means that it was written.
func (c Config) confirmed() fate {
	if c.Acks == AcksNone {
		return fate{outcome: contract.Indeterminate, class: contract.ClassUnconfirmed, detail: "sent with acks none, so that nobody says whether it arrived"}
	}
	return fate{outcome: contract.Acknowledged}
}
