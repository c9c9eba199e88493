package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
)

const deliverWithin = 20 * time.Second

type confluentSender struct {
	producer *kafka.Producer
	topic    string
}

func openConfluent(j job) (sender, error) {
	producer, err := kafka.NewProducer(&kafka.ConfigMap{
		"bootstrap.servers": strings.Join(j.Brokers, ","), "security.protocol": "SASL_SSL", "ssl.ca.location": j.CAFile,
		"sasl.mechanism": "SCRAM-SHA-256", "sasl.username": j.Username, "sasl.password": j.Password,
		"compression.type": j.Compression, "enable.idempotence": j.Idempotent, "acks": "all", "message.max.bytes": maxBytes,
		"message.timeout.ms": 6000, "topic.metadata.propagation.max.ms": 1000, "log_level": 0,
	})
	if err != nil {
		return nil, err
	}
	return confluentSender{producer, j.Topic}, nil
}

func (s confluentSender) send(messages []message) error {
	delivered := make(chan kafka.Event, len(messages))
	for _, m := range messages {
		if err := s.producer.Produce(&kafka.Message{
			TopicPartition: kafka.TopicPartition{Topic: &s.topic, Partition: kafka.PartitionAny},
			Key:            []byte(m.Key), Value: []byte(m.Value),
		}, delivered); err != nil {
			return err
		}
	}
	deadline := time.After(deliverWithin)
	for range messages {
		select {
		case e := <-delivered:
			if m, ok := e.(*kafka.Message); ok && m.TopicPartition.Error != nil {
				return errors.Join(m.TopicPartition.Error, s.reason())
			}
		case <-deadline:
			return fmt.Errorf("not delivered within %v: %w", deliverWithin, s.reason())
		}
	}
	return nil
}

// reason is what the client said of its connections. A delivery that timed out does not tell why.
func (s confluentSender) reason() error {
	for {
		select {
		case e := <-s.producer.Events():
			if err, ok := e.(kafka.Error); ok && err.Code() != kafka.ErrAllBrokersDown {
				return err
			}
		default:
			return nil
		}
	}
}

func (s confluentSender) close() error {
	s.producer.Close()
	return nil
}
