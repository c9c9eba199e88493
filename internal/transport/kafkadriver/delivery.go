package kafkadriver

import (
	"context"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/passmuster/muster/internal/contract"
)

// delivery follows the records of one message. The client calls settle for one record at a time, never for two at
// once, so nothing here is locked. Deliveries are used again, records and all, once they are done.
type delivery struct {
	driver  *Driver
	records []kgo.Record
	fates   []fate // per record, from the first failure on; empty while there is none
	left    int    // records that are not settled yet
	queued  time.Time
	done    func(contract.Reply)
	settle  func(*kgo.Record, error) // the method, bound once
}

// newDeliveries returns a store of deliveries that are not in use.
func newDeliveries(driver *Driver) *sync.Pool {
	return &sync.Pool{New: func() any {
		d := &delivery{driver: driver, records: make([]kgo.Record, 0, 1)}
		d.settle = d.settled
		return d
	}}
}

// start borrows the keys and values of m until done is called, and hands every record to the client, or learns that its
// buffer is full.
func (d *delivery) start(ctx context.Context, m *contract.Message, done func(contract.Reply)) {
	d.left, d.queued, d.done = len(m.Records), time.Now(), done
	d.records = d.records[:0]
	for _, r := range m.Records {
		d.records = append(d.records, kgo.Record{Key: r.Key, Value: r.Value, Timestamp: d.queued})
	}
	client, records, settle := d.driver.client, d.records, d.settle
	for i := range records { // with the last one, d may be done and somebody else's
		client.TryProduce(ctx, &records[i], settle)
	}
}

// settled notes the fate of one record, and replies after the last.
func (d *delivery) settled(r *kgo.Record, err error) {
	if err != nil {
		d.note(r, classify(err))
	}
	if d.left--; d.left > 0 {
		return
	}
	driver, done, reply := d.driver, d.done, d.reply(r)
	clear(d.records) // the message's memory is its owner's again
	d.fates, d.done = d.fates[:0], nil
	driver.deliveries.Put(d)
	done(reply)
	driver.inflight.Done()
}

func (d *delivery) note(r *kgo.Record, f fate) {
	for len(d.fates) < len(d.records) {
		d.fates = append(d.fates, d.driver.confirmed)
	}
	for i := range d.records {
		if &d.records[i] == r {
			d.fates[i] = f
		}
	}
}

// reply is the sum of all fates: what the worst fared, and how each fared when they differ. The last record that was
// settled tells when the message was on the wire.
func (d *delivery) reply(last *kgo.Record) contract.Reply {
	f, differ := d.driver.confirmed, false
	if len(d.fates) > 0 {
		f, differ = worstOf(d.fates)
	}
	r := contract.Reply{Outcome: f.outcome, Class: f.class, Status: f.code, Detail: f.detail, Done: time.Now()}
	if differ {
		r.Records = make([]contract.Outcome, len(d.fates))
		for i, f := range d.fates {
			r.Records[i] = f.outcome
		}
	} else if r.Outcome == contract.NeverSent {
		return r
	}
	r.Queued = d.queued
	r.Sent = d.driver.written.since(last.Partition, d.queued)
	return r
}
