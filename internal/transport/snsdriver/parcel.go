package snsdriver

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

// parcel is one message on its way: it waits, then goes with a call, then is settled, once.
type parcel struct {
	driver *Driver
	batch  bool // a batch already
	alone  bool // not to be put together with others
	size   int  // bytes
	count  int  // entries; the call's own to know
	queued time.Time
	ctx    context.Context
	stop   []func() bool // what watches ctx

	mu      sync.Mutex // guards all below
	m       *contract.Message
	done    func(contract.Reply)
	call    *call // that it goes with; nil while it waits
	settled bool
}

// newParcel borrows m until done is called. From here on the end of ctx, of its time and of the driver all end it.
func newParcel(ctx context.Context, d *Driver, m *contract.Message, done func(contract.Reply)) *parcel {
	p := &parcel{driver: d, m: m, done: done, batch: len(m.Records) > 0, alone: mustGoAlone(m), size: sizeOf(m), queued: time.Now()}
	ctx, expire := context.WithTimeoutCause(ctx, d.cfg.Timeout, errDeadline)
	ctx, cancel := context.WithCancelCause(ctx)
	p.ctx = ctx
	p.mu.Lock() // the watchers may come at once
	defer p.mu.Unlock()
	p.stop = []func() bool{
		context.AfterFunc(ctx, p.expire),
		context.AfterFunc(d.life, func() { cancel(context.Cause(d.life)) }),
		func() bool { cancel(nil); expire(); return true },
	}
	return p
}

// board copies what the call needs of the message; false when the parcel has ended already.
func (p *parcel) board(c *call) ([]types.PublishBatchRequestEntry, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.settled || p.ctx.Err() != nil { // expire has settled it or will
		return nil, false
	}
	p.call = c
	c.left.Add(1)
	if len(p.m.Records) == 0 {
		return []types.PublishBatchRequestEntry{{Message: aws.String(string(p.m.Body))}}, true
	}
	entries := make([]types.PublishBatchRequestEntry, len(p.m.Records))
	for i, r := range p.m.Records {
		entries[i] = types.PublishBatchRequestEntry{Id: aws.String(string(r.Key)), Message: aws.String(string(r.Value))}
	}
	return entries, true
}

// expire runs when ctx has ended. A parcel whose call looks for a connection cannot say yet whether it will be sent, so
// it leaves the call, which is given up when all have left it, and is settled at the call's end.
func (p *parcel) expire() {
	p.mu.Lock()
	c := p.call
	waits := c == nil && !p.settled
	p.mu.Unlock()
	switch {
	case waits:
		p.settle(p.unsent())
	case c == nil:
	case c.sent.Load() != nil:
		c.leave()
		p.settle(p.ended(c))
	default:
		c.leave()
	}
}

// unsent is the fate of a parcel that ended before any call.
func (p *parcel) unsent() fate {
	if errors.Is(context.Cause(p.ctx), errDeadline) { // every connection was busy: our own bound, not the target's
		return fate{class: contract.ClassGenerator, detail: "no connection became free before the deadline"}
	}
	return fate{class: contract.ClassCancelled, detail: "cancelled before it was sent"}
}

// ended is the fate of a parcel whose own context ended under its call.
func (p *parcel) ended(c *call) fate {
	f := fate{outcome: contract.Indeterminate, class: contract.ClassCancelled, detail: "cancelled before the answer"}
	if errors.Is(context.Cause(p.ctx), errDeadline) {
		f.class, f.detail = contract.ClassTimeout, errDeadline.Error()
	}
	if c.sent.Load() == nil {
		f.outcome = contract.NeverSent
	}
	return f
}

// settle replies, the first time.
func (p *parcel) settle(fates ...fate) {
	p.mu.Lock()
	if p.settled {
		p.mu.Unlock()
		return
	}
	p.settled = true
	m, done, c := p.m, p.done, p.call
	p.m, p.done = nil, nil
	p.mu.Unlock()
	for _, stop := range p.stop {
		stop()
	}
	r := reply(fates)
	if r.Outcome != contract.NeverSent && c != nil {
		r.Queued, r.Sent = p.queued, c.sentAt(r.Done)
	}
	p.driver.stats.settled(r.Outcome, r.Records, m)
	p.driver.stats.pending.Add(-1)
	defer p.driver.inflight.Done()
	done(r)
}

// reply is the sum of the fates of a message's entries.
func reply(fates []fate) contract.Reply {
	worst, differ := worstOf(fates)
	r := contract.Reply{
		Outcome: worst.outcome, Class: worst.class, Status: worst.status, Detail: transport.OneLine(worst.detail), Done: time.Now(),
	}
	if differ {
		r.Records = make([]contract.Outcome, len(fates))
		for i, f := range fates {
			r.Records[i] = f.outcome
		}
	}
	return r
}
