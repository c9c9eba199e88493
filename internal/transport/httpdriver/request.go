package httpdriver

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

var errReleased = errors.New("read request body: the message is done")

// request turns m into a request whose body is read from m itself. net/http writes the names of headers as they are
// spelled but sorted, and does the framing (Content-Length, Transfer-Encoding) by itself.
func (d *Driver) request(ctx context.Context, m *contract.Message, x *exchange) (*http.Request, error) {
	to, err := transport.To(d.base, m)
	if err != nil {
		return nil, err
	}
	req := (&http.Request{
		Method: m.Method, URL: to, Host: to.Host, Header: make(http.Header, len(m.Header)+1),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	d.setHeader(req, m.Header)
	x.replayable = replayable(req)
	if len(m.Body) > 0 {
		req.ContentLength = int64(len(m.Body))
		req.Body = x.payload.reader()
		req.GetBody = func() (io.ReadCloser, error) { return x.payload.reader(), nil }
	}
	return req, nil
}

// setHeader copies the fields without respelling them.
func (d *Driver) setHeader(req *http.Request, fields []contract.Field) {
	req.Header["User-Agent"] = nil // present and empty: net/http then adds none of its own
	if d.agent != "" {
		req.Header["User-Agent"] = []string{d.agent}
	}
	for _, f := range fields {
		switch {
		case strings.EqualFold(f.Name, "Host"):
			req.Host = f.Value
		case strings.EqualFold(f.Name, "Content-Length"), strings.EqualFold(f.Name, "Transfer-Encoding"):
		case strings.EqualFold(f.Name, "User-Agent"):
			req.Header["User-Agent"] = []string{f.Value}
		default:
			req.Header[f.Name] = append(req.Header[f.Name], f.Value)
		}
	}
}

// replayable says whether net/http may send req again although it may have been written: it does so for methods that
// are idempotent by definition and for requests that carry an idempotency key.
func replayable(req *http.Request) bool {
	switch req.Method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return true
	}
	_, key := req.Header["Idempotency-Key"]
	_, old := req.Header["X-Idempotency-Key"]
	return key || old
}

// payload lends the bytes of a message to net/http and takes them back: net/http may still hold a body when RoundTrip
// has failed, but a message belongs to its owner again once it is done.
type payload struct {
	mu       sync.Mutex
	bytes    []byte
	released bool
}

// release ends the loan. No reader touches the bytes afterwards.
func (p *payload) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bytes, p.released = nil, true
}

// reader reads the bytes from the start.
func (p *payload) reader() io.ReadCloser { return &payloadReader{from: p, size: len(p.bytes)} }

type payloadReader struct {
	from *payload
	size int
	at   int
}

func (r *payloadReader) Read(into []byte) (int, error) {
	if r.at == r.size {
		return 0, io.EOF
	}
	r.from.mu.Lock()
	defer r.from.mu.Unlock()
	if r.from.released {
		return 0, errReleased
	}
	n := copy(into, r.from.bytes[r.at:])
	r.at += n
	return n, nil
}

func (*payloadReader) Close() error { return nil }
