package main

import (
	"fmt"

	"github.com/IBM/sarama"
	"github.com/xdg-go/scram"
)

type saramaSender struct {
	producer sarama.SyncProducer
	topic    string
}

func openSarama(j job) (sender, error) {
	config, err := saramaConfig(j)
	if err != nil {
		return nil, err
	}
	producer, err := sarama.NewSyncProducer(j.Brokers, config)
	if err != nil {
		return nil, err
	}
	return saramaSender{producer, j.Topic}, nil
}

func saramaConfig(j job) (*sarama.Config, error) {
	c := sarama.NewConfig()
	var err error
	if c.Net.TLS.Config, err = j.trust(); err != nil {
		return nil, err
	}
	if err := c.Producer.Compression.UnmarshalText([]byte(j.Compression)); err != nil {
		return nil, err
	}
	c.Net.TLS.Enable, c.Net.SASL.Enable = true, true
	c.Net.SASL.Mechanism, c.Net.SASL.User, c.Net.SASL.Password = sarama.SASLTypeSCRAMSHA256, j.Username, j.Password
	c.Net.SASL.SCRAMClientGeneratorFunc = func() sarama.SCRAMClient { return new(saramaSCRAM) }
	c.Metadata.Retry.Max, c.Producer.Retry.Max = j.Retries, max(j.Retries, 1)
	c.Producer.RequiredAcks, c.Producer.Return.Successes = sarama.WaitForAll, true
	c.Producer.MaxMessageBytes = maxBytes
	if j.Idempotent {
		c.Producer.Idempotent, c.Net.MaxOpenRequests = true, 1
	}
	return c, nil
}

func (s saramaSender) send(messages []message) error {
	batch := make([]*sarama.ProducerMessage, len(messages))
	for i, m := range messages {
		batch[i] = &sarama.ProducerMessage{Topic: s.topic, Key: sarama.StringEncoder(m.Key), Value: sarama.StringEncoder(m.Value)}
	}
	err := s.producer.SendMessages(batch)
	if faults, ok := err.(sarama.ProducerErrors); ok && len(faults) > 0 {
		return fmt.Errorf("%d messages: %w", len(faults), faults[0].Err)
	}
	return err
}

func (s saramaSender) close() error { return s.producer.Close() }

// saramaSCRAM is the exchange, which sarama leaves to its caller.
type saramaSCRAM struct{ *scram.ClientConversation }

func (s *saramaSCRAM) Begin(user, password, authzID string) error {
	client, err := scram.SHA256.NewClient(user, password, authzID)
	if err == nil {
		s.ClientConversation = client.NewConversation()
	}
	return err
}
