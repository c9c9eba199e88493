package engine

import (
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// While a precise pacer waits, the only processor of the runtime serves those who carry messages: bytes that go round
// through two pipes come round many times within each wait.
func TestPreciseWaitLeavesTheProcessorToOthers(t *testing.T) {
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	thereIn, thereOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	backIn, backOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	var rounds atomic.Int64
	ended := make(chan struct{}, 2)
	relay := func(from, to *os.File, each func()) {
		defer func() { ended <- struct{}{} }()
		var b [1]byte
		for {
			if _, err := from.Read(b[:]); err != nil {
				return
			}
			each()
			if _, err := to.Write(b[:]); err != nil {
				return
			}
		}
	}
	go relay(thereIn, backOut, func() { rounds.Add(1) })
	go relay(backIn, thereOut, func() {})
	if _, err := thereOut.Write([]byte{1}); err != nil {
		t.Fatal(err)
	}
	const waits, least = 1000, 2
	w := newPrecise()
	for range waits {
		w.wait(100 * time.Microsecond)
	}
	if n := rounds.Load(); n < waits*least {
		t.Errorf("%d rounds during %d waits of 100 µs on one processor, want %d at least", n, waits, waits*least)
	}
	for _, f := range []*os.File{thereIn, thereOut, backIn, backOut} {
		_ = f.Close() // ends the relays
	}
	<-ended
	<-ended
}
