package httpdriver

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

// exchange follows one message through net/http.
type exchange struct {
	driver     *Driver
	payload    payload
	replayable bool      // net/http may send it twice
	searches   int       // how often a connection was looked for
	sent       time.Time // when a connection was in hand; zero while nothing can have been written
}

// trace tells the exchange of its connections. Both hooks run on the goroutine that called RoundTrip.
func (x *exchange) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{GetConn: x.search, GotConn: x.found}
}

// search notes that net/http looks for a connection. The second time, the first one was dead; unless the message may be
// sent twice, net/http goes on only when not a byte had been written.
func (x *exchange) search(string) {
	x.searches++
	if x.searches == 1 {
		return
	}
	if !x.replayable {
		x.sent = time.Time{}
	}
}

func (x *exchange) found(httptrace.GotConnInfo) {
	if x.sent.IsZero() {
		x.sent = time.Now()
	}
}

// failed is the reply to an exchange that ended without a whole answer.
func (x *exchange) failed(ctx context.Context, err error, status int) contract.Reply {
	d := x.driver
	e := transport.Ending{Err: err, Sent: !x.sent.IsZero(), Full: d.dialer.open.Load() >= d.limit}
	switch {
	case errors.Is(context.Cause(ctx), transport.ErrDeadline):
		e.Expired = true
	case ctx.Err() != nil || d.dialer.life.Err() != nil:
		e.Cancelled = true
	}
	outcome, class := e.Judge()
	return contract.Reply{
		Outcome: outcome, Class: class, Status: status, Detail: e.Detail(class), Sent: x.sent, Done: time.Now(),
	}
}

// receive reads the reply to its end, so that the connection can be used again, and keeps of it what was asked for.
func (d *Driver) receive(resp *http.Response) (header []contract.Field, body []byte, err error) {
	defer func() {
		if closed := resp.Body.Close(); err == nil {
			err = closed
		}
	}()
	if d.keep {
		header = fields(resp.Header)
		if body, err = io.ReadAll(io.LimitReader(resp.Body, bodyLimit)); err != nil {
			return nil, nil, err
		}
	}
	if resp.StatusCode == http.StatusSwitchingProtocols || resp.Body == http.NoBody {
		return header, body, nil
	}
	_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, drainLimit))
	return header, body, err
}

// fields lists a header by name.
func fields(h http.Header) []contract.Field {
	list := make([]contract.Field, 0, len(h))
	for name, values := range h {
		for _, v := range values {
			list = append(list, contract.Field{Name: name, Value: v})
		}
	}
	slices.SortStableFunc(list, func(a, b contract.Field) int { return strings.Compare(a.Name, b.Name) })
	return list
}
