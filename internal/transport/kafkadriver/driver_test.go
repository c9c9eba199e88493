package kafkadriver_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/drivertest"
	"github.com/passmuster/muster/internal/transport/kafkadriver"
)

const (
	topic   = "events"
	short   = time.Second // the deadline where a test waits for it
	produce = int16(kmsg.Produce)
)

func TestDriver(t *testing.T) {
	drivertest.Run(t, func(*testing.T) drivertest.Fixture {
		return drivertest.Fixture{
			Render:  render,
			Live:    live,
			Hanging: hanging,
			Cases:   cases(),
		}
	})
}

func live(t *testing.T) (transport.Driver, func() []string) {
	_, to := cluster(t)
	r, err := kafkadriver.NewReader(context.Background(), to, false)
	if err != nil {
		t.Fatalf("NewReader: %v", err)
	}
	t.Cleanup(r.Close)
	return open(t, kafkadriver.Config{Kafka: to}), func() []string { return readAll(t, r) }
}

// hanging opens a driver to a broker that reads what is produced and never answers.
func hanging(t *testing.T) (transport.Driver, <-chan struct{}) {
	c, to := cluster(t)
	d := open(t, kafkadriver.Config{Kafka: to, Timeout: short})
	reached := make(chan struct{}, 1)
	t.Cleanup(stall(c, func() {
		select {
		case reached <- struct{}{}:
		default:
		}
	}))
	return d, reached
}

// stall keeps every produce request of c unanswered until the returned function is called. It tells of each.
func stall(c *kfake.Cluster, tell func()) func() {
	release := make(chan struct{})
	c.ControlKey(produce, func(kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		tell()
		c.SleepControl(func() { <-release })
		return nil, nil, false
	})
	return sync.OnceFunc(func() { close(release) })
}

func cases() []drivertest.Case {
	answer := func(name string, e *kerr.Error, o contract.Outcome, class contract.Class) drivertest.Case {
		return drivertest.Case{Name: name, Outcome: o, Class: class, Status: int(e.Code), Open: func(t *testing.T) transport.Driver {
			c, to := cluster(t)
			d := open(t, kafkadriver.Config{Kafka: to})
			c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Err: e, Count: -1})
			return d
		}}
	}
	return []drivertest.Case{
		answer("topic not granted", kerr.TopicAuthorizationFailed, contract.Failed, contract.ClassTopic),
		answer("too large for the broker", kerr.MessageTooLarge, contract.Failed, contract.ClassTooLarge),
		answer("invalid record", kerr.InvalidRecord, contract.Failed, contract.ClassRejected),
		answer("policy", kerr.PolicyViolation, contract.Failed, contract.ClassRejected),
		answer("broker's own fault", kerr.UnknownServerError, contract.Failed, contract.ClassServer),
		{
			Name: "passing error that stays", Outcome: contract.Indeterminate, Class: contract.ClassTimeout,
			Open: func(t *testing.T) transport.Driver {
				c, to := cluster(t)
				d := open(t, kafkadriver.Config{Kafka: to, Timeout: short})
				c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Err: kerr.NotEnoughReplicasAfterAppend, Count: -1})
				return d
			},
		},
		{
			Name: "topic deleted", Outcome: contract.Failed, Class: contract.ClassTopic, Status: int(kerr.UnknownTopicOrPartition.Code),
			Open: func(t *testing.T) transport.Driver {
				c, to := cluster(t)
				d := open(t, kafkadriver.Config{Kafka: to})
				if err := c.DeleteTopic(topic); err != nil {
					t.Fatal(err)
				}
				return d
			},
		},
		{
			Name: "too large for a batch", Outcome: contract.NeverSent, Class: contract.ClassTooLarge, Open: plain,
			Message: func(m *contract.Message) { m.Records[0].Value = make([]byte, kafkadriver.DefaultBatchBytes) },
		},
		{
			Name: "no records", Outcome: contract.NeverSent, Class: contract.ClassGenerator, Open: plain,
			Message: func(m *contract.Message) { m.Records = nil },
		},
	}
}

func plain(t *testing.T) transport.Driver {
	_, to := cluster(t)
	return open(t, kafkadriver.Config{Kafka: to})
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

// cluster starts a broker with one topic of two partitions for the length of the test.
func cluster(t *testing.T, opts ...kfake.Opt) (*kfake.Cluster, target.Kafka) {
	t.Helper()
	c, err := kfake.NewCluster(append(opts, kfake.NumBrokers(2), kfake.SeedTopics(2, topic))...)
	if err != nil {
		t.Fatalf("kfake: %v", err)
	}
	t.Cleanup(c.Close)
	return c, target.Kafka{Brokers: c.ListenAddrs(), Topic: topic}
}

// open makes a driver. The suite, or the test, closes it.
func open(t *testing.T, cfg kafkadriver.Config) *kafkadriver.Driver {
	t.Helper()
	d, err := kafkadriver.New(context.Background(), cfg)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return d
}

// readAll reads on to the end and returns the ids.
func readAll(t *testing.T, r transport.Reader) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
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
