package h1

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

// parcel is one message in a pipe.
type parcel struct {
	done  func(contract.Reply)
	leash *leash
	loose bool
	due   time.Time
	size  int       // bytes of the request
	sent  time.Time // when it was written; zero while it is not. The pipe's mutex guards it
	head  bool      // the answer has no body
	over  atomic.Bool
}

// settle calls done unless somebody else has. Who finds a parcel settled leaves it alone.
func (p *parcel) settle(s *pipes, r contract.Reply) {
	if !p.over.CompareAndSwap(false, true) {
		return
	}
	if p.loose {
		p.leash.stop()
	}
	p.done(r)
	s.driver.inflight.Done()
}

// answered is the reply to a parcel whose answer came.
func (p *parcel) answered(code int, now time.Time) contract.Reply {
	outcome, class := transport.OfStatus(code)
	r := contract.Reply{Outcome: outcome, Class: class, Status: code, Sent: p.sent, Done: now}
	if outcome != contract.Acknowledged {
		r.Detail = transport.StatusDetail(outcome, code)
	}
	return r
}

// unanswered is the reply to a parcel that err ended.
func (p *parcel) unanswered(d *Driver, err error, code int) contract.Reply {
	now := time.Now()
	e := transport.Ending{Err: err, Sent: !p.sent.IsZero()}
	switch {
	case d.over(p.leash) || errors.Is(err, errCancelled):
		e.Cancelled = true
	case expired(err) && !now.Before(p.due):
		e.Expired = true
	}
	outcome, class := e.Judge()
	return contract.Reply{Outcome: outcome, Class: class, Status: code, Detail: e.Detail(class), Sent: p.sent, Done: now}
}
