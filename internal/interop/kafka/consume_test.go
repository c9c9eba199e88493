//go:build integration

package kafka

import (
	"context"
	"os/exec"
	"strings"
	"testing"
)

// TestKcatReadsBack has a client that muster does not know read what the reference accepted, alone and as a member of a
// consumer group. Muster's own reader is of the library that the reference's broker comes from.
func TestKcatReadsBack(t *testing.T) {
	d := doors[0]
	sent := events(d, 20)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	accepted := fromNow(t, *d.target.Ingest.Readback.Kafka)
	if r, err := named("kafkajs").produce(ctx, d.job(sent)); err != nil || r.Sent != len(sent) {
		t.Fatalf("%d of %d events acknowledged (%v): %s", r.Sent, len(sent), err, r.Error)
	}
	collect(ctx, t, accepted, len(sent)) // all of them are there now
	topic := d.target.Ingest.Readback.Kafka.Topic
	for name, args := range map[string][]string{
		"alone":      {"-C", "-t", topic, "-o", "beginning", "-e"},
		"in a group": {"-X", "auto.offset.reset=earliest", "-e", "-G", "interop-" + sent[0].Key, topic},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := exec.CommandContext(ctx, have.kcat, append(append(kcatLogin(d.job()), "-q", "-f", "%k|%s\n"), args...)...).Output()
			if err != nil {
				t.Fatalf("kcat: %v", err)
			}
			text := string(out)
			for _, m := range sent {
				if n := strings.Count(text, m.Key+"|"+m.Value+"\n"); n != 1 {
					t.Errorf("event %s is read %d times, want once", m.Key, n)
				}
			}
		})
	}
}
