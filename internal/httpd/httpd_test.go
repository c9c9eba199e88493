package httpd

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// TestShutdownDoesNotWaitForTheSilent but for who is being answered. It is in fake time: net/http by itself would give the
// silent five seconds of it.
func TestShutdownDoesNotWaitForTheSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := make(chan struct{})
		server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			<-answer
			_, _ = io.WriteString(w, "whole")
		})}
		Impatient(server)
		l := &pipes{dialled: make(chan net.Conn), closed: make(chan struct{})}
		served := make(chan error, 1)
		go func() { served <- server.Serve(l) }()

		asking := l.dial(t)
		if _, err := io.WriteString(asking, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		silent := []net.Conn{l.dial(t), l.dial(t), l.dial(t)}
		synctest.Wait()

		began, ended := time.Now(), make(chan error, 1)
		go func() { ended <- server.Shutdown(context.Background()) }()
		for _, c := range silent {
			if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) || time.Since(began) > time.Second {
				t.Errorf("a silent connection reads %v after %v, want it closed at once", err, time.Since(began))
			}
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serve: %v", err)
		}
		close(answer)
		if body := read(asking); body != "whole" {
			t.Errorf("a request under way was answered %q", body)
		}
		if err := <-ended; err != nil || time.Since(began) > time.Second {
			t.Errorf("shut down after %v: %v", time.Since(began), err)
		}
	})
}

// pipes is a listener whose connections are in memory, so that waiting for them is waiting in fake time.
type pipes struct {
	dialled chan net.Conn
	closed  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.dialled:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	close(p.closed)
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// dial opens a connection.
func (p *pipes) dial(t *testing.T) net.Conn {
	near, far := net.Pipe()
	t.Cleanup(func() { _, _ = near.Close(), far.Close() })
	p.dialled <- far
	return near
}

// read returns the body of an answer, or why there is none.
func read(c net.Conn) string {
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err.Error()
	}
	return string(body)
}
