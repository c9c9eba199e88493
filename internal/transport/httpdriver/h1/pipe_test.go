package h1_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport/drivertest"
	"github.com/passmuster/muster/internal/transport/httpdriver/h1"
)

// readRequests passes on the body of each request of c, until c ends.
func readRequests(c net.Conn, each func(body string) bool) {
	in := bufio.NewReader(c)
	for {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil || !each(string(body)) {
			return
		}
	}
}

// TestPipeKeepsOrder has a server wait for several requests before it answers them, each with a status of its own.
func TestPipeKeepsOrder(t *testing.T) {
	const depth, rounds = 8, 20
	l := drivertest.Listen(t)
	go drivertest.EachConn(l, func(c net.Conn) {
		var answers strings.Builder
		n := 0
		readRequests(c, func(body string) bool {
			_, _ = fmt.Fprintf(&answers, "HTTP/1.1 %s X\r\nContent-Length: 2\r\n\r\nok", body)
			if n++; n%depth > 0 {
				return true
			}
			_, err := io.WriteString(c, answers.String())
			answers.Reset()
			return err == nil
		})
	})
	d := open(t, h1.Config{BaseURL: "http://" + l.Addr().String(), Connections: 1, Pipeline: depth})
	defer drivertest.Close(t, d)
	var all sync.WaitGroup
	for n := range depth * rounds {
		want := 400 + n%100
		m := contract.Message{Method: "POST", Path: "/", Body: []byte(fmt.Sprint(want))}
		all.Add(1)
		d.Send(t.Context(), &m, func(r contract.Reply) {
			defer all.Done()
			if r.Status != want {
				t.Errorf("message %d: status %d (%s), want %d", n, r.Status, r.Detail, want)
			}
		})
	}
	all.Wait()
	if links := d.Meter(); links.Dials != 1 || links.Open != 1 {
		t.Errorf("links %+v, want one connection", links)
	}
}

// TestPipeClosedEarly has a server answer the first of several requests and close: what was behind it is indeterminate,
// and what comes later goes by a new connection.
func TestPipeClosedEarly(t *testing.T) {
	for name, answer := range map[string]string{
		"said so": "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
		"unsaid":  "HTTP/1.1 204 No Content\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			const together = 4
			l := drivertest.Listen(t)
			go drivertest.EachConn(l, func(c net.Conn) {
				n := 0
				readRequests(c, func(string) bool { n++; return n < together })
				_, _ = io.WriteString(c, answer)
			})
			d := open(t, h1.Config{BaseURL: "http://" + l.Addr().String(), Connections: 1, Pipeline: together})
			defer drivertest.Close(t, d)
			for range 2 {
				replies := make(chan contract.Reply, together)
				for range together {
					m := contract.Message{Method: "POST", Path: "/", Body: []byte("x")}
					d.Send(t.Context(), &m, func(r contract.Reply) { replies <- r })
				}
				var count [contract.Outcomes]int
				for range together {
					r := <-replies
					count[r.Outcome]++
					if r.Outcome == contract.Indeterminate && r.Class != contract.ClassReset {
						t.Errorf("reply %+v, want class reset", r)
					}
				}
				if count[contract.Acknowledged] != 1 || count[contract.Indeterminate] != together-1 {
					t.Errorf("outcomes %v, want one acknowledged, the others indeterminate", count)
				}
			}
		})
	}
}

// TestPipeWithdraws cancels one of several messages: it ends at once, the others are answered, by the same connection.
func TestPipeWithdraws(t *testing.T) {
	l := drivertest.Listen(t)
	reached, answer := make(chan string, 3), make(chan struct{})
	go drivertest.EachConn(l, func(c net.Conn) {
		readRequests(c, func(body string) bool {
			reached <- body
			<-answer
			_, err := io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n")
			return err == nil
		})
	})
	d := open(t, h1.Config{BaseURL: "http://" + l.Addr().String(), Connections: 1, Pipeline: 3})
	defer drivertest.Close(t, d)
	run, endRun := context.WithCancel(t.Context())
	defer endRun()
	cancelled, cancel := context.WithCancel(t.Context())
	send := func(ctx context.Context, body string) <-chan contract.Reply {
		replies := make(chan contract.Reply, 1)
		m := contract.Message{Method: "POST", Path: "/", Body: []byte(body)}
		d.Send(ctx, &m, func(r contract.Reply) { replies <- r })
		return replies
	}
	first := send(run, "first") // the context that all messages of a run share
	<-reached
	second := send(cancelled, "second")
	third := send(run, "third")
	cancel()
	if r := <-second; r.Class != contract.ClassCancelled {
		t.Errorf("reply %+v, want cancelled", r)
	}
	close(answer)
	for _, replies := range []<-chan contract.Reply{first, third} {
		if r := <-replies; r.Outcome != contract.Acknowledged {
			t.Errorf("reply %+v, want acknowledged", r)
		}
	}
	if links := d.Meter(); links.Dials != 1 {
		t.Errorf("links %+v, want one connection", links)
	}
}

// TestOthersGoOn cancels one message of a pooled driver whose others follow another context.
func TestOthersGoOn(t *testing.T) {
	l := drivertest.Listen(t)
	reached, answer := make(chan string, 2), make(chan struct{})
	go drivertest.EachConn(l, func(c net.Conn) {
		readRequests(c, func(body string) bool {
			reached <- body
			<-answer
			_, err := io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n")
			return err == nil
		})
	})
	d := open(t, h1.Config{BaseURL: "http://" + l.Addr().String()})
	defer drivertest.Close(t, d)
	run, endRun := context.WithCancel(t.Context())
	defer endRun()
	one, cancel := context.WithCancel(t.Context())
	replies := make(chan contract.Reply, 2)
	for _, ctx := range []context.Context{run, one} {
		go func() {
			m := contract.Message{Method: "POST", Path: "/", Body: []byte("x")}
			d.Send(ctx, &m, func(r contract.Reply) { replies <- r })
		}()
		<-reached
	}
	cancel()
	if r := <-replies; r.Class != contract.ClassCancelled || r.Outcome != contract.Indeterminate {
		t.Errorf("reply %+v, want cancelled and indeterminate", r)
	}
	close(answer)
	if r := <-replies; r.Outcome != contract.Acknowledged {
		t.Errorf("reply %+v, want acknowledged", r)
	}
}
