package snsdriver

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

// answerLimit bounds the answer to one call, in bytes. Ten entries take some 3 KB.
const answerLimit = 1 << 20

// wire is the HTTP client below the SDK: it follows no redirect, bounds answers, and ends with its driver.
type wire struct {
	client   http.Client
	links    transport.Links
	unsigned bool
}

// newWire takes over a transport that knows proxies and authorities.
func newWire(life context.Context, t *http.Transport, c Config) *wire {
	w := &wire{unsigned: c.Departure == contract.Unsigned}
	dialer := net.Dialer{Timeout: c.Timeout}
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(life, cancel)() // net/http lets a dial outlive the call that asked for it
		began := time.Now()
		made, err := dialer.DialContext(ctx, network, address)
		return w.links.Dialled(made, time.Since(began), err)
	}
	t.TLSHandshakeTimeout = c.Timeout
	t.MaxConnsPerHost, t.MaxIdleConnsPerHost, t.MaxIdleConns = c.Connections, c.Connections, c.Connections
	t.IdleConnTimeout = time.Minute
	w.client = http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return w
}

// Do implements aws.HTTPClient.
func (w *wire) Do(req *http.Request) (*http.Response, error) {
	if w.unsigned {
		req.Header.Del("Authorization")
	}
	if err := detach(req); err != nil {
		return nil, err
	}
	resp, err := w.client.Do(req)
	if err == nil {
		resp.Body = bounded{io.LimitReader(resp.Body, answerLimit), resp.Body}
	}
	return resp, err
}

// detach gives the request a body of its own. The SDK closes its stream as soon as the answer is there, and net/http, which
// may not have looked for the stream's end by then, takes that for a failed write and closes the connection.
func detach(req *http.Request) error {
	if req.Body == nil {
		return nil
	}
	text, err := io.ReadAll(req.Body)
	if err != nil {
		return err
	}
	req.Body = io.NopCloser(bytes.NewReader(text))
	return nil
}

func (w *wire) close() { w.client.CloseIdleConnections() }

// bounded is the beginning of a body.
type bounded struct {
	io.Reader
	io.Closer
}
