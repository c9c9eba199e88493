package kafkadriver_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/drivertest"
	"github.com/passmuster/muster/internal/transport/kafkadriver"
)

// TestSettingsReachTheWire looks at what the broker is asked for.
func TestSettingsReachTheWire(t *testing.T) {
	for name, tc := range map[string]struct {
		config     kafkadriver.Config
		acks       int16
		codec      int8
		idempotent bool
		says       string
	}{
		"default": {acks: -1, codec: 2, idempotent: true, says: "acks all, linger 5ms, compression snappy, idempotent, at most 10000 records buffered"},
		"leader":  {config: kafkadriver.Config{Acks: "leader", Compression: "zstd", Linger: -1}, acks: 1, codec: 4, says: "acks leader, linger 0s, compression zstd, not idempotent"},
		"none":    {config: kafkadriver.Config{Acks: "none", Compression: "none"}, acks: 0, says: "acks none"},
		"all, repeatable": {
			config: kafkadriver.Config{Repeatable: true, Compression: "lz4", MaxBuffered: 7}, acks: -1, codec: 3, says: "not idempotent, at most 7 records",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, to := cluster(t)
			asked := make(chan kmsg.ProduceRequest, 1)
			c.ControlKey(produce, func(r kmsg.Request) (kmsg.Response, error, bool) {
				asked <- *r.(*kmsg.ProduceRequest)
				return nil, nil, false
			})
			tc.config.Kafka = to
			d := open(t, tc.config)
			defer drivertest.Close(t, d)
			reply := send(d, strings.Repeat("long enough to be worth it ", 20))
			req := <-asked
			var batch kmsg.RecordBatch
			if err := batch.ReadFrom(req.Topics[0].Partitions[0].Records); err != nil {
				t.Fatal(err)
			}
			if req.Acks != tc.acks || int8(batch.Attributes&7) != tc.codec || (batch.ProducerID >= 0) != tc.idempotent {
				t.Errorf("acks %d, codec %d, producer %d", req.Acks, batch.Attributes&7, batch.ProducerID)
			}
			if says := d.Settings().String(); !strings.Contains(says, tc.says) {
				t.Errorf("settings %q, want %q", says, tc.says)
			}
			want, class := contract.Acknowledged, contract.ClassNone
			if tc.acks == 0 {
				want, class = contract.Indeterminate, contract.ClassUnconfirmed
			}
			if reply.Outcome != want || reply.Class != class {
				t.Errorf("reply %+v, want %v, %q", reply, want, class)
			}
		})
	}
}

func TestSettingsThatMakeNoSense(t *testing.T) {
	_, to := cluster(t)
	for want, c := range map[string]kafkadriver.Config{
		`acks "some", want all, leader or none`:                        {Acks: "some"},
		`compression "rar", want one of gzip, lz4, none, snappy, zstd`: {Compression: "rar"},
		"timeout 10ms, want at least 1s":                               {Timeout: 10 * time.Millisecond},
		"-1 buffered records, want at least 1":                         {MaxBuffered: -1},
		"batches of 12 bytes, want at least 1024":                      {BatchBytes: 12},
	} {
		c.Kafka = to
		if _, err := kafkadriver.New(context.Background(), c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// TestTimesAreApart sends to a slow broker with a long linger: the wait for company lies between queued and sent, the
// broker's time between sent and done.
func TestTimesAreApart(t *testing.T) {
	const linger, slow = 300 * time.Millisecond, 700 * time.Millisecond
	c, to := cluster(t)
	d := open(t, kafkadriver.Config{Kafka: to, Linger: linger})
	defer drivertest.Close(t, d)
	c.ControlKey(produce, func(kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		c.SleepControl(func() { time.Sleep(slow) }) // a broker's own time cannot be virtual
		return nil, nil, false
	})
	for range 2 { // the second finds the stamps of the first
		before := time.Now()
		r := send(d, "one")
		stages := []time.Duration{r.Queued.Sub(before), r.Sent.Sub(r.Queued), r.Done.Sub(r.Sent)}
		if stages[0] < 0 || stages[1] < linger-time.Millisecond || stages[2] < slow-time.Millisecond {
			t.Errorf("queued, sent and done after %v, want the linger in the second and the broker in the third", stages)
		}
	}
}

// TestRepliesOfManyAtOnce reuses deliveries while others are under way: each message still gets its own reply.
func TestRepliesOfManyAtOnce(t *testing.T) {
	_, to := cluster(t)
	d := open(t, kafkadriver.Config{Kafka: to, BatchBytes: 4096})
	defer drivertest.Close(t, d)
	const messages = 5000
	large := make([]byte, 5000)
	replies := make(chan error, messages)
	for i := range messages {
		m := &contract.Message{Records: []contract.Record{{Key: []byte{byte(i), byte(i >> 8)}, Value: []byte("v")}}}
		if i%7 == 0 {
			m.Records = append(m.Records, contract.Record{Key: []byte("k"), Value: large})
		}
		d.Send(context.Background(), m, func(r contract.Reply) { replies <- checkReply(r, i%7 == 0) })
	}
	for range messages {
		if err := <-replies; err != nil {
			t.Error(err)
		}
	}
}

func checkReply(r contract.Reply, tooLarge bool) error {
	want := contract.Acknowledged
	if tooLarge {
		want = contract.NeverSent
	}
	if r.Outcome != want || len(r.Records) > 0 || r.Sent.IsZero() != tooLarge {
		return fmt.Errorf("reply %+v, want %v", r, want)
	}
	return nil
}

// TestMeter counts the connections of a driver's life.
func TestMeter(t *testing.T) {
	_, to := cluster(t)
	var d transport.Driver = open(t, kafkadriver.Config{Kafka: to})
	m := d.(transport.Meter)
	first := m.Meter()
	if first.Dials < 1 || first.Open != first.Dials-first.Closed || first.Connect.TotalCount() != first.Dials || first.DialErrors != 0 {
		t.Errorf("after connecting: %+v", first)
	}
	drivertest.Close(t, d.(*kafkadriver.Driver))
	if last := m.Meter(); last.Open != 0 || last.Closed+first.Closed != first.Dials+last.Dials {
		t.Errorf("after closing: %+v, before %+v", last, first)
	}
}
