//go:build integration

package apachekafka

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/drivertest"
	"github.com/passmuster/muster/internal/transport/kafkadriver"
)

// short is the deadline where a test waits for it.
const short = time.Second

// TestDriver asks of the Kafka driver, against the genuine broker, all that is asked of it against the embedded one.
func TestDriver(t *testing.T) {
	drivertest.Run(t, func(*testing.T) drivertest.Fixture {
		return drivertest.Fixture{Render: render, Live: live, Hanging: hanging, Cases: cases()}
	})
}

func live(t *testing.T) (transport.Driver, func() []string) {
	name := fresh(t, Topic{Game: []kmsg.ACLOperation{kmsg.ACLOperationWrite}})
	r, err := kafkadriver.NewReader(t.Context(), broker.Admin(name), false)
	if err != nil {
		t.Fatalf("NewReader: %v", err)
	}
	t.Cleanup(r.Close)
	return drive(t, kafkadriver.Config{Kafka: broker.Game(name)}), func() []string { return readAll(t, r) }
}

// hanging opens a driver, has it produce once so that nothing is left to be asked beforehand, and shuts the gate.
func hanging(t *testing.T) (transport.Driver, <-chan struct{}) {
	name := fresh(t, Topic{Game: []kmsg.ACLOperation{kmsg.ACLOperationWrite}})
	d := drive(t, kafkadriver.Config{Kafka: broker.Game(name), Timeout: short})
	var m contract.Message
	render(&m, "before")
	if r := transport.Exchange(t.Context(), d, &m); r.Outcome != contract.Acknowledged {
		t.Fatalf("before the gate is shut: %+v", r)
	}
	reached := make(chan struct{}, 1)
	t.Cleanup(door.hold(func() {
		select {
		case reached <- struct{}{}:
		default:
		}
	}))
	return d, reached
}

func cases() []drivertest.Case {
	write := []kmsg.ACLOperation{kmsg.ACLOperationWrite}
	on := func(t Topic, batch int) func(*testing.T) transport.Driver {
		return func(test *testing.T) transport.Driver {
			return drive(test, kafkadriver.Config{Kafka: broker.Game(fresh(test, t)), BatchBytes: batch})
		}
	}
	return []drivertest.Case{
		{
			Name: "may look but not write", Outcome: contract.Failed, Class: contract.ClassTopic, Status: 29,
			Open: on(Topic{Game: []kmsg.ACLOperation{kmsg.ACLOperationDescribe}}, 0),
		}, {
			Name: "too large for the broker", Outcome: contract.Failed, Class: contract.ClassTooLarge, Status: 10,
			Open:    on(Topic{Game: write}, 4<<20),
			Message: func(m *contract.Message) { m.Records[0].Value = noise(2 << 20) },
		}, {
			Name: "a record without a key where keys are kept apart", Outcome: contract.Failed, Class: contract.ClassRejected, Status: 87,
			Open:    on(Topic{Game: write, Config: map[string]string{"cleanup.policy": "compact"}}, 0),
			Message: func(m *contract.Message) { m.Records[0].Key = nil },
		}, {
			Name: "topic deleted", Outcome: contract.Failed, Class: contract.ClassTopic, Status: 3,
			Open: func(t *testing.T) transport.Driver {
				name := fresh(t, Topic{Game: write})
				d := drive(t, kafkadriver.Config{Kafka: broker.Game(name)})
				if err := broker.DeleteTopic(t.Context(), name); err != nil {
					t.Fatal(err)
				}
				return d
			},
		},
	}
}

// noise is n bytes that do not compress.
func noise(n int) []byte {
	b, state := make([]byte, n), uint32(1)
	for i := range b {
		state = state*1664525 + 1013904223
		b[i] = byte(state >> 24)
	}
	return b
}

var topics atomic.Int64

// fresh makes a topic that no other test knows, and returns its name.
func fresh(t *testing.T, topic Topic) string {
	t.Helper()
	topic.Name, topic.Partitions = fmt.Sprintf("t%d", topics.Add(1)), 2
	if err := broker.AddTopic(context.Background(), topic); err != nil {
		t.Fatal(err)
	}
	return topic.Name
}

// drive opens a driver. The suite closes it.
func drive(t *testing.T, cfg kafkadriver.Config) *kafkadriver.Driver {
	t.Helper()
	d, err := kafkadriver.New(t.Context(), cfg)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return d
}

// render makes a message of one record whose key is the id, in the memory of m.
func render(m *contract.Message, id string) {
	m.Operation, m.Transport = "test.kafka", contract.Kafka
	if len(m.Records) == 0 {
		m.Records = make([]contract.Record, 1)
	}
	r := &m.Records[0]
	r.Key = append(r.Key[:0], id...)
	r.Value = append(append(r.Value[:0], `{"id":"`...), id+`"}`...)
}

// readAll reads on to the end and returns the ids.
func readAll(t *testing.T, r transport.Reader) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var ids []string
	err := r.Read(ctx, func(s contract.Stored) error {
		if want := `{"id":"` + s.ID + `"}`; string(s.Value) != want {
			t.Errorf("record %q has value %q, want %q", s.ID, s.Value, want)
		}
		ids = append(ids, s.ID)
		return nil
	})
	if err != nil {
		t.Errorf("Read: %v", err)
	}
	return ids
}
