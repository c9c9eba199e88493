package record

import (
	"fmt"
	"strings"
	"time"
)

// KafkaSettings are how records were produced. They decide what a latency or a rate by Kafka means, so every report
// prints them.
type KafkaSettings struct {
	Acks        string        `json:"acks"`         // all, leader or none
	Linger      time.Duration `json:"linger_ns"`    // how long a record waits for company
	Compression string        `json:"compression"`  // none, gzip, snappy, lz4 or zstd
	Idempotent  bool          `json:"idempotent"`   // no duplicate and no other order by the producer's own retries
	MaxBuffered int           `json:"max_buffered"` // most records that wait or are on their way
	BatchBytes  int           `json:"batch_bytes"`  // most bytes of a batch
}

// String returns the settings in one line.
func (k KafkaSettings) String() string {
	idempotent := "idempotent"
	if !k.Idempotent {
		idempotent = "not idempotent"
	}
	return strings.Join([]string{
		"acks " + k.Acks, fmt.Sprintf("linger %v", k.Linger), "compression " + k.Compression, idempotent,
		fmt.Sprintf("at most %d records buffered", k.MaxBuffered), fmt.Sprintf("batches of at most %d bytes", k.BatchBytes),
	}, ", ")
}
