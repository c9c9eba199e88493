package main

import (
	"context"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/sasl/scram"
)

type segmentioSender struct{ writer *kafka.Writer }

func openSegmentio(j job) (sender, error) {
	trust, err := j.trust()
	if err != nil {
		return nil, err
	}
	login, err := scram.Mechanism(scram.SHA256, j.Username, j.Password)
	if err != nil {
		return nil, err
	}
	codec, known := map[string]kafka.Compression{
		"none": 0, "gzip": kafka.Gzip, "snappy": kafka.Snappy, "lz4": kafka.Lz4, "zstd": kafka.Zstd,
	}[j.Compression]
	if !known || j.Idempotent {
		return nil, fmt.Errorf("compression %q, idempotent %t: not offered by this client", j.Compression, j.Idempotent)
	}
	return segmentioSender{&kafka.Writer{
		Addr: kafka.TCP(j.Brokers...), Topic: j.Topic, Balancer: &kafka.Hash{}, RequiredAcks: kafka.RequireAll,
		Compression: codec, MaxAttempts: j.Retries + 1, BatchBytes: maxBytes, BatchTimeout: 5 * time.Millisecond,
		Transport: &kafka.Transport{TLS: trust, SASL: login},
	}}, nil
}

func (s segmentioSender) send(messages []message) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	batch := make([]kafka.Message, len(messages))
	for i, m := range messages {
		batch[i] = kafka.Message{Key: []byte(m.Key), Value: []byte(m.Value)}
	}
	return s.writer.WriteMessages(ctx, batch...)
}

func (s segmentioSender) close() error { return s.writer.Close() }
