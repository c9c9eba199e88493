package kafkadriver_test

import (
	"context"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport/drivertest"
	"github.com/passmuster/muster/internal/transport/kafkadriver"
)

// TestFullBufferNeverBlocks sends two messages to a broker that hangs and a buffer of one: the second is refused at once.
func TestFullBufferNeverBlocks(t *testing.T) {
	c, to := cluster(t)
	d := open(t, kafkadriver.Config{Kafka: to, Timeout: short, MaxBuffered: 1})
	release := stall(c, func() {})
	defer release()
	first := make(chan contract.Reply, 1)
	var one, two contract.Message
	render(&one, "one")
	render(&two, "two")
	d.Send(context.Background(), &one, func(r contract.Reply) { first <- r })
	second := make(chan contract.Reply, 1)
	d.Send(context.Background(), &two, func(r contract.Reply) { second <- r })
	if r := <-second; r.Outcome != contract.NeverSent || r.Class != contract.ClassGenerator || !r.Sent.IsZero() {
		t.Errorf("second reply %+v, want never sent, by the generator's fault", r)
	}
	release()
	if r := <-first; r.Outcome != contract.Acknowledged {
		t.Errorf("first reply %+v, want acknowledged", r)
	}
	drivertest.Close(t, d)
}

// TestRecordsFareDifferently refuses one of two partitions: the reply tells the records apart and is as bad as the worst.
func TestRecordsFareDifferently(t *testing.T) {
	c, to := cluster(t)
	d := open(t, kafkadriver.Config{Kafka: to})
	defer drivertest.Close(t, d)
	c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Partitions: []int32{0}, Err: kerr.PolicyViolation, Count: -1})
	var m contract.Message
	for _, key := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		m.Records = append(m.Records, contract.Record{Key: []byte(key), Value: []byte(`{"id":"` + key + `"}`)})
	}
	replies := make(chan contract.Reply, 1)
	d.Send(context.Background(), &m, func(r contract.Reply) { replies <- r })
	r := <-replies
	if r.Outcome != contract.Failed || r.Class != contract.ClassRejected || r.Status != int(kerr.PolicyViolation.Code) {
		t.Errorf("reply %+v, want failed and rejected", r)
	}
	stored := readAll(t, reader(t, to, false))
	for i, o := range r.Records {
		if acked := o == contract.Acknowledged; acked != slices.Contains(stored, string(m.Records[i].Key)) {
			t.Errorf("record %s is %v, stored are %q", m.Records[i].Key, o, stored)
		}
	}
	if len(r.Records) != len(m.Records) {
		t.Errorf("%d outcomes for %d records", len(r.Records), len(m.Records))
	}
}

// TestAmbiguousAppendIsStoredOnce has the broker store a batch and answer with an error: the retry must not store it
// again.
func TestAmbiguousAppendIsStoredOnce(t *testing.T) {
	c, to := cluster(t)
	d := open(t, kafkadriver.Config{Kafka: to})
	defer drivertest.Close(t, d)
	fault := c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Err: kerr.NotEnoughReplicasAfterAppend, Count: 1})
	if r := send(d, "one"); r.Outcome != contract.Acknowledged {
		t.Errorf("reply %+v, want acknowledged", r)
	}
	if fault.Hits() != 1 {
		t.Errorf("fault hit %d times, want 1", fault.Hits())
	}
	if got := readAll(t, reader(t, to, false)); !slices.Equal(got, []string{"one"}) {
		t.Errorf("stored %q, want one copy", got)
	}
}

// TestDroppedConnectionLosesNothing has the broker hang up on the first produce request.
func TestDroppedConnectionLosesNothing(t *testing.T) {
	c, to := cluster(t)
	d := open(t, kafkadriver.Config{Kafka: to})
	defer drivertest.Close(t, d)
	c.ControlKey(produce, func(kmsg.Request) (kmsg.Response, error, bool) {
		return nil, context.Canceled, true // any error closes the connection
	})
	if r := send(d, "one"); r.Outcome != contract.Acknowledged {
		t.Errorf("reply %+v, want acknowledged", r)
	}
	if got := readAll(t, reader(t, to, false)); !slices.Equal(got, []string{"one"}) {
		t.Errorf("stored %q, want one copy", got)
	}
}

// TestDeadBrokerTimesOut has the whole cluster vanish under an open driver.
func TestDeadBrokerTimesOut(t *testing.T) {
	c, to := cluster(t)
	d := open(t, kafkadriver.Config{Kafka: to, Timeout: short})
	c.Close()
	if r := send(d, "one"); r.Outcome != contract.Indeterminate || r.Class != contract.ClassTimeout {
		t.Errorf("reply %+v, want indeterminate, timeout", r)
	}
	drivertest.Close(t, d)
}
