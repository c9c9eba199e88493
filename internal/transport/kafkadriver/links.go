package kafkadriver

import (
	"net"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/transport"
)

// links counts what connections cost. A client has a handful for each broker, so that a lock will do. Safe for concurrent
// use.
type links struct {
	mu sync.Mutex
	n  record.Links
}

// dialled notes an attempt to connect.
func (l *links) dialled(took time.Duration, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n.Dials++
	switch {
	case err == nil:
		l.n.Open++
		observe(&l.n.Connect, took)
	case transport.Exhausted(err):
		l.n.AddressErrors++
		fallthrough
	default:
		l.n.DialErrors++
	}
}

// shaken notes a TLS handshake. The connection under one that failed is closed.
func (l *links) shaken(took time.Duration, resumed bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err != nil:
		l.n.TLSErrors++
		l.n.Open--
		l.n.Closed++
		return
	case resumed:
		l.n.Resumed++
	default:
		l.n.Full++
	}
	observe(&l.n.Handshake, took)
}

// counted is a connection that is noted when it is closed.
type counted struct {
	net.Conn
	links *links
	once  sync.Once
}

func (c *counted) Close() error {
	c.once.Do(c.links.closed)
	return c.Conn.Close()
}

func (l *links) closed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n.Open--
	l.n.Closed++
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
