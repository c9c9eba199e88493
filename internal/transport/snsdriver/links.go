package snsdriver

import (
	"crypto/tls"
	"net"
	"net/http/httptrace"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/transport"
)

// links counts what connections cost. There are as many as calls at a time, so that a lock will do. Safe for concurrent
// use.
type links struct {
	mu sync.Mutex
	n  record.Links
}

// count changes the counts under the lock.
func (l *links) count(change func(n *record.Links)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(&l.n)
}

// dialled notes an attempt to connect, and returns the connection so that its end is noted too.
func (l *links) dialled(c net.Conn, took time.Duration, err error) (net.Conn, error) {
	l.count(func(n *record.Links) {
		n.Dials++
		switch {
		case err == nil:
			n.Open++
			observe(&n.Connect, took)
		case transport.Exhausted(err):
			n.AddressErrors++
			fallthrough
		default:
			n.DialErrors++
		}
	})
	if err != nil {
		return nil, err
	}
	return &counted{Conn: c, links: l}, nil
}

// counted is a connection that is noted when it is closed.
type counted struct {
	net.Conn
	links *links
	once  sync.Once
}

func (c *counted) Close() error {
	c.once.Do(func() { c.links.count(func(n *record.Links) { n.Open--; n.Closed++ }) })
	return c.Conn.Close()
}

// trace adds to a call's trace what only net/http knows: handshakes, and whether a connection is used again.
func (l *links) trace(t *httptrace.ClientTrace) {
	var began time.Time // a call handshakes once at a time
	t.TLSHandshakeStart = func() { l.count(func(*record.Links) { began = time.Now() }) }
	t.TLSHandshakeDone = func(s tls.ConnectionState, err error) {
		l.count(func(n *record.Links) {
			switch {
			case err != nil:
				n.TLSErrors++
				return
			case s.DidResume:
				n.Resumed++
			default:
				n.Full++
			}
			observe(&n.Handshake, time.Since(began))
		})
	}
	got := t.GotConn
	t.GotConn = func(info httptrace.GotConnInfo) {
		if info.Reused {
			l.count(func(n *record.Links) { n.Reused++ })
		}
		got(info)
	}
}

// take returns what was counted since the last call; Open stays.
func (l *links) take() record.Links {
	l.mu.Lock()
	defer l.mu.Unlock()
	taken := l.n
	l.n = record.Links{Open: taken.Open}
	return taken
}

func observe(h **hdrhistogram.Histogram, took time.Duration) {
	if *h == nil {
		*h = record.NewHistogram()
	}
	_ = (*h).RecordValue(min(max(took.Microseconds(), 0), (*h).HighestTrackableValue())) // it refuses only what is out of range
}
