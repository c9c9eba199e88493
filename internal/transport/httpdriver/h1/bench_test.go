package h1_test

import (
	"net"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport/drivertest"
	"github.com/passmuster/muster/internal/transport/httpdriver/h1"
)

// echo answers whatever it reads with one empty answer, as fast as it can.
func echo(b *testing.B) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	go drivertest.EachConn(l, func(c net.Conn) {
		in, answer := make([]byte, 4096), []byte("HTTP/1.1 204 No Content\r\nDate: Sat, 21 Nov 2026 12:00:00 GMT\r\n\r\n")
		for {
			if _, err := c.Read(in); err != nil {
				return
			}
			if _, err := c.Write(answer); err != nil {
				return
			}
		}
	})
	return "http://" + l.Addr().String()
}

// BenchmarkExchange is one message there and back, the server's part in the same process included.
func BenchmarkExchange(b *testing.B) {
	d := open(b, h1.Config{BaseURL: echo(b)})
	defer drivertest.Close(b, d)
	m := contract.Message{Method: "POST", Path: "/v1/games/1/session/heartbeat", Body: make([]byte, 324), Header: []contract.Field{
		{Name: "Content-Type", Value: "application/json"}, {Name: "Authorization", Value: "Bearer abcdefghijklmnopqrstuvwxyz"},
	}}
	done := func(r contract.Reply) {
		if r.Outcome != contract.Acknowledged {
			b.Errorf("reply %+v", r)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		d.Send(b.Context(), &m, done)
	}
}

// BenchmarkDeadline is what moving a connection's deadline for every message would add to an exchange.
func BenchmarkDeadline(b *testing.B) {
	c, err := (&net.Dialer{}).DialContext(b.Context(), "tcp", echo(b)[len("http://"):])
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // the benchmark is over
	for b.Loop() {
		if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
			b.Fatal(err)
		}
	}
}
