package transport

import (
	"net"
	"sync"
	"time"

	"github.com/passmuster/muster/internal/record"
)

// Links counts what the connections of a driver cost that has a handful of them, so that a lock will do. The zero value is
// ready. Safe for concurrent use.
type Links struct {
	mu sync.Mutex
	n  record.Links
}

// Dialled notes an attempt to connect that took so long, and returns the connection so that its end is noted too.
func (l *Links) Dialled(c net.Conn, took time.Duration, err error) (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n.Dials++
	switch {
	case err == nil:
		l.n.Open++
		record.Observe(&l.n.Connect, took)
		return OnClose(c, l.closed), nil
	case Exhausted(err):
		l.n.AddressErrors++
	}
	l.n.DialErrors++
	return nil, err
}

// Shaken notes a TLS handshake. Of one that failed only the failure counts.
func (l *Links) Shaken(took time.Duration, resumed bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err != nil:
		l.n.TLSErrors++
		return
	case resumed:
		l.n.Resumed++
	default:
		l.n.Full++
	}
	record.Observe(&l.n.Handshake, took)
}

// Reused notes a message that found an open connection.
func (l *Links) Reused() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n.Reused++
}

func (l *Links) closed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n.Open--
	l.n.Closed++
}

// Take returns what was counted since the last call and starts afresh, as Meter has it.
func (l *Links) Take() record.Links {
	l.mu.Lock()
	defer l.mu.Unlock()
	taken := l.n
	l.n = record.Links{Open: taken.Open}
	return taken
}

// OnClose returns c, of which closed is told when it is closed for the first time, before it is.
func OnClose(c net.Conn, closed func()) net.Conn { return &noticed{Conn: c, closed: closed} }

type noticed struct {
	net.Conn
	once   sync.Once
	closed func()
}

func (n *noticed) Close() error {
	n.once.Do(n.closed)
	return n.Conn.Close()
}
