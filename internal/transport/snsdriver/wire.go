package snsdriver

import (
	"context"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/passmuster/muster/internal/contract"
)

// answerLimit bounds the answer to one call, in bytes. Ten entries take some 3 KB.
const answerLimit = 1 << 20

// wire is the HTTP client below the SDK: it follows no redirect, bounds answers, and ends with its driver.
type wire struct {
	client   http.Client
	unsigned bool
}

// newWire takes over a transport that knows proxies and authorities.
func newWire(life context.Context, t *http.Transport, c Config) *wire {
	dialer := net.Dialer{Timeout: c.Timeout}
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(life, cancel)() // net/http lets a dial outlive the call that asked for it
		return dialer.DialContext(ctx, network, address)
	}
	t.TLSHandshakeTimeout = c.Timeout
	t.MaxConnsPerHost, t.MaxIdleConnsPerHost, t.MaxIdleConns = c.Connections, c.Connections, c.Connections
	t.IdleConnTimeout = time.Minute
	return &wire{
		unsigned: c.Departure == contract.Unsigned,
		client: http.Client{
			Transport:     t,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Do implements aws.HTTPClient.
func (w *wire) Do(req *http.Request) (*http.Response, error) {
	if w.unsigned {
		req.Header.Del("Authorization")
	}
	resp, err := w.client.Do(req)
	if err == nil {
		resp.Body = bounded{io.LimitReader(resp.Body, answerLimit), resp.Body}
	}
	return resp, err
}

func (w *wire) close() { w.client.CloseIdleConnections() }

// bounded is the beginning of a body.
type bounded struct {
	io.Reader
	io.Closer
}
