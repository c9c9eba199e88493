//go:build integration

package kafka

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport/kafkadriver"
)

// TestEveryEventIsFoundOnce has every client produce one event, then a batch, in each of its ways. What it wrote, and
// what the service behind the broker accepted of it, must be every event once, byte for byte.
func TestEveryEventIsFoundOnce(t *testing.T) {
	for _, d := range doors {
		for _, c := range clients() {
			for _, w := range ways(c) {
				t.Run(fmt.Sprintf("%s/%s/%s", d.name, c.name, w.name), func(t *testing.T) {
					if d.name == "apache" && c.name == "kcat" && kcatRepeatsNonce(t) {
						turnedAway(t, d, c)
						return
					}
					foundOnce(t, d, c, w)
				})
			}
		}
	}
}

// way is one manner of producing.
type way struct {
	name, codec string
	idempotent  bool
}

// ways lists how c can produce: by every codec, and idempotently.
func ways(c client) []way {
	var all []way
	for _, codec := range c.codecs {
		all = append(all, way{codec, codec, false})
	}
	if c.idempotent {
		all = append(all, way{"idempotent", "none", true})
	}
	return all
}

func foundOnce(t *testing.T, d *door, c client, w way) {
	single, batch := events(d, 1), events(d, 50)
	j := d.job(single, batch)
	j.Compression, j.Idempotent = w.codec, w.idempotent
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	written, accepted := fromNow(t, d.raw), fromNow(t, *d.target.Ingest.Readback.Kafka)
	r, err := c.produce(ctx, j)
	if err != nil {
		t.Fatal(err)
	}
	all := append(single, batch...)
	if r.Sent != len(all) || r.Error != "" {
		t.Fatalf("%d of %d events acknowledged: %s", r.Sent, len(all), r.Error)
	}
	same(t, "written", all, collect(ctx, t, written, len(all)))
	same(t, "accepted", all, collect(ctx, t, accepted, len(all)))
}

// turnedAway expects that c cannot log in.
func turnedAway(t *testing.T, d *door, c client) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r, err := c.produce(ctx, d.job(events(d, 1)))
	if err != nil || r.Sent != 0 || !strings.Contains(r.Error, "SASL authentication error") {
		t.Errorf("%d events acknowledged (%v), and it says %q; want an authentication error", r.Sent, err, r.Error)
	}
}

// events makes events that nobody has sent before. Their text is as a client may write it, not as a server would.
func events(d *door, n int) []message {
	all := make([]message, n)
	for i := range all {
		var random [16]byte
		_, _ = rand.Read(random[:]) // never fails, as documented
		id := fmt.Sprintf("%x", random)
		all[i] = message{id, fmt.Sprintf(`{ "id":%q, "cartridge_tag":%q, "name":"interop", "user_id":"player-%d", "chain_id":42161,`+
			`"session_id":"s-%d","time_server":%d, "properties":{"title":"Grüße, 玩家 \u00e9","part":1.50,"none":null,"list":[1,{"a":"|"}]}}`,
			id, d.target.Ingest.CartridgeTag, i, i, time.Now().UnixMilli())}
	}
	return all
}

// fromNow returns a reader of what is stored from now on.
func fromNow(t *testing.T, k target.Kafka) *kafkadriver.Reader {
	t.Helper()
	r, err := kafkadriver.NewReader(t.Context(), k, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// collect reads until there are n records, and as many more as were stored by then.
func collect(ctx context.Context, t *testing.T, r *kafkadriver.Reader, n int) []message {
	t.Helper()
	var all []message
	for len(all) < n {
		if err := r.Read(ctx, func(s contract.Stored) error {
			all = append(all, message{s.ID, string(s.Value)})
			return nil
		}); err != nil {
			t.Fatalf("read back: %d of %d events: %v", len(all), n, err)
		}
		select {
		case <-ctx.Done():
			t.Fatalf("read back: %d of %d events: %v", len(all), n, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
	return all
}

// same expects found to be sent, in any order.
func same(t *testing.T, what string, sent, found []message) {
	t.Helper()
	left := map[message]int{}
	for _, m := range sent {
		left[m]++
	}
	for _, m := range found {
		left[m]--
	}
	for m, n := range left {
		if n != 0 {
			t.Errorf("%s: event %s is found %d times too few (negative: too often) with this text: %s", what, m.Key, n, m.Value)
		}
	}
}
