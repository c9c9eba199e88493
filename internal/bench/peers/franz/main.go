// Command franz is franz-go alone, to hold a load run over Kafka against: it produces as fast as the client can, or
// counts what a topic holds.
package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/passmuster/muster/internal/bench/peers/count"
)

type config struct {
	broker, topic, ca, user, password string
	count                             bool
	bytes                             int
}

func main() {
	var c config
	flag.StringVar(&c.broker, "broker", "", "host:port")
	flag.StringVar(&c.topic, "topic", "events", "where to produce, or what to count")
	flag.StringVar(&c.ca, "ca", "", "use TLS and trust the certificates in this file")
	flag.StringVar(&c.user, "user", "", "authenticate by SCRAM-SHA-256")
	flag.StringVar(&c.password, "password", "", "the user's password")
	flag.BoolVar(&c.count, "count", false, "count instead of producing")
	flag.IntVar(&c.bytes, "bytes", 450, "size of a record's value")
	flag.Parse()
	if err := run(c); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(c config) error {
	opts, err := c.options()
	if err != nil {
		return err
	}
	client, err := kgo.NewClient(opts...)
	if err != nil {
		return err
	}
	defer client.Close()
	if c.count {
		admin := kadm.NewClient(client)
		return count.Serve(c.broker, func(ctx context.Context) (int64, error) { return stored(ctx, admin, c.topic) })
	}
	return produce(client, values(c.bytes))
}

// options are those of muster's own driver: all acknowledgements, idempotent, snappy, a linger of 5 ms.
func (c config) options() ([]kgo.Opt, error) {
	opts := []kgo.Opt{
		kgo.SeedBrokers(c.broker), kgo.DefaultProduceTopic(c.topic), kgo.MaxBufferedRecords(10_000),
		kgo.ProducerLinger(5 * time.Millisecond), kgo.DisableClientMetrics(),
	}
	if c.ca != "" {
		text, err := os.ReadFile(c.ca)
		if err != nil {
			return nil, err
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s: no certificate in it", c.ca)
		}
		opts = append(opts, kgo.DialTLSConfig(&tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}))
	}
	if c.user != "" {
		opts = append(opts, kgo.SASL(scram.Auth{User: c.user, Pass: c.password}.AsSha256Mechanism()))
	}
	return opts, nil
}

// produce keeps the client's buffer full until the process is told to end.
func produce(client *kgo.Client, values [][]byte) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	var once sync.Once
	var failed error
	for i := 0; ctx.Err() == nil; i++ {
		v := values[i%len(values)]
		client.Produce(ctx, &kgo.Record{Key: v[len(idBefore) : len(idBefore)+32], Value: v}, func(_ *kgo.Record, err error) {
			if err != nil && !errors.Is(err, context.Canceled) {
				once.Do(func() { failed = err; stop() })
			}
		})
	}
	ending, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return errors.Join(client.Flush(ending), failed)
}

const idBefore = `{"id":"`

// values returns as many different events as a batch could hold, each with a random id and padding of its own.
func values(bytes int) [][]byte {
	all := make([][]byte, 16<<10)
	for i := range all {
		var id [16]byte
		_, _ = rand.Read(id[:]) // crypto/rand never fails since Go 1.24
		v := idBefore + hex.EncodeToString(id[:]) + `","name":"level_complete","pad":"`
		all[i] = []byte(v + strings.Repeat("x", max(0, bytes-len(v)-2)) + `"}`)
	}
	return all
}

// stored sums up the ends of a topic's partitions.
func stored(ctx context.Context, admin *kadm.Client, topic string) (int64, error) {
	ends, err := admin.ListEndOffsets(ctx, topic)
	if err != nil {
		return 0, err
	}
	var sum int64
	ends.Each(func(o kadm.ListedOffset) { sum += o.Offset })
	return sum, ends.Error()
}
