//go:build integration

package apachekafka

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport/kafkadriver"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestWhereTheReferenceDiffers observes both brokers in ways that the clauses leave open, and keeps what it saw as a
// table: whoever tests a client by the reference can read there what production may do otherwise.
func TestWhereTheReferenceDiffers(t *testing.T) {
	genuine, reference := apache(t).Ingest, embedded(t).Ingest
	var table bytes.Buffer
	fmt.Fprintf(&table, "| a client of the game ... | Apache Kafka %s | the reference |\n|---|---|---|\n", version(t))
	for _, o := range observations() {
		fmt.Fprintf(&table, "| %s | %s | %s |\n", o.what, o.see(t, genuine), o.see(t, reference))
	}
	golden := filepath.Join("testdata", "differences.md")
	if *update {
		if err := os.WriteFile(golden, table.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got := table.String(); got != string(want) {
		t.Errorf("observed:\n%s\nwant (see -update):\n%s", got, want)
	}
}

// version reads the genuine broker's version off its jar.
func version(t *testing.T) string {
	t.Helper()
	jars, err := filepath.Glob(filepath.Join(broker.opts.Jars, "kafka_*-*.jar"))
	if err != nil || len(jars) != 1 {
		t.Fatalf("find the broker's jar: %q (%v), want one", jars, err)
	}
	name := strings.TrimSuffix(filepath.Base(jars[0]), ".jar")
	return name[strings.LastIndex(name, "-")+1:]
}

// observation is one thing to try on a broker, and how to say what came of it.
type observation struct {
	what string
	see  func(*testing.T, *target.Ingest) string
}

func observations() []observation {
	connecting := func(d contract.Departure) func(*testing.T, *target.Ingest) string {
		return func(t *testing.T, in *target.Ingest) string { return connect(t, *in.Kafka, d) }
	}
	return []observation{
		{"gives a wrong password", connecting(contract.WrongPassword)},
		{"gives an unknown user name", connecting(contract.UnknownUser)},
		{"does not authenticate", connecting(contract.NoSASL)},
		{"does not encrypt", connecting(contract.Plaintext)},
		{"names a topic that does not exist", connecting(contract.UnknownTopic)},
		{"asks for the SASL handshake in version 0", handshakeZero},
		{"asks which versions of Produce there are", produceVersions},
		{"sends the largest value that is taken, in one record under a key of 32 bytes", largest},
		{"sends a record that is stamped two hours ahead", func(t *testing.T, in *target.Ingest) string {
			return produce(t, *in.Kafka, &kgo.Record{Key: []byte("k"), Value: []byte("v"), Timestamp: time.Now().Add(2 * time.Hour)})
		}},
		{"sends a record without a key", func(t *testing.T, in *target.Ingest) string {
			return produce(t, *in.Kafka, &kgo.Record{Value: []byte("v")})
		}},
		{"produces to the read-back topic", func(t *testing.T, in *target.Ingest) string {
			return produce(t, *in.Readback.Kafka, &kgo.Record{Key: []byte("k"), Value: []byte("v")})
		}},
		{"reads the topic that it produces to", read},
		{"looks for the coordinator of a consumer group", coordinator(0)},
		{"begins a transaction", coordinator(1)},
		{"creates a topic", create},
	}
}

// said puts the end of a request in words.
func said(err error) string {
	var refused *kerr.Error
	switch {
	case err == nil:
		return "taken"
	case errors.As(err, &refused):
		return fmt.Sprintf("error %d, %s", refused.Code, refused.Message)
	default:
		return "connection closed"
	}
}

// connect opens a driver that departs from what the target says.
func connect(t *testing.T, k target.Kafka, d contract.Departure) string {
	t.Helper()
	driver, err := kafkadriver.New(t.Context(), kafkadriver.Config{Kafka: k, Departure: d})
	if err == nil {
		_ = driver.Close(t.Context())
	}
	return said(err)
}

// client connects as the game does.
func client(t *testing.T, k target.Kafka, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	c, err := kgo.NewClient(append(opts,
		kgo.SeedBrokers(k.Brokers...), kgo.DialTLSConfig(trust(k)), kgo.DisableClientMetrics(), kgo.RecordDeliveryTimeout(patience),
		kgo.SASL(scram.Auth{User: k.SASL.Username, Pass: k.SASL.Password.Reveal()}.AsSha256Mechanism()),
	)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func trust(k target.Kafka) *tls.Config {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(k.TLS.CA)
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

func produce(t *testing.T, k target.Kafka, r *kgo.Record) string {
	t.Helper()
	r.Topic = k.Topic
	c := client(t, k, kgo.ProducerBatchMaxBytes(4<<20), kgo.ProducerBatchCompression(kgo.NoCompression()))
	return said(c.ProduceSync(t.Context(), r).FirstErr())
}

// largest looks for the largest value by halving.
func largest(t *testing.T, in *target.Ingest) string {
	c := client(t, *in.Kafka, kgo.ProducerBatchMaxBytes(4<<20), kgo.ProducerBatchCompression(kgo.NoCompression()))
	beyond := sort.Search(2<<20, func(n int) bool {
		r := &kgo.Record{Topic: in.Kafka.Topic, Key: bytes.Repeat([]byte("k"), 32), Value: make([]byte, n)}
		err := c.ProduceSync(t.Context(), r).FirstErr()
		if err != nil && !errors.Is(err, kerr.MessageTooLarge) {
			t.Fatal(err)
		}
		return err != nil
	})
	return fmt.Sprintf("%d bytes", beyond-1)
}

// read produces a record and tries to read it.
func read(t *testing.T, in *target.Ingest) string {
	produce(t, *in.Kafka, &kgo.Record{Key: []byte("k"), Value: []byte("v")})
	c := client(t, *in.Kafka, kgo.ConsumeTopics(in.Kafka.Topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	return said(c.PollFetches(ctx).Err())
}

// coordinator asks for who keeps a consumer group (kind 0) or a transaction (kind 1).
func coordinator(kind int8) func(*testing.T, *target.Ingest) string {
	return func(t *testing.T, in *target.Ingest) string {
		req := kmsg.NewPtrFindCoordinatorRequest()
		req.CoordinatorKeys, req.CoordinatorType = []string{"interop"}, kind
		resp, err := req.RequestWith(t.Context(), client(t, *in.Kafka))
		if err == nil {
			err = kerr.ErrorForCode(resp.Coordinators[0].ErrorCode)
		}
		return said(err)
	}
}

func create(t *testing.T, in *target.Ingest) string {
	topic := kmsg.NewCreateTopicsRequestTopic()
	topic.Topic, topic.NumPartitions, topic.ReplicationFactor = "made-by-the-game", 1, 1
	req := kmsg.NewPtrCreateTopicsRequest()
	req.Topics = append(req.Topics, topic)
	resp, err := req.RequestWith(t.Context(), client(t, *in.Kafka))
	if err == nil {
		err = kerr.ErrorForCode(resp.Topics[0].ErrorCode)
	}
	return said(err)
}

func produceVersions(t *testing.T, in *target.Ingest) string {
	req := kmsg.NewPtrApiVersionsRequest()
	req.ClientSoftwareName, req.ClientSoftwareVersion = "interop", "1"
	resp, err := req.RequestWith(t.Context(), client(t, *in.Kafka))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range resp.ApiKeys {
		if kmsg.Key(k.ApiKey) == kmsg.Produce {
			return fmt.Sprintf("%d to %d", k.MinVersion, k.MaxVersion)
		}
	}
	return "none"
}

// handshakeZero speaks past every client, none of which uses that version any more.
func handshakeZero(t *testing.T, in *target.Ingest) string {
	conn, err := tls.Dial("tcp", in.Kafka.Brokers[0], trust(*in.Kafka))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	req := kmsg.NewPtrSASLHandshakeRequest()
	req.Mechanism = "SCRAM-SHA-256"
	if _, err := conn.Write(kmsg.NewRequestFormatter().AppendRequest(nil, req, 1)); err != nil {
		t.Fatal(err)
	}
	head := make([]byte, 10) // size, id, error code
	if _, err := io.ReadFull(conn, head); err != nil {
		return said(err)
	}
	return said(kerr.ErrorForCode(int16(binary.BigEndian.Uint16(head[8:]))))
}
