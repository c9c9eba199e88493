package dialer

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/record"
)

// Meter counts what connections cost. The zero value is ready; it is safe for concurrent use.
type Meter struct {
	open                             atomic.Int64
	dials, dialErrors, addressErrors atomic.Int64
	full, resumed, tlsErrors         atomic.Int64
	reused, stale, closed, evicted   atomic.Int64

	mu         sync.Mutex // guards the rest, which changes with connections only and never with messages
	connect    *hdrhistogram.Histogram
	handshake  *hdrhistogram.Histogram
	negotiated map[string]int64
}

// Reused counts a message that found an open connection.
func (m *Meter) Reused() { m.reused.Add(1) }

// Stale counts a connection that was found dead when it was to be used again.
func (m *Meter) Stale() { m.stale.Add(1) }

// Evicted counts a connection that is about to be closed to make room for another.
func (m *Meter) Evicted() { m.evicted.Add(1) }

// Closed counts a connection that was closed.
func (m *Meter) Closed() { m.open.Add(-1); m.closed.Add(1) }

func (m *Meter) opened(took time.Duration) {
	m.open.Add(1)
	m.mu.Lock()
	defer m.mu.Unlock()
	record.Observe(&m.connect, took)
}

func (m *Meter) shaken(took time.Duration, resumed bool, agreed string) {
	if resumed {
		m.resumed.Add(1)
	} else {
		m.full.Add(1)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	record.Observe(&m.handshake, took)
	if m.negotiated == nil {
		m.negotiated = map[string]int64{}
	}
	m.negotiated[agreed]++
}

// Links returns what was counted since the last call and starts afresh, as transport.Meter has it.
func (m *Meter) Links() record.Links {
	l := record.Links{
		Open: m.open.Load(), Dials: m.dials.Swap(0), DialErrors: m.dialErrors.Swap(0), AddressErrors: m.addressErrors.Swap(0),
		Full: m.full.Swap(0), Resumed: m.resumed.Swap(0), TLSErrors: m.tlsErrors.Swap(0),
		Reused: m.reused.Swap(0), Stale: m.stale.Swap(0), Closed: m.closed.Swap(0), Evicted: m.evicted.Swap(0),
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	l.Connect, l.Handshake, l.Negotiated = m.connect, m.handshake, m.negotiated
	m.connect, m.handshake, m.negotiated = nil, nil, nil
	return l
}
