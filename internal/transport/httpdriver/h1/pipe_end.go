package h1

import (
	"errors"
	"io"
	"slices"
	"time"

	"github.com/passmuster/muster/internal/transport"
)

// expire gives the link up when the oldest message is overdue.
func (p *pipe) expire(now time.Time) {
	p.mu.Lock()
	l := p.link
	late := len(p.queue) > 0 && !now.Before(p.queue[0].due)
	p.mu.Unlock()
	if late {
		p.fail(l, transport.ErrDeadline)
	}
}

// fail ends a link, once: every message that was written on it is without an answer. What was not yet written goes by
// the next link, unless the link could not be made or everything is to end.
func (p *pipe) fail(l *link, err error) {
	d := p.owner.driver
	p.mu.Lock()
	if l == nil || l.ended {
		p.mu.Unlock()
		return
	}
	l.ended = true
	l.cancel()
	made := l.net != nil
	cut := len(p.queue) - p.unsent
	if !made || errors.Is(err, errCancelled) {
		cut = len(p.queue)
		p.out, p.unsent = nil, 0
	}
	lost := slices.Clone(p.queue[:cut])
	p.queue = slices.Delete(p.queue, 0, cut)
	p.link = nil
	if len(p.queue) > 0 {
		p.open(p.queue[0].due)
	}
	p.mu.Unlock()
	if made {
		_ = l.net.Close() // it has failed already, or is not wanted any more
		d.dial.Closed()
	}
	p.rouse() // the writer is to see that its link has ended
	p.settle(lost, err)
}

// settle ends messages that had no answer: the first for err, the others because they came behind it.
func (p *pipe) settle(lost []*parcel, err error) {
	for i, q := range lost {
		why := err
		overdue := expired(err) && !time.Now().Before(q.due)
		if i > 0 && !q.sent.IsZero() && !overdue && !errors.Is(err, io.EOF) && !errors.Is(err, errCancelled) {
			why = errBehind
		}
		p.vacate()
		q.settle(p.owner, q.unanswered(p.owner.driver, why, 0))
	}
}

// withdraw ends one message whose context has ended. If its request is still here it is taken out; otherwise its place
// in the queue remains, for the answer to come.
func (p *pipe) withdraw(q *parcel) {
	p.mu.Lock()
	i := slices.Index(p.queue, q)
	if first := len(p.queue) - p.unsent; i >= first && i >= 0 {
		at := 0
		for _, before := range p.queue[first:i] {
			at += before.size
		}
		p.out = slices.Delete(p.out, at, at+q.size)
		p.queue = slices.Delete(p.queue, i, i+1)
		p.unsent--
		p.vacate()
	}
	r := q.unanswered(p.owner.driver, errCancelled, 0)
	p.mu.Unlock()
	if i >= 0 {
		q.settle(p.owner, r)
	}
}
