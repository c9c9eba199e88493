package h2

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"
	"golang.org/x/net/http2"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

// tripKey finds the trip in the context of its request.
type tripKey struct{}

// trip is one message on its way there and back.
type trip struct {
	sent time.Time // when a connection was in hand; zero while nothing can have been written
}

// exchange carries m there and the reply back.
func (d *Driver) exchange(parent context.Context, m *contract.Message) contract.Reply {
	var t trip
	ctx, cancel := context.WithTimeoutCause(context.WithValue(parent, tripKey{}, &t), d.timeout, transport.ErrDeadline)
	defer cancel()
	defer context.AfterFunc(d.life, cancel)()
	req, err := d.request(ctx, m)
	if err != nil {
		return transport.Refuse(err)
	}
	if err := ctx.Err(); err != nil {
		return d.failed(ctx, &t, err, 0)
	}
	resp, err := d.transport.RoundTrip(req)
	if err != nil {
		return d.failed(ctx, &t, err, 0)
	}
	_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, drainLimit))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return d.failed(ctx, &t, err, resp.StatusCode)
	}
	outcome, class := transport.OfStatus(resp.StatusCode)
	return contract.Reply{
		Outcome: outcome, Class: class, Status: resp.StatusCode, Detail: transport.StatusDetail(outcome, resp.StatusCode),
		Sent: t.sent, Done: time.Now(),
	}
}

// request turns m into a request. The library may read a body after the answer has come, so it gets a copy.
func (d *Driver) request(ctx context.Context, m *contract.Message) (*http.Request, error) {
	to, err := transport.To(d.base, m)
	if err != nil {
		return nil, err
	}
	req := (&http.Request{Method: m.Method, URL: to, Host: to.Host, Header: make(http.Header, len(m.Header)+1)}).WithContext(ctx)
	req.Header["User-Agent"] = []string{d.agent} // an empty one keeps the library from adding its own
	for _, f := range m.Header {
		if !httpguts.ValidHeaderFieldName(f.Name) || !httpguts.ValidHeaderFieldValue(f.Value) {
			return nil, fmt.Errorf("render request: header %q, or its value, is malformed", f.Name)
		}
		switch name := http.CanonicalHeaderKey(f.Name); name {
		case "Host":
			req.Host = f.Value
		case "Content-Length", "Transfer-Encoding":
		case "User-Agent":
			req.Header[name] = []string{f.Value}
		default:
			req.Header[f.Name] = append(req.Header[f.Name], f.Value)
		}
	}
	if len(m.Body) > 0 {
		body := slices.Clone(m.Body)
		req.ContentLength = int64(len(body))
		req.Body = io.NopCloser(bytes.NewReader(body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	}
	return req, nil
}

// failed is the reply to an exchange that ended without a whole answer.
func (d *Driver) failed(ctx context.Context, t *trip, err error, status int) contract.Reply {
	e := transport.Ending{Err: linked(err), Sent: !t.sent.IsZero()}
	switch {
	case errors.Is(context.Cause(ctx), transport.ErrDeadline):
		e.Expired = true
	case ctx.Err() != nil:
		e.Cancelled = true
	}
	outcome, class := e.Judge()
	return contract.Reply{Outcome: outcome, Class: class, Status: status, Detail: e.Detail(class), Sent: t.sent, Done: time.Now()}
}

// linked marks the errors by which the library says that a stream or its connection broke, as against those by which it
// says that an answer made no sense. Some of them have only their text.
func linked(err error) error {
	var stream http2.StreamError
	var conn http2.ConnectionError
	var away http2.GoAwayError
	switch {
	case errors.As(err, &stream) && stream.Code == http2.ErrCodeProtocol, errors.As(err, &conn):
		return err
	case errors.As(err, &stream), errors.As(err, &away), strings.Contains(err.Error(), "http2: client conn"):
		return brokenLink{err}
	}
	return err
}

// brokenLink is an error that means that the connection, or the stream, is gone.
type brokenLink struct{ error }

// Is makes it one of those that transport takes for a broken link.
func (brokenLink) Is(target error) bool { return target == net.ErrClosed }

// Unwrap returns the library's error.
func (b brokenLink) Unwrap() error { return b.error }
