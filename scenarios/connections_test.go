package scenarios_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/passmuster/muster/scenarios"
)

// TestZerosThatAreChoices holds members whose zero is no default.
func TestZerosThatAreChoices(t *testing.T) {
	s, err := scenarios.Decode("x.yaml", []byte(minimal+"connections: {mode: per-player, idle: 0s, tls: {resumed: 0}, kafka: {linger: 0s, idempotent: false}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		c := s.Connections
		if *c.Idle != 0 || *c.TLS.Resumed != 0 || *c.Kafka.Linger != 0 || *c.Kafka.Idempotent {
			t.Errorf("got idle %v, resumed %v, linger %v, idempotent %v", *c.Idle, *c.TLS.Resumed, *c.Kafka.Linger, *c.Kafka.Idempotent)
		}
		s = s.WithDefaults()
	}
}

func TestIdempotenceFollowsAcks(t *testing.T) {
	for acks, want := range map[string]bool{"all": true, "leader": false, "none": false} {
		s, err := scenarios.Decode("x.yaml", []byte(minimal+"connections: {kafka: {acks: "+acks+"}}\n"))
		if err != nil || *s.Connections.Kafka.Idempotent != want {
			t.Errorf("acks %s: idempotent %v, %v, want %v", acks, *s.Connections.Kafka.Idempotent, err, want)
		}
	}
}

func TestConnectionsRead(t *testing.T) {
	s, err := scenarios.Decode("x.yaml", []byte(minimal+`
connections:
  mode: per-player
  idle: 30s
  sources: [127.0.0.2, 127.0.1.0/30]
  tls: {version: "1.3", curves: [x25519, p256], resumed: 0.8}
  kafka: {linger: 1ms, acks: leader, compression: zstd, max_buffered: 5}
generator: {pacing: precise, attackers: 2, max_workers: 512}
`))
	if err != nil {
		t.Fatal(err)
	}
	c := s.Connections
	if c.Mode != scenarios.PerPlayer || *c.Idle != 30*time.Second || c.TLS.Version != "1.3" || len(c.TLS.Curves) != 2 || *c.TLS.Resumed != 0.8 ||
		*c.Kafka.Linger != time.Millisecond || c.Kafka.Compression != "zstd" || c.Kafka.MaxBuffered != 5 {
		t.Errorf("got %+v", c)
	}
	if g := s.Generator; g.Pacing != scenarios.PacingPrecise || g.Attackers != 2 || g.MaxWorkers != 512 {
		t.Errorf("got %+v", g)
	}
}

func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		sources []string
		want    string
	}{
		{nil, "[]"},
		{[]string{"127.0.0.2", "::1"}, "[127.0.0.2 ::1]"},
		{[]string{"127.0.0.9/29"}, "[127.0.0.9 127.0.0.10 127.0.0.11 127.0.0.12 127.0.0.13 127.0.0.14]"},
		{[]string{"10.0.0.0/31", "10.0.1.7/32"}, "[10.0.0.0 10.0.0.1 10.0.1.7]"},
		{[]string{"fd00::/126"}, "[fd00:: fd00::1 fd00::2 fd00::3]"},
		{[]string{"127.0.0.0/8", "nonsense", "127.0.0.5"}, "[127.0.0.5]"},
	} {
		if got := fmt.Sprint(scenarios.Connections{Sources: c.sources}.Addresses()); got != c.want {
			t.Errorf("%q: got %s, want %s", c.sources, got, c.want)
		}
	}
}
