package kafkadriver_test

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport/kafkadriver"
)

// The benchmarks produce records of 450 bytes into a broker in the same process, as many at a time as the buffer takes,
// so that what they tell is the difference between each other: an op is one record.
const benchBuffer = 8192

// BenchmarkDriver goes through the driver, a message for each record.
func BenchmarkDriver(b *testing.B) {
	b.Run("plain", func(b *testing.B) { benchDriver(b, benchCluster(b)) })
	b.Run("secured", func(b *testing.B) { benchDriver(b, benchSecured(b)) })
}

func benchDriver(b *testing.B, to target.Kafka) {
	d, err := kafkadriver.New(context.Background(), kafkadriver.Config{Kafka: to, MaxBuffered: 2 * benchBuffer})
	if err != nil {
		b.Fatal(err)
	}
	free := make(chan *contract.Message, benchBuffer)
	for range benchBuffer {
		free <- &contract.Message{Records: []contract.Record{{Key: make([]byte, 32), Value: make([]byte, 450)}}}
	}
	dones := map[*contract.Message]func(contract.Reply){} // as the engine's slots have them
	for range benchBuffer {
		m := <-free
		dones[m] = func(r contract.Reply) {
			if r.Outcome != contract.Acknowledged {
				b.Error(r)
			}
			free <- m
		}
		free <- m
	}
	b.ReportAllocs()
	for b.Loop() {
		m := <-free
		d.Send(context.Background(), m, dones[m])
	}
	if err := d.Close(context.Background()); err != nil {
		b.Error(err)
	}
}

// BenchmarkClient does the same with the client alone.
func BenchmarkClient(b *testing.B) {
	to := benchCluster(b)
	client, err := kgo.NewClient(kgo.SeedBrokers(to.Brokers...), kgo.DefaultProduceTopic(topic),
		kgo.ProducerLinger(kafkadriver.DefaultLinger), kgo.MaxBufferedRecords(2*benchBuffer))
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	free := make(chan *kgo.Record, benchBuffer)
	for range benchBuffer {
		free <- &kgo.Record{Key: make([]byte, 32), Value: make([]byte, 450)}
	}
	var once sync.Once
	done := func(r *kgo.Record, err error) {
		if err != nil {
			once.Do(func() { b.Error(err) })
		}
		free <- r
	}
	b.ReportAllocs()
	for b.Loop() {
		client.TryProduce(context.Background(), <-free, done)
	}
	if err := client.Flush(context.Background()); err != nil {
		b.Error(err)
	}
}

func benchCluster(b *testing.B, opts ...kfake.Opt) target.Kafka {
	b.Helper()
	c, err := kfake.NewCluster(append(opts, kfake.NumBrokers(1), kfake.SeedTopics(8, topic))...)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(c.Close)
	return target.Kafka{Brokers: c.ListenAddrs(), Topic: topic}
}

// benchSecured is a broker with TLS and SCRAM-SHA-256. Its certificate is that of the standard library's test server.
func benchSecured(b *testing.B) target.Kafka {
	b.Helper()
	s := httptest.NewTLSServer(nil)
	b.Cleanup(s.Close)
	to := benchCluster(b, kfake.TLS(&tls.Config{Certificates: s.TLS.Certificates}), kfake.EnableSASL(), kfake.Superuser("SCRAM-SHA-256", "u", "p"))
	to.TLS = &target.TLS{CA: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})}
	to.SASL = &target.SASL{Mechanism: "scram-sha-256", Username: "u", Password: "p"}
	return to
}
