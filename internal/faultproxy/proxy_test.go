package faultproxy

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

const patience = 10 * time.Second // bounds every wait of these tests

// echo says back what it hears, until the test ends.
func echo(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(conn, conn); _ = conn.Close() }()
		}
	}()
	return listener.Addr().String()
}

// through starts a proxy before an echo. All is gone, goroutines as well, when the test has ended.
func through(t *testing.T, f Faults) *Proxy {
	t.Helper()
	ignore := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, ignore) })
	p, err := Start(echo(t), f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// say sends text on a connection of its own and returns as much of the echo as came, and why no more did.
func say(t *testing.T, p *Proxy, text string) (string, error) {
	t.Helper()
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // a proxy may have ended it
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.WriteString(conn, text) }()
	heard := make([]byte, len(text))
	n, err := io.ReadFull(conn, heard)
	return string(heard[:n]), err
}

func TestGoodNetwork(t *testing.T) {
	p := through(t, Faults{})
	text := strings.Repeat("0123456789", 50_000)
	if heard, err := say(t, p, text); err != nil || heard != text {
		t.Errorf("%d bytes came back of %d: %v", len(heard), len(text), err)
	}
	if got, want := p.Counts(), (Counts{Connections: 1}); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
}

func TestLatencyIsALeast(t *testing.T) {
	p := through(t, Faults{Latency: 60 * time.Millisecond})
	began := time.Now()
	if heard, err := say(t, p, "hello"); err != nil || heard != "hello" {
		t.Fatalf("heard %q: %v", heard, err)
	}
	if took := time.Since(began); took < 60*time.Millisecond {
		t.Errorf("took %v, want 60 ms at least", took)
	}
}

func TestBandwidthIsAMost(t *testing.T) {
	p := through(t, Faults{Bandwidth: 100_000})
	began := time.Now()
	if _, err := say(t, p, strings.Repeat("x", 5_000)); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 100*time.Millisecond { // 50 ms each way
		t.Errorf("took %v, want 100 ms at least", took)
	}
}

func TestReset(t *testing.T) {
	p := through(t, Faults{Reset: 1})
	if heard, err := say(t, p, "hello"); !errors.Is(err, syscall.ECONNRESET) || heard != "" {
		t.Errorf("heard %q: %v, want a reset", heard, err)
	}
	if got := p.Counts().Resets; got != 1 {
		t.Errorf("%d resets counted, want 1", got)
	}
}

func TestCut(t *testing.T) {
	p := through(t, Faults{CutAfter: 3})
	if heard, err := say(t, p, "hello"); !errors.Is(err, io.ErrUnexpectedEOF) || heard != "hel" {
		t.Errorf("heard %q: %v, want three bytes and an end", heard, err)
	}
	if got := p.Counts().Cuts; got != 1 {
		t.Errorf("%d cuts counted, want 1", got)
	}
}

func TestBlackhole(t *testing.T) {
	p := through(t, Faults{Blackhole: true})
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // nothing was written
	if err := conn.SetDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v, want nothing at all", err)
	}
}

func TestUnknownUpstreamEndsConnections(t *testing.T) {
	p, err := Start("127.0.0.1:1", Faults{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close() //nolint:errcheck // told by another test
	if heard, err := say(t, p, "hello"); err == nil {
		t.Errorf("heard %q from nobody", heard)
	}
}

func TestFateFollowsFromSeedAndNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Faults{
			Seed: rapid.Uint64().Draw(t, "seed"), Reset: rapid.Float64Range(0, 1).Draw(t, "reset"),
			ResetPer: rapid.Int64Range(0, never).Draw(t, "per"), CutAfter: rapid.Int64Range(0, 100).Draw(t, "cut"),
		}
		n := rapid.Uint64().Draw(t, "n")
		got := f.fate(n)
		if got != f.fate(n) {
			t.Fatal("two fates of one connection")
		}
		if got.resetAt < 0 || got.cutAt <= 0 {
			t.Fatalf("fate %+v, want no end before the beginning", got)
		}
	})
}

func TestChanceIsAsTold(t *testing.T) {
	const connections = 20_000
	for _, per := range []int64{0, 100} {
		f, struck := Faults{Seed: 7, Reset: 0.1, ResetPer: per}, 0
		for n := range uint64(connections) {
			if f.fate(n).resetAt < max(per, 1) {
				struck++
			}
		}
		if share := float64(struck) / connections; share < 0.09 || share > 0.11 {
			t.Errorf("per %d: %v of connections are struck at once, want 0.1", per, share)
		}
	}
}

func TestFaultsAreChecked(t *testing.T) {
	for _, f := range []Faults{{Reset: -0.1}, {Reset: 1.1}, {Latency: -1}, {Bandwidth: -1}, {ResetPer: -1}, {CutAfter: -1}} {
		if p, err := Start("127.0.0.1:1", f); err == nil {
			t.Errorf("%+v is taken: %v", f, p.Close())
		}
	}
}
