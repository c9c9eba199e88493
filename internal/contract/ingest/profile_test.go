package ingest_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/ingest"
)

// wireForms is where the golden requests of the clients are.
const wireForms = "../../../fixtures/profiles/ingest/"

func by(client string) *contract.Action {
	a := flush(contract.HTTP)
	a.EventClient, a.SessionID = client, "5b1c6d1e-33b5-4f4c-9d0a-7e1e5c1a0f77"
	a.Events = a.Events[:1]
	return a
}

func request(t testing.TB, m *contract.Message) []byte {
	t.Helper()
	var out bytes.Buffer
	out.WriteString(m.Method + " " + m.Path + " HTTP/1.1\r\n")
	for _, h := range m.Header {
		out.WriteString(h.Name + ": " + h.Value + "\r\n")
	}
	out.WriteString("\r\n")
	out.Write(m.Body)
	return out.Bytes()
}

// clients are all clients as shipped, then all without deviations.
func clients() []string {
	names := ingest.ProfileNames()
	for _, p := range ingest.Profiles() {
		if len(p.Deviations) > 0 {
			names = append(names, p.Name+" without all")
		}
	}
	return names
}

// Every client's request is, byte for byte, the one in the fixtures.
func TestProfilesGolden(t *testing.T) {
	r := renderer(t, claimsAll())
	for _, name := range clients() {
		var m contract.Message
		if err := r.Render(&m, by(name)); err != nil {
			t.Fatal(err)
		}
		golden, got := filepath.Join(wireForms, strings.ReplaceAll(name, " ", "-")+".http"), request(t, &m)
		if *update {
			if err := os.WriteFile(golden, got, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s sends\n%s\nwant (go test -update writes it anew)\n%s", name, got, want)
		}
	}
	files, err := filepath.Glob(wireForms + "*.http")
	if err != nil || len(files) != len(clients()) {
		t.Errorf("%d golden requests (%v), want one for each of %v", len(files), err, clients())
	}
}

// The members that a client adds or leaves out, their order, and the form of what stands in them (fact A-F).
func TestMemberOrder(t *testing.T) {
	const tdk = "smart_account chain_id cartridge_tag name session_id id tdk_version tdk_flavour time_local time_server properties device app"
	for client, want := range map[string]string{
		ingest.Backend: "cartridge_tag name time_server time_local user_id id session_id device app properties",
		ingest.JS:      "smart_account name properties id cartridge_tag time_server time_local app device tdk_flavour tdk_version",
		ingest.Unity:   tdk,
		ingest.Unreal:  tdk,
		ingest.Godot: "app cartridge_tag chain_id device id name properties session_id smart_account tdk_flavour tdk_version " +
			"time_local time_server",
	} {
		var m contract.Message
		if err := renderer(t, claimsAll()).Render(&m, by(client)); err != nil {
			t.Fatal(err)
		}
		body := string(m.Body)
		for _, name := range strings.Fields(want) {
			before, after, found := strings.Cut(body, `"`+name+`":`)
			if !found {
				t.Errorf("%s: %s missing, or not in its place", client, name)
				continue
			}
			if strings.HasSuffix(before, ": ") {
				t.Errorf("%s: not compact", client)
			}
			body = after
		}
	}
}

func TestDeviations(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range ingest.Profiles() {
		for _, d := range p.Deviations {
			if seen[d.Name] || !strings.HasPrefix(d.Name, p.Name+"-") {
				t.Errorf("%s: name used twice, or not of %s", d.Name, p.Name)
			}
			seen[d.Name] = true
			without, err := p.Without(d.Name)
			if err != nil {
				t.Fatal(err)
			}
			if without.Event == p.Event && without.Bare == p.Bare {
				t.Errorf("%s: nothing changes when it is switched off", d.Name)
			}
			if len(without.Deviations) != len(p.Deviations)-1 || strings.Contains(d.Wrong, ".") {
				t.Errorf("%s: %+v", d.Name, d)
			}
		}
		if _, err := p.Without("godot-sings"); err == nil || !strings.Contains(err.Error(), p.Name) {
			t.Errorf("%s without a deviation that it does not have: %v", p.Name, err)
		}
		if got := p.Taken(p.Lenience()); len(got.Deviations) != len(p.Deviations) {
			t.Errorf("%s: a server that takes what it may takes %d of %d deviations", p.Name, len(got.Deviations), len(p.Deviations))
		}
	}
	for _, want := range []string{"godot-bare-object", "godot-environment-as-text", "unity-no-user-id", "unreal-time-zero"} {
		if !seen[want] {
			t.Errorf("%s is missing", want)
		}
	}
}

func TestFindProfile(t *testing.T) {
	for _, c := range []struct{ name, want, fault string }{
		{"", "backend", ""},
		{"godot", "godot", ""},
		{"backend without all", "backend", ""},
		{"godot without godot-chain-as-text,godot-bare-object", "godot without godot-bare-object, godot-chain-as-text", ""},
		{"js without all", "js without js-time-as-text", ""},
		{"cobol", "", `client "cobol" is unknown, want one of backend, js, unity, unreal, godot`},
		{"js without godot-bare-object", "", "want all or some of js-time-as-text"},
	} {
		p, err := ingest.FindProfile(c.name)
		switch {
		case c.fault == "" && (err != nil || p.Name != c.want):
			t.Errorf("%q finds %q, %v; want %q", c.name, p.Name, err, c.want)
		case c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)):
			t.Errorf("%q: %v, want %s", c.name, err, c.fault)
		}
	}
	if err := renderer(t, claimsAll()).Render(&contract.Message{}, by("cobol")); err == nil {
		t.Error("rendered for a client that is none")
	}
}

