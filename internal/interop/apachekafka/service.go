package apachekafka

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport/kafkadriver"
)

const (
	eventsTopic   = "events"   // where the game produces
	acceptedTopic = "accepted" // where what was accepted is read back
	partitions    = 4
	readEvery     = 20 * time.Millisecond
	closeWithin   = 10 * time.Second
)

// AddGame makes the two topics of a game, grants it to write events and to read what was accepted, and returns the
// target that this is. Serve has to run behind it.
func (s *Server) AddGame(ctx context.Context, tag string) (*target.Target, error) {
	for _, t := range []Topic{
		{Name: eventsTopic, Partitions: partitions, Game: []kmsg.ACLOperation{kmsg.ACLOperationWrite}},
		{Name: acceptedTopic, Partitions: partitions, Game: []kmsg.ACLOperation{kmsg.ACLOperationRead}},
	} {
		if err := s.AddTopic(ctx, t); err != nil {
			return nil, err
		}
	}
	events, accepted := s.Game(eventsTopic), s.Game(acceptedTopic)
	made := &target.Target{Version: 1, Name: "apache-kafka", Ingest: &target.Ingest{
		CartridgeTag: tag, Kafka: &events, Readback: &target.Readback{Kafka: &accepted},
	}}
	made.Load.Allowed = true
	return made, nil
}

// Serve is the service behind the broker: it reads the events of the game, asks half about each, and stores what half
// accepts. It runs until ctx ends, which is no error.
func (s *Server) Serve(ctx context.Context, half contract.Responder) (err error) {
	reader, err := kafkadriver.NewReader(ctx, s.Admin(eventsTopic), false)
	if err != nil {
		return fmt.Errorf("serve behind apache kafka: %w", err)
	}
	defer reader.Close()
	writer, err := kafkadriver.New(ctx, kafkadriver.Config{Kafka: s.Admin(acceptedTopic)})
	if err != nil {
		return fmt.Errorf("serve behind apache kafka: %w", err)
	}
	defer func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeWithin)
		defer cancel()
		err = errors.Join(err, writer.Close(ending))
	}()
	for ctx.Err() == nil {
		if err := pass(ctx, reader, writer, half); err != nil && ctx.Err() == nil {
			return fmt.Errorf("serve behind apache kafka: %w", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(readEvery):
		}
	}
	return nil
}

// pass reads on to the end of the log and returns when what came of it is stored.
func pass(ctx context.Context, reader *kafkadriver.Reader, writer *kafkadriver.Driver, half contract.Responder) error {
	var (
		stored sync.WaitGroup
		mu     sync.Mutex
		faults []error
	)
	err := reader.Read(ctx, func(e contract.Stored) error {
		m := contract.Message{Transport: contract.Kafka, Records: []contract.Record{{Key: []byte(e.ID), Value: e.Value}}}
		accepted := half.Respond(time.Now(), &m).Accepted
		if len(accepted) == 0 {
			return nil
		}
		stored.Add(1)
		writer.Send(context.WithoutCancel(ctx), &contract.Message{Transport: contract.Kafka, Records: accepted}, func(r contract.Reply) {
			defer stored.Done()
			if r.Outcome != contract.Acknowledged {
				mu.Lock()
				defer mu.Unlock()
				faults = append(faults, fmt.Errorf("store event %s: %s", accepted[0].Key, r.Detail))
			}
		})
		return nil
	})
	stored.Wait()
	return errors.Join(append(faults, err)...)
}
