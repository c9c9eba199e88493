package transport

import (
	"errors"
	"net"
	"syscall"
	"testing"
	"time"
)

// TestLinks leads connections through their lives and looks at the counts, which start afresh each time.
func TestLinks(t *testing.T) {
	var l Links
	dial := func(err error) net.Conn {
		raw, far := net.Pipe()
		t.Cleanup(func() { _, _ = raw.Close(), far.Close() })
		c, got := l.Dialled(raw, time.Millisecond, err)
		if !errors.Is(got, err) || (c == nil) != (err != nil) {
			t.Fatalf("Dialled is %v, %v, want the error %v alone, or a connection", c, got, err)
		}
		return c
	}
	kept, broken := dial(nil), dial(nil)
	dial(syscall.ECONNREFUSED)
	dial(syscall.EADDRNOTAVAIL)
	l.Shaken(time.Millisecond, false, nil)
	l.Shaken(time.Millisecond, true, nil)
	l.Shaken(time.Millisecond, true, errors.New("no"))
	l.Reused()
	for range 2 {
		_ = broken.Close()
	}
	got := l.Take()
	if got.Dials != 4 || got.DialErrors != 2 || got.AddressErrors != 1 || got.Open != 1 || got.Closed != 1 || got.Connect.TotalCount() != 2 {
		t.Errorf("connections %+v, want 4 dials, 2 failed, one of them for want of an address, one closed and one open", got)
	}
	if got.Full != 1 || got.Resumed != 1 || got.TLSErrors != 1 || got.Handshake.TotalCount() != 2 || got.Reused != 1 {
		t.Errorf("handshakes %+v, want one full, one resumed, one failed, and one use again", got)
	}
	_ = kept.Close()
	if got = l.Take(); got.Dials != 0 || got.Open != 0 || got.Closed != 1 || got.Connect != nil {
		t.Errorf("then %+v, want one closed and nothing else", got)
	}
}
