package snsdriver_test

import (
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/snsdriver"
	"github.com/passmuster/muster/internal/transport/snsdriver/endpoint"
)

// TestMeter counts the connections of a driver's life, and those that are used again.
func TestMeter(t *testing.T) {
	to, _ := start(t, endpoint.Config{})
	d := open(t, snsdriver.Config{SNS: to, Connections: 1})
	var m transport.Meter = d
	for range 3 {
		sendAll(d, `[{"id":"one"}]`)
	}
	got := m.Meter()
	if got.Dials != 1 || got.Open != 1 || got.Reused != 2 || got.Closed != 0 || got.Connect.TotalCount() != 1 || got.Full+got.TLSErrors != 0 {
		t.Errorf("after three calls: %+v", got)
	}
	closeDriver(t, d)
	if got = m.Meter(); got.Dials != 0 || got.Open != 0 || got.Closed != 1 {
		t.Errorf("after closing: %+v", got)
	}
	dead := open(t, snsdriver.Config{SNS: sns("http://127.0.0.1:1", "events"), Timeout: short})
	defer closeDriver(t, dead)
	sendAll(dead, `[{"id":"one"}]`)
	if got = dead.Meter(); got.Dials < 1 || got.DialErrors != got.Dials || got.Open != 0 {
		t.Errorf("where nobody listens: %+v", got)
	}
}

// TestTimesAreApart has a message wait for company that does not come: the wait lies between queued and sent.
func TestTimesAreApart(t *testing.T) {
	const linger = 300 * time.Millisecond
	to, _ := start(t, endpoint.Config{})
	d := open(t, snsdriver.Config{SNS: to, Linger: linger})
	defer closeDriver(t, d)
	before := time.Now()
	r := sendAll(d, `[{"id":"one"}]`)[0]
	if r.Outcome != contract.Acknowledged || r.Queued.Before(before) || r.Sent.Sub(r.Queued) < linger-time.Millisecond || !r.Done.After(r.Sent) {
		t.Errorf("queued, sent and done after %v, %v and %v, want the linger between the first two",
			r.Queued.Sub(before), r.Sent.Sub(before), r.Done.Sub(before))
	}
}
