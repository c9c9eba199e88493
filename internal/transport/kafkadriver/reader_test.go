package kafkadriver_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport/drivertest"
	"github.com/passmuster/muster/internal/transport/kafkadriver"
)

// TestReaderGoesOnWhereItStopped reads in three goes.
func TestReaderGoesOnWhereItStopped(t *testing.T) {
	_, to := cluster(t)
	d := open(t, kafkadriver.Config{Kafka: to})
	defer drivertest.Close(t, d)
	r := reader(t, to, false)
	if got := readAll(t, r); len(got) != 0 {
		t.Errorf("empty topic yields %q", got)
	}
	for round, want := range [][]string{{"a", "b", "c"}, {"d"}, nil, {"e", "f"}} {
		for _, id := range want {
			send(d, id)
		}
		if got := slices.Sorted(slices.Values(readAll(t, r))); !slices.Equal(got, want) {
			t.Errorf("read %d yields %q, want %q", round, got, want)
		}
	}
}

// TestReaderFromEnd fixes the end when it is made, not when it first reads.
func TestReaderFromEnd(t *testing.T) {
	_, to := cluster(t)
	d := open(t, kafkadriver.Config{Kafka: to})
	defer drivertest.Close(t, d)
	send(d, "before")
	r, all := reader(t, to, true), reader(t, to, false)
	send(d, "after")
	if got := readAll(t, r); !slices.Equal(got, []string{"after"}) {
		t.Errorf("from the end: %q, want what was sent afterwards", got)
	}
	if got := readAll(t, all); len(got) != 2 {
		t.Errorf("from the beginning: %q, want both", got)
	}
}

// TestReaderStopsAtTheEndAsOfTheCall stores a record from within a read: it belongs to the next one.
func TestReaderStopsAtTheEndAsOfTheCall(t *testing.T) {
	_, to := cluster(t)
	d := open(t, kafkadriver.Config{Kafka: to})
	defer drivertest.Close(t, d)
	r := reader(t, to, false)
	send(d, "one")
	var first []string
	err := r.Read(context.Background(), func(s contract.Stored) error {
		first = append(first, s.ID)
		send(d, "two")
		return nil
	})
	if err != nil || !slices.Equal(first, []string{"one"}) {
		t.Errorf("first read yields %q (%v), want one", first, err)
	}
	if second := readAll(t, r); !slices.Equal(second, []string{"two"}) {
		t.Errorf("second read yields %q, want two", second)
	}
}

// TestReaderKeepsOrder reads back one partition in the order in which it was written, through an error of yield.
func TestReaderKeepsOrder(t *testing.T) {
	const records = 500
	_, to := cluster(t)
	d := open(t, kafkadriver.Config{Kafka: to})
	m := contract.Message{Records: make([]contract.Record, records)}
	for i := range m.Records {
		m.Records[i] = contract.Record{Key: []byte("player"), Value: []byte(fmt.Sprint(i))}
	}
	var replied contract.Reply
	d.Send(context.Background(), &m, func(r contract.Reply) { replied = r })
	drivertest.Close(t, d)
	if replied.Outcome != contract.Acknowledged {
		t.Fatalf("reply %+v, want acknowledged", replied)
	}
	enough := errors.New("enough")
	r, next := reader(t, to, false), 0
	yield := func(s contract.Stored) error {
		if want := fmt.Sprint(next); string(s.Value) != want {
			t.Fatalf("got record %q, want %q", s.Value, want)
		}
		if next++; next == records/2 {
			return enough
		}
		return nil
	}
	if err := r.Read(context.Background(), yield); !errors.Is(err, enough) {
		t.Errorf("Read: %v, want yield's error", err)
	}
	if err := r.Read(context.Background(), yield); err != nil || next != records {
		t.Errorf("Read: %v after %d records, want all of %d", err, next, records)
	}
}

// TestReaderTellsWhatVanished has the broker say that the next offset is gone: that is an error, not a gap to skip.
func TestReaderTellsWhatVanished(t *testing.T) {
	c, to := cluster(t)
	c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Fetch}, Err: kerr.OffsetOutOfRange, Count: -1})
	d := open(t, kafkadriver.Config{Kafka: to})
	defer drivertest.Close(t, d)
	send(d, "one")
	r := reader(t, to, false)
	if err := r.Read(context.Background(), func(contract.Stored) error { return nil }); !errors.Is(err, kerr.OffsetOutOfRange) {
		t.Errorf("Read: %v, want the broker's error", err)
	}
}

func TestReaderEndsWithItsContext(t *testing.T) {
	_, to := cluster(t)
	r := reader(t, to, false)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.Read(ctx, func(contract.Stored) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("Read: %v, want the context's error", err)
	}
}

func reader(t *testing.T, to target.Kafka, fromEnd bool) *kafkadriver.Reader {
	t.Helper()
	r, err := kafkadriver.NewReader(context.Background(), to, fromEnd)
	if err != nil {
		t.Fatalf("NewReader: %v", err)
	}
	t.Cleanup(r.Close)
	return r
}