func TestCheckClients(t *testing.T) {
	good := map[string]int{"js": 1, "unity": 2, "unity without all": 0, "": 1}
	if err := ingest.CheckClients(good, 10); err != nil {
		t.Error(err)
	}
	err := ingest.CheckClients(map[string]int{"cobol": 1, "unity": 1, "js": 1, "godot without unity-no-user-id": 1}, 11)
	if err == nil || strings.Count(err.Error(), "\n") != 2 || !strings.Contains(err.Error(), "unity sends at most 10 events at once") {
		t.Errorf("%v, want three faults", err)
	}
}

// By Kafka and SNS every client is a backend; several events at once are an array whoever sends them.
func TestClientsSpeakHTTPOnly(t *testing.T) {
	r := renderer(t, claimsAll())
	for _, way := range []contract.Transport{contract.Kafka, contract.SNS} {
		var got, want contract.Message
		a, b := flush(way), flush(way)
		a.EventClient = ingest.Godot
		if err := r.Render(&got, a); err != nil {
			t.Fatal(err)
		}
		if err := r.Render(&want, b); err != nil {
			t.Fatal(err)
		}
		var first, second bytes.Buffer
		write(&first, &got)
		write(&second, &want)
		if first.String() != second.String() {
			t.Errorf("%s: %s\nwant\n%s", way, first.String(), second.String())
		}
	}
	a := flush(contract.HTTP)
	a.EventClient = ingest.Godot
	var m contract.Message
	if err := r.Render(&m, a); err != nil || m.Body[0] != '[' {
		t.Errorf("two events of a client that posts them bare: %.20s, %v", m.Body, err)
	}
}

// Whatever client sends an event: it decodes to what was said, its id can be traced back, and a target that writes it
// anew has not corrupted it.
func TestEveryClientCanBeVerified(t *testing.T) {
	r := renderer(t, claimsAll())
	rapid.Check(t, func(t *rapid.T) {
		a := by(rapid.SampledFrom(clients()).Draw(t, "client"))
		a.SessionID, a.Platform = rapid.String().Draw(t, "session"), rapid.String().Draw(t, "platform")
		a.Player = rapid.Uint32().Draw(t, "player")
		a.At = time.UnixMilli(rapid.Int64Range(1, 1<<50).Draw(t, "at"))
		a.Events[0].At = time.Time{}
		a.Events[0].Name = rapid.StringN(1, 50, -1).Draw(t, "name")
		a.Events[0].Pad = rapid.IntRange(0, 200).Draw(t, "pad")
		var m contract.Message
		if err := r.Render(&m, a); err != nil {
			t.Fatal(err)
		}
		events, faults := ingest.DecodeEvents(m.Body)
		if len(faults) > 0 || len(events) != 1 || events[0].Name != a.Events[0].Name || ingest.PlainID(events[0].ID) != a.Events[0].ID {
			t.Fatalf("%s: %v %v", m.Body, events, faults)
		}
		stored := contract.Stored{ID: events[0].ID, Value: events[0].Raw()}
		if !ingest.Check(stored) {
			t.Fatalf("not taken for intact: %s", stored.Value)
		}
		if stored.Value = rewritten(t, stored.Value); !ingest.Check(stored) {
			t.Fatalf("not taken for intact when written anew: %s", stored.Value)
		}
		stored.Value = bytes.Replace(stored.Value, []byte(`"cartridge_tag": "l`), []byte(`"cartridge_tag": "k`), 1)
		if ingest.Check(stored) {
			t.Fatalf("intact with another tag: %s", stored.Value)
		}
	})
}

func TestPlainID(t *testing.T) {
	const id = "000102030405060708090a0b0c0d0e0f"
	for form, want := range map[string]string{
		id:                                     id,
		"000102030405060708090A0B0C0D0E0F":     id,
		"00010203-0405-0607-0809-0a0b0c0d0e0f": id,
		"event-00010203-0405-0607-0809-0a0b0c0d0e0f": id,
		"event-7":                          "event-7",
		"":                                 "",
		"Z00102030405060708090a0b0c0d0e0f": "Z00102030405060708090a0b0c0d0e0f",
	} {
		if got := ingest.PlainID(form); got != want {
			t.Errorf("PlainID(%q) = %q, want %q", form, got, want)
		}
	}
}
