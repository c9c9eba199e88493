package kafkadriver

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/passmuster/muster/internal/contract"
)

// delivery follows the records of one message. The client calls settle for one record at a time, never for two at
// once, so nothing here is locked.
type delivery struct {
	records []kgo.Record
	single  [1]kgo.Record // spares most messages the slice
	fates   []fate        // per record, from the first failure on; nil while there is none
	left    int           // records that are not settled yet
	sent    time.Time
	done    func(contract.Reply)
}

// newDelivery borrows the keys and values of m until done is called.
func newDelivery(m *contract.Message, done func(contract.Reply)) *delivery {
	d := &delivery{left: len(m.Records), sent: time.Now(), done: done}
	d.records = d.single[:]
	if len(m.Records) > 1 {
		d.records = make([]kgo.Record, len(m.Records))
	}
	for i, r := range m.Records {
		d.records[i] = kgo.Record{Key: r.Key, Value: r.Value, Timestamp: d.sent}
	}
	return d
}

// start hands every record to the client, or learns that its buffer is full.
func (d *delivery) start(ctx context.Context, client *kgo.Client) {
	settle := d.settle
	for i := range d.records {
		client.TryProduce(ctx, &d.records[i], settle)
	}
}

// settle notes the fate of one record, and replies after the last.
func (d *delivery) settle(r *kgo.Record, err error) {
	if err != nil {
		d.note(r, classify(err))
	}
	if d.left--; d.left == 0 {
		d.done(d.reply())
	}
}

func (d *delivery) note(r *kgo.Record, f fate) {
	if d.fates == nil {
		d.fates = make([]fate, len(d.records))
		for i := range d.fates {
			d.fates[i] = fate{outcome: contract.Acknowledged}
		}
	}
	for i := range d.records {
		if &d.records[i] == r {
			d.fates[i] = f
		}
	}
}

// reply is the sum of all fates: what the worst fared, and how each fared when they differ.
func (d *delivery) reply() contract.Reply {
	r := contract.Reply{Outcome: contract.Acknowledged, Sent: d.sent, Done: time.Now()}
	if d.fates == nil {
		return r
	}
	worst, differ := worstOf(d.fates)
	r.Outcome, r.Class, r.Status, r.Detail = worst.outcome, worst.class, worst.code, worst.detail
	if differ {
		r.Records = make([]contract.Outcome, len(d.fates))
		for i, f := range d.fates {
			r.Records[i] = f.outcome
		}
	} else if r.Outcome == contract.NeverSent {
		r.Sent = time.Time{}
	}
	return r
}
