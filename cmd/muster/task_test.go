package main

import (
	"bytes"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/conformance"
	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/reference"
	"github.com/passmuster/muster/internal/target"
)

// A worker gets the target whole: its secrets, what no target file can say, and sections that say something by being there.
func TestATaskArrivesWhole(t *testing.T) {
	server, err := startReference(t.Context(), reference.Options{Players: 20}, halves(catalog.Manners{}, nil))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := (&subject{server: server}).close(); err != nil {
			t.Error(err)
		}
	})
	bare := target.Target{Version: 1, Name: "bare", Load: target.Leave{Allowed: true, MaxRate: 2.5}, Ingest: &target.Ingest{
		Kafka:    &target.Kafka{Brokers: []string{"b:1"}, Topic: "events", TLS: &target.TLS{}, SASL: &target.SASL{Password: "p"}},
		Readback: &target.Readback{HTTP: &target.ReadbackHTTP{URL: "u"}},
	}, Rulings: map[string]any{"playtime.bad_hash_status": 422, "playtime.insights_settle_seconds": 0}}
	for _, to := range []target.Target{*server.Target(), bare} {
		want := task{Target: to, Clauses: []string{"a/b/c", "a/b/d"}, Timeout: time.Second, MaxRate: 1.25, Retries: 2, Order: -7}
		var pipe bytes.Buffer
		if err := want.send(&pipe); err != nil {
			t.Fatal(err)
		}
		got, err := receive(&pipe)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v and %v, want %+v", got, err, want)
		}
		if to.Playtime != nil && got.Target.Playtime.MetricsKey.Reveal() == "" {
			t.Error("the target had no secret, so nothing was shown")
		}
	}
}

func FuzzReceive(f *testing.F) {
	var pipe bytes.Buffer
	if err := (task{Clauses: []string{"a/b/c"}}).send(&pipe); err != nil {
		f.Fatal(err)
	}
	f.Add(pipe.Bytes())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, sent []byte) {
		if _, err := receive(bytes.NewReader(sent)); err != nil && !strings.HasPrefix(err.Error(), "read the task: ") {
			t.Errorf("error %q does not say what was read", err)
		}
	})
}

func TestWorkersShareTheCapOnTheRate(t *testing.T) {
	p := &prober{target: &target.Target{Load: target.Leave{MaxRate: 10}}, cfg: conformance.Config{Retries: 1, Seed: 3}, timeout: time.Second}
	got := p.task(4, []string{"a/b/c"})
	if got.MaxRate != 2.5 || got.Retries != 1 || got.Order != 3 || got.Timeout != time.Second {
		t.Errorf("got %+v, want a quarter of the cap and all else", got)
	}
	p.target.Load.MaxRate = 0
	if got := p.task(4, nil); got.MaxRate != 0 {
		t.Errorf("got a cap of %v where there was none", got.MaxRate)
	}
}

func TestTheFaultOfAWorkerIsTold(t *testing.T) {
	for said, want := range map[string]string{
		"": "",
		"muster: open x: refused\nhint: look there\n":                      "open x: refused",
		"panic: boom\n\ngoroutine 1 [running]:\nmain.main()":               "panic: boom",
		"fatal error: all asleep\n" + strings.Repeat("stack\n", mostHeard): "fatal error: all asleep",
		"one\ntwo\n": "two",
	} {
		var h heard
		for line := range strings.Lines(said) {
			if n, err := io.WriteString(&h, line); n != len(line) || err != nil {
				t.Errorf("wrote %d bytes: %v", n, err)
			}
		}
		if got := h.fault(); got != want || len(h.kept) > mostHeard {
			t.Errorf("%q: got %q of %d bytes kept, want %q", said[:min(len(said), 40)], got, len(h.kept), want)
		}
	}
}

// asMuster lets a test that runs muster in its own process have workers: they are the test binary by the name of muster.
func asMuster(t *testing.T) {
	t.Helper()
	before := os.Args[0]
	os.Args[0] = "muster"
	t.Cleanup(func() { os.Args[0] = before })
}
