package ingest_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/ingest"
	"github.com/passmuster/muster/internal/target"
)

var update = flag.Bool("update", false, "write the golden files anew")

func claimsAll() *target.Target {
	return &target.Target{Ingest: &target.Ingest{
		CartridgeTag: "lanternfall",
		HTTP:         &target.HTTP{BaseURL: "http://127.0.0.1:1", APIKey: "key-1"},
		Kafka:        &target.Kafka{Topic: "events"},
		SNS:          &target.SNS{},
	}}
}

func renderer(t testing.TB, on *target.Target) *ingest.Renderer {
	t.Helper()
	r, err := ingest.NewRenderer(on)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func flush(by contract.Transport) *contract.Action {
	at := time.UnixMilli(1735689600250)
	return &contract.Action{
		Kind: contract.Flush, Transport: by, Player: 42, SessionID: "s-1", At: at, Platform: "Linux",
		Events: []contract.Event{
			{ID: "000102030405060708090a0b0c0d0e0f", Name: "level_complete", At: at.Add(-time.Second)},
			{ID: "101112131415161718191a1b1c1d1e1f", Name: "shop \"open\"\n", Pad: 100},
		},
	}
}

func TestRenderGolden(t *testing.T) {
	r := renderer(t, claimsAll())
	var out bytes.Buffer
	for _, by := range []contract.Transport{contract.HTTP, contract.Kafka, contract.SNS} {
		var m contract.Message
		if err := r.Render(&m, flush(by)); err != nil {
			t.Fatal(err)
		}
		write(&out, &m)
	}
	const golden = "testdata/render.golden"
	if *update {
		if err := os.WriteFile(golden, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != string(want) {
		t.Errorf("rendered:\n%s\nwant (go test -update writes it anew):\n%s", out.String(), want)
	}
}

func write(out *bytes.Buffer, m *contract.Message) {
	out.WriteString(m.Operation + " " + m.Method + " " + m.Path + "\n")
	for _, h := range m.Header {
		out.WriteString(h.Name + ": " + h.Value + "\n")
	}
	out.WriteString(strings.ReplaceAll(string(m.Body), "},{", "},\n{") + "\n")
	for _, r := range m.Records {
		out.WriteString(string(r.Key) + " = " + string(r.Value) + "\n")
	}
}

// A message's memory is used again by whoever renders into it, so nothing that the renderer keeps may be in there.
func TestRenderReusesMemoryAndSharesNone(t *testing.T) {
	r := renderer(t, claimsAll())
	var m contract.Message
	for _, by := range []contract.Transport{contract.HTTP, contract.Kafka, contract.HTTP, contract.SNS, contract.Kafka} {
		if err := r.Render(&m, flush(by)); err != nil {
			t.Fatal(err)
		}
		var fresh contract.Message
		if err := r.Render(&fresh, flush(by)); err != nil {
			t.Fatal(err)
		}
		var got, want bytes.Buffer
		write(&got, &m)
		write(&want, &fresh)
		if got.String() != want.String() {
			t.Fatalf("%s into used memory:\n%s\nwant\n%s", by, got.String(), want.String())
		}
		m.Header = append(m.Header[:0], contract.Field{Name: "Spoilt"}, contract.Field{Name: "Spoilt"})
	}
}

func TestOperations(t *testing.T) {
	all, none := renderer(t, claimsAll()), renderer(t, &target.Target{})
	httpOnly := claimsAll()
	httpOnly.Ingest.Kafka, httpOnly.Ingest.SNS = nil, nil
	for _, c := range []struct {
		r    *ingest.Renderer
		kind contract.Kind
		by   contract.Transport
		want string
	}{
		{all, contract.Flush, contract.HTTP, "ingest.http"},
		{all, contract.Flush, contract.Kafka, "ingest.kafka"},
		{all, contract.Flush, contract.SNS, "ingest.sns"},
		{all, contract.Start, contract.HTTP, ""},
		{none, contract.Flush, contract.HTTP, ""},
		{renderer(t, httpOnly), contract.Flush, contract.Kafka, ""},
	} {
		if got := c.r.Operation(c.kind, c.by); got != c.want {
			t.Errorf("Operation(%s, %s) = %q, want %q", c.kind, c.by, got, c.want)
		}
	}
	if err := none.Render(&contract.Message{}, flush(contract.HTTP)); err == nil {
		t.Error("rendered for a target that claims nothing")
	}
	if err := all.Render(&contract.Message{}, &contract.Action{Kind: contract.Flush, Transport: contract.HTTP}); err == nil {
		t.Error("rendered a flush without events")
	}
	if _, err := ingest.NewRenderer(&target.Target{Ingest: &target.Ingest{}}); err == nil {
		t.Error("took an ingest section without a cartridge tag")
	}
}

// Whatever an action says, its events are valid JSON, decode to what was said, and pass for intact.
func TestRenderedIsWhatWasSaid(t *testing.T) {
	r := renderer(t, claimsAll())
	rapid.Check(t, func(t *rapid.T) {
		a := flush(contract.Kafka)
		a.SessionID, a.Platform = rapid.String().Draw(t, "session"), rapid.String().Draw(t, "platform")
		e := &a.Events[0]
		e.Name = rapid.StringN(1, 50, -1).Draw(t, "name")
		e.Pad = rapid.IntRange(0, 500).Draw(t, "pad")
		var m contract.Message
		if err := r.Render(&m, a); err != nil {
			t.Fatal(err)
		}
		value := m.Records[0].Value
		got, faults := ingest.DecodeEvent(value)
		if len(faults) > 0 || got.Name != e.Name || got.ID != e.ID || got.SessionID != a.SessionID || got.TimeServer != e.At.UnixMilli() {
			t.Fatalf("%s: %v %v", value, got, faults)
		}
		if !ingest.Check(contract.Stored{ID: e.ID, Value: value}) || !ingest.Check(contract.Stored{ID: e.ID, Value: rewritten(t, value)}) {
			t.Fatalf("not taken for intact: %s", value)
		}
	})
}

// rewritten is the same JSON from another encoder: members sorted, angle brackets escaped, one member added.
func rewritten(t interface{ Fatal(...any) }, value []byte) []byte {
	var members map[string]any
	d := json.NewDecoder(bytes.NewReader(value))
	d.UseNumber()
	if err := d.Decode(&members); err != nil {
		t.Fatal(err)
	}
	members["received_at"] = 5
	out, err := json.MarshalIndent(members, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCheckFindsEveryChange(t *testing.T) {
	var m contract.Message
	if err := renderer(t, claimsAll()).Render(&m, flush(contract.Kafka)); err != nil {
		t.Fatal(err)
	}
	good := m.Records[1]
	id := string(good.Key)
	if !ingest.Check(contract.Stored{ID: id, Value: good.Value}) {
		t.Fatal("not intact as rendered")
	}
	if ingest.Check(contract.Stored{ID: string(m.Records[0].Key), Value: good.Value}) {
		t.Error("intact under another's id")
	}
	for i := range good.Value {
		bad := bytes.Clone(good.Value)
		bad[i] ^= 1
		if ingest.Check(contract.Stored{ID: id, Value: bad}) {
			t.Errorf("intact with byte %d changed: %s", i, bad)
		}
	}
	for _, c := range []struct{ from, to string }{
		{`"user_id": "player-42"`, `"user_id": "player-43"`},
		{`1735689600250`, `1735689600000`},
		{`fox jumps`, `fox sleeps`},
		{`"device_os": "linux"`, `"device_os": ""`},
	} {
		changed := bytes.Replace(rewritten(t, good.Value), []byte(c.from), []byte(c.to), 1)
		if bytes.Equal(changed, rewritten(t, good.Value)) {
			t.Fatalf("%q is not in %s", c.from, changed)
		}
		if ingest.Check(contract.Stored{ID: id, Value: changed}) {
			t.Errorf("intact with %s", c.to)
		}
	}
	for _, value := range []string{``, `{}`, `[]`, `{"id":"` + id + `"}`, string(good.Value[:len(good.Value)-1])} {
		if ingest.Check(contract.Stored{ID: id, Value: []byte(value)}) {
			t.Errorf("intact: %q", value)
		}
	}
}

// FuzzCheck looks for stored bytes that break the verifier.
func FuzzCheck(f *testing.F) {
	var m contract.Message
	if err := renderer(f, claimsAll()).Render(&m, flush(contract.Kafka)); err != nil {
		f.Fatal(err)
	}
	f.Add(string(m.Records[0].Key), m.Records[0].Value)
	f.Fuzz(func(t *testing.T, id string, value []byte) {
		if !ingest.Check(contract.Stored{ID: id, Value: value}) {
			return
		}
		if e, faults := ingest.DecodeEvent(value); len(faults) == 0 && e.ID != id {
			t.Fatalf("intact under %q, but its id is %q", id, e.ID)
		}
	})
}

func TestRenderAllocatesNothing(t *testing.T) {
	r := renderer(t, claimsAll())
	for _, name := range clients() {
		var m contract.Message
		a := by(name)
		a.Platform = "linux"
		if n := testing.AllocsPerRun(100, func() { _ = r.Render(&m, a) }); n > 0 {
			t.Errorf("%s: %v allocations into used memory, want none", name, n)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	r := renderer(b, claimsAll())
	for _, name := range []string{ingest.Backend, ingest.JS, ingest.Unity} {
		b.Run(name, func(b *testing.B) {
			var m contract.Message
			a := by(name)
			a.Platform = "linux"
			b.ReportAllocs()
			for b.Loop() {
				if err := r.Render(&m, a); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecodeEvent(b *testing.B) {
	var m contract.Message
	if err := renderer(b, claimsAll()).Render(&m, flush(contract.Kafka)); err != nil {
		b.Fatal(err)
	}
	value := m.Records[0].Value
	b.ReportAllocs()
	for b.Loop() {
		if _, faults := ingest.DecodeEvent(value); len(faults) > 0 {
			b.Fatal(faults)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	for _, name := range []string{ingest.Backend, ingest.JS} {
		b.Run(name, func(b *testing.B) {
			var m contract.Message
			if err := renderer(b, claimsAll()).Render(&m, by(name)); err != nil {
				b.Fatal(err)
			}
			events, _ := ingest.DecodeEvents(m.Body)
			stored := contract.Stored{ID: events[0].ID, Value: events[0].Raw()}
			b.ReportAllocs()
			for b.Loop() {
				if !ingest.Check(stored) {
					b.Fatal("not intact")
				}
			}
		})
	}
}
