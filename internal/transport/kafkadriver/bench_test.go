package kafkadriver_test

import (
	"context"
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
	to := benchCluster(b)
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

func benchCluster(b *testing.B) target.Kafka {
	b.Helper()
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(8, topic))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(c.Close)
	return target.Kafka{Brokers: c.ListenAddrs(), Topic: topic}
}

// BenchmarkReader reads records back. An op is one record.
func BenchmarkReader(b *testing.B) {
	to := benchCluster(b)
	d, err := kafkadriver.New(context.Background(), kafkadriver.Config{Kafka: to, MaxBuffered: b.N + 1})
	if err != nil {
		b.Fatal(err)
	}
	m := &contract.Message{Records: []contract.Record{{Key: make([]byte, 32), Value: make([]byte, 450)}}}
	for range b.N {
		d.Send(context.Background(), m, func(contract.Reply) {})
	}
	if err := d.Close(context.Background()); err != nil {
		b.Fatal(err)
	}
	r, err := kafkadriver.NewReader(context.Background(), to, false)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	b.ReportAllocs()
	b.ResetTimer()
	read := 0
	if err := r.Read(context.Background(), func(contract.Stored) error { read++; return nil }); err != nil || read != b.N {
		b.Errorf("read %d of %d: %v", read, b.N, err)
	}
}
