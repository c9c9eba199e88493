package h1

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

// errCancelled is what a trip ends with that had not begun when its context, or the driver, ended.
var errCancelled = errors.New("cancelled")

// trip is one message on its way there and back.
type trip struct {
	driver  *Driver
	desk    *desk
	message *contract.Message
	leash   *leash
	ctx     context.Context
	began   time.Time
	sent    time.Time // when a connection was in hand; zero while nothing can have been written
	loose   bool      // the leash is for this message only
	late    bool      // it had to wait for a connection, or to make one
	full    bool      // it waited while every connection was in use
}

// run goes on until there is an answer, or nothing more may be tried.
func (t *trip) run() contract.Reply {
	if t.ctx.Err() != nil {
		return t.failed(t.ctx.Err(), 0)
	}
	for {
		c, err := t.connection()
		if err != nil {
			return t.failed(err, 0)
		}
		a, err := t.exchange(c)
		if err == nil {
			return t.answered(c, a)
		}
		again := t.again(c, a, err)
		t.driver.shut(c, false)
		if !again {
			return t.failed(err, a.status)
		}
	}
}

// answered is the reply to a trip that went well; c is free again.
func (t *trip) answered(c *conn, a answer) contract.Reply {
	outcome, class := transport.OfStatus(a.status)
	r := contract.Reply{Outcome: outcome, Class: class, Status: a.status, Sent: t.sent, Done: time.Now()}
	if outcome != contract.Acknowledged {
		r.Detail = transport.StatusDetail(outcome, a.status)
	}
	c.since = r.Done.Sub(t.driver.epoch)
	t.release(c, a.again)
	return r
}

// due is the deadline, since the driver's epoch.
func (t *trip) due() time.Duration { return t.began.Sub(t.driver.epoch) + t.driver.timeout }

// connection returns a connection that is fit for the message: an idle one, or a new one when there may be one more.
func (t *trip) connection() (*conn, error) {
	d := t.driver
	for {
		c, err := d.pool.take(t)
		if err != nil {
			return nil, err
		}
		if c == nil {
			return d.connect(t)
		}
		if t.fit(c) {
			d.dial.Reused()
			return c, nil
		}
		d.dial.Stale()
		d.shut(c, false)
	}
}

// lively is how long a connection may have been idle to be taken for alive without a look at it.
const lively = time.Millisecond

// fit arms the connection for the message and looks whether the server has closed it.
func (t *trip) fit(c *conn) bool {
	d := t.driver
	if err := c.arm(t.due(), d.slack, d.epoch); err != nil {
		return false
	}
	return t.began.Sub(d.epoch)-c.since < lively || c.alive()
}

// exchange sends the request by c and reads the answer.
func (t *trip) exchange(c *conn) (answer, error) {
	k := t.desk
	c.follow(t.leash)
	if t.driver.over(t.leash) {
		return answer{}, errCancelled
	}
	if t.sent.IsZero() {
		t.sent = t.began
		if t.late {
			t.sent = time.Now()
		}
	}
	k.seen = 0
	k.lend(c.socket)
	defer k.takeBack(c.socket)
	c.mark = c.socket.sent
	if _, err := c.stream.Write(k.request); err != nil {
		return answer{}, err
	}
	a, err := k.receive(c.stream, isHead(t.message))
	a.again = a.again && c.socket.settled()
	return a, err
}

// again says whether the message may be tried on another connection after c failed it: c was used before, so that the
// server may have closed it meanwhile, and either nothing of the request left this machine or it may be sent twice.
func (t *trip) again(c *conn, a answer, err error) bool {
	if !c.used || a.status != 0 || t.desk.seen > 0 || expired(err) && !c.doomed.Load() || t.driver.over(t.leash) {
		return false
	}
	if c.socket.sent == c.mark {
		t.sent = time.Time{}
	} else if !replayable(t.message) {
		return false
	}
	t.driver.dial.Stale()
	return true
}

// failed is the reply to a trip that ended without a whole answer.
func (t *trip) failed(err error, status int) contract.Reply {
	e := transport.Ending{Err: err, Sent: !t.sent.IsZero(), Full: t.full}
	switch {
	case t.driver.over(t.leash) || t.ctx.Err() != nil || errors.Is(err, errCancelled):
		e.Cancelled = true
	case expired(err):
		e.Expired = true
	}
	outcome, class := e.Judge()
	return contract.Reply{Outcome: outcome, Class: class, Status: status, Detail: e.Detail(class), Sent: t.sent, Done: time.Now()}
}

// expired says whether an error is the passing of a deadline.
func expired(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, transport.ErrDeadline)
}

// release gives c back after an exchange that went well; fit says whether c can carry another message.
func (t *trip) release(c *conn, fit bool) {
	d := t.driver
	if t.loose { // who comes next is not to be cut off by this message's context
		d.mu.Lock()
		c.leash.Store(nil)
		d.mu.Unlock()
	}
	if !fit || d.oneShot || c.doomed.Load() {
		d.shut(c, true)
		return
	}
	c.used = true
	d.pool.put(c)
}
