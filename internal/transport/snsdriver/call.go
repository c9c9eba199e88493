package snsdriver

import (
	"context"
	"crypto/tls"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/passmuster/muster/internal/transport"
)

// call is one request under way.
type call struct {
	sent   atomic.Pointer[time.Time] // when it had a connection; nil while nothing can have been written
	left   atomic.Int32              // parcels that still want its answer
	giveUp context.CancelFunc
}

// leave takes one parcel off the call. When the last has gone nobody wants the answer any more.
func (c *call) leave() {
	if c.left.Add(-1) <= 0 {
		c.giveUp()
	}
}

func (c *call) sentAt(otherwise time.Time) time.Time {
	if at := c.sent.Load(); at != nil {
		return *at
	}
	return otherwise
}

// trace notes the first connection that the call got. A second one means that the first was dead before anything was
// written, which net/http looks after. It tells l what only net/http knows: handshakes, and whether a connection is used
// again.
func (c *call) trace(ctx context.Context, l *transport.Links) context.Context {
	var began atomic.Pointer[time.Time] // of the handshake: one at a time, or none yet when it is given up
	began.Store(new(time.Now()))
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		TLSHandshakeStart: func() { began.Store(new(time.Now())) },
		TLSHandshakeDone: func(s tls.ConnectionState, err error) {
			l.Shaken(time.Since(*began.Load()), s.DidResume, err)
		},
		GotConn: func(info httptrace.GotConnInfo) {
			if info.Reused {
				l.Reused()
			}
			c.sent.CompareAndSwap(nil, new(time.Now()))
		},
	})
}

// carry makes one call for a load and settles its parcels. The call ends when every parcel of it has, and each has a
// deadline, so it needs none of its own.
func (d *Driver) carry(load []*parcel) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c := &call{giveUp: cancel}
	c.left.Store(1) // nobody gives the call up while it is being boarded
	aboard, entries := d.board(c, load)
	if len(aboard) == 0 {
		return
	}
	c.leave()
	ctx = c.trace(ctx, &d.wire.links)
	d.stats.calls.Add(1)
	if len(aboard) == 1 && !aboard[0].batch {
		d.publish(ctx, c, aboard[0], entries[0].Message)
		return
	}
	d.publishBatch(ctx, c, aboard, entries)
}

// board lists who goes with the call, and all their entries in order.
func (d *Driver) board(c *call, load []*parcel) (aboard []*parcel, entries []types.PublishBatchRequestEntry) {
	for _, p := range load {
		if own, goes := p.board(c); goes {
			p.count = len(own)
			aboard, entries = append(aboard, p), append(entries, own...)
		}
	}
	return aboard, entries
}

func (d *Driver) publish(ctx context.Context, c *call, p *parcel, message *string) {
	answer, err := d.client.Publish(ctx, &sns.PublishInput{TopicArn: aws.String(d.cfg.SNS.TopicARN), Message: message})
	if err == nil && aws.ToString(answer.MessageId) == "" {
		p.settle(unnamed("the answer holds no message id"))
		return
	}
	p.settle(p.fateOf(c, err))
}

// publishBatch reads each entry's own outcome: the call as a whole can succeed while entries fail (A-S6).
func (d *Driver) publishBatch(ctx context.Context, c *call, aboard []*parcel, entries []types.PublishBatchRequestEntry) {
	d.stats.batches.Add(1)
	number(entries)
	answer, err := d.client.PublishBatch(ctx, &sns.PublishBatchInput{
		TopicArn: aws.String(d.cfg.SNS.TopicARN), PublishBatchRequestEntries: entries,
	})
	if err != nil {
		for _, p := range aboard {
			p.settle(p.fateOf(c, err))
		}
		return
	}
	told := tell(answer)
	for _, p := range aboard {
		fates := make([]fate, p.count)
		for i := range fates {
			fates[i] = told.of(aws.ToString(entries[i].Id))
		}
		entries = entries[p.count:]
		p.settle(fates...)
	}
}

// number gives entries that have no id of their own one each.
func number(entries []types.PublishBatchRequestEntry) {
	for i := range entries {
		if entries[i].Id == nil {
			entries[i].Id = aws.String(string(rune('0' + i)))
		}
	}
}

// fateOf is what became of a parcel when its whole call ended like this.
func (p *parcel) fateOf(c *call, err error) fate {
	if err != nil && p.ctx.Err() != nil && c.left.Load() <= 0 { // given up, and not answered
		return p.ended(c)
	}
	return classify(err, c.sent.Load() != nil)
}
