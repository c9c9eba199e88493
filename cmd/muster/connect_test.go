package main

import (
	"crypto/tls"
	"reflect"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/scenarios"
)

func TestSettings(t *testing.T) {
	const base = "version: 1\nname: x\nduration: 1m\nplayers: {ccu: [{at: 0s, players: 1}]}\n"
	read := func(more string) scenarios.Connections {
		s, err := scenarios.Decode("x.yaml", []byte(base+more))
		if err != nil {
			t.Fatal(err)
		}
		return s.Connections
	}
	plain := settings(read(""))
	if plain.Connections != 64 || plain.Timeout != 10*time.Second || plain.HTTP.PerPlayer || plain.HTTP.HTTP2 || plain.HTTP.TLS.Resumed != 1 || plain.HTTP.TLS.MaxVersion != 0 {
		t.Errorf("defaults: got %+v", plain)
	}
	own := settings(read("connections: {mode: per-player, idle: 0s, sources: [127.0.0.0/30], tls: {version: \"1.3\", curves: [p256, x25519mlkem768], resumed: 0.8}}\n"))
	want := []tls.CurveID{tls.CurveP256, tls.X25519MLKEM768}
	if own.Connections != 0 || !own.HTTP.PerPlayer || own.HTTP.Idle != 0 || len(own.HTTP.Sources) != 2 || own.HTTP.TLS.Resumed != 0.8 ||
		own.HTTP.TLS.MinVersion != tls.VersionTLS13 || own.HTTP.TLS.MaxVersion != tls.VersionTLS13 || !reflect.DeepEqual(own.HTTP.TLS.Curves, want) {
		t.Errorf("per player: got %+v", own)
	}
	if piped := settings(read("connections: {pipeline: 8, pool: 4}\n")); piped.HTTP.Pipeline != 8 || piped.Connections != 4 {
		t.Errorf("pipelined: got %+v", piped)
	}
	if plain.Kafka != (catalog.Kafka{Linger: 5 * time.Millisecond, Acks: "all", Compression: "snappy", MaxBuffered: 10_000}) {
		t.Errorf("defaults: got %+v", plain.Kafka)
	}
	produced := settings(read("connections: {kafka: {linger: 0s, acks: leader, compression: zstd, max_buffered: 5}}\n")).Kafka
	if produced != (catalog.Kafka{Linger: -1, Acks: "leader", Compression: "zstd", Repeatable: true, MaxBuffered: 5}) {
		t.Errorf("Kafka: got %+v", produced)
	}
	if second := settings(read("connections: {protocol: http2}\n")); !second.HTTP.HTTP2 {
		t.Errorf("HTTP/2: got %+v", second)
	}
}

// TestEveryCurveIsKnown holds that what a scenario may name is what the standard library is given.
func TestEveryCurveIsKnown(t *testing.T) {
	one := 1.0
	for _, name := range []string{"x25519", "p256", "p384", "x25519mlkem768"} {
		if got := secured(scenarios.TLS{Curves: []string{name}, Resumed: &one}).Curves; len(got) != 1 || got[0] == 0 {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
