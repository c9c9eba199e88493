package playtime

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// wireForms are the profiles whose bytes are golden: each as it is, and each that departs without its departures.
func wireForms() []string {
	var names []string
	for _, p := range Profiles() {
		names = append(names, p.Name)
		if len(p.Deviations) > 0 {
			names = append(names, p.Name+" without all")
		}
	}
	return names
}

// played renders a whole session of one client: a start, two heartbeats and an end.
func played(t *testing.T, client string) []contract.Message {
	t.Helper()
	r, err := NewRenderer(&target.Target{Playtime: &target.Playtime{
		AccessTokens: []target.Secret{"first", "second"}, MetricsKey: testKey, APIKey: "a key&more",
	}})
	if err != nil {
		t.Fatal(err)
	}
	var session []contract.Message
	for i, kind := range []contract.Kind{contract.Start, contract.Heartbeat, contract.Heartbeat, contract.End} {
		a := documented(kind)
		a.Client, a.Order, a.Platform, a.Portal = client, i+1, "linux", "epicgames"
		var m contract.Message
		if err := r.Render(&m, &a); err != nil {
			t.Fatal(err)
		}
		session = append(session, m)
	}
	return session
}

// asHTTP writes a message as it goes on the wire, but for the lines of the connection.
func asHTTP(m *contract.Message) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s", m.Method, m.Path)
	if m.Query != "" {
		fmt.Fprintf(&b, "?%s", m.Query)
	}
	b.WriteString("\n")
	for _, f := range m.Header {
		fmt.Fprintf(&b, "%s: %s\n", f.Name, f.Value)
	}
	fmt.Fprintf(&b, "\n%s\n\n", m.Body)
	return b.Bytes()
}

func TestEachClientsWireFormIsGolden(t *testing.T) {
	for _, client := range wireForms() {
		var got []byte
		for _, m := range played(t, client) {
			got = append(got, asHTTP(&m)...)
		}
		golden := filepath.Join("../../../fixtures/profiles/playtime", strings.ReplaceAll(client, " ", "-")+".http")
		if *update {
			if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(golden); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s (%v):\n%s\nwant:\n%s", client, err, got, want)
		}
	}
}

func TestEachClientsRequestsAreReadAsItMeantThem(t *testing.T) {
	type form struct {
		orders []int64
		digits int
		pairs  bool
		quoted int
	}
	forms := map[string]form{
		"rest":                   {[]int64{1, 2, 3, 4}, 13, false, 0},
		"cpp":                    {[]int64{1, 2, 3, 4}, 10, false, 0},
		"cpp without all":        {[]int64{1, 2, 3, 4}, 10, false, 0},
		"unity-2024":             {[]int64{1, 2, 3, 4}, 13, false, 3},
		"unity-2024 without all": {[]int64{1, 2, 3, 4}, 13, false, 0},
		"unity-2025":             {[]int64{2, 3, 4, 4}, 13, true, 0},
		"unity-2025 without all": {[]int64{1, 2, 3, 4}, 13, false, 0},
	}
	for _, client := range wireForms() {
		want, listed := forms[client]
		if !listed {
			t.Errorf("%s: this test does not know the profile", client)
		}
		for i, m := range played(t, client) {
			req, faults := Decode(m.Operation, m.Body)
			if len(faults) > 0 || len(req.Unknown) > 0 {
				t.Fatalf("%s: faults %v, unknown %v in %s", client, faults, req.Unknown, m.Body)
			}
			if i == 0 && len(req.Quoted) != want.quoted || req.Pairs != want.pairs || len(req.TS) != want.digits || req.Order != want.orders[i] {
				t.Errorf("%s: read %+v, want %+v", client, req, want)
			}
			if i == 0 != slices.Equal(req.IDs, documented(contract.Start).UGC) {
				t.Errorf("%s: request %d has ids %v", client, i, req.IDs)
			}
			if req.Hash != SessionHash(testKey, req.IDs, req.TS, req.SessionID, req.Nonce) {
				t.Errorf("%s: the hash is not over what is sent: %s", client, m.Body)
			}
		}
	}
}

// An end right after its start repeats the order id of the start, where a client repeats.
func TestOrderOfAnEndWithoutHeartbeats(t *testing.T) {
	for client, want := range map[string]int{
		Rest: 2, Unity2025: 2, "unity-2025 without unity-2025-start-at-2": 1, "unity-2025 without unity-2025-end-repeats": 3,
	} {
		p, err := FindProfile(client)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Order(contract.End, 2); got != want {
			t.Errorf("%s: got %d, want %d", client, got, want)
		}
	}
}

func TestFindProfile(t *testing.T) {
	for name, want := range map[string]string{
		"":     Rest,
		CPP:    CPP,
		"rest": Rest,
		"unity-2025 without unity-2025-end-repeats,unity-2025-body-pairs": "unity-2025 without unity-2025-body-pairs, unity-2025-end-repeats",
		"cpp without all": "cpp without cpp-ends-on-failure",
	} {
		if p, err := FindProfile(name); err != nil || p.Name != want {
			t.Errorf("%q: got %q, %v, want %q", name, p.Name, err, want)
		}
	}
	for name, want := range map[string]string{
		"unreal":                         `client "unreal" is unknown, want one of rest, cpp, unity-2024, unity-2025`,
		"cpp without unity-2025-pairs":   `client "cpp": deviation "unity-2025-pairs" is unknown, want all or some of cpp-ends-on-failure`,
		"unity-2024 without all, really": `"really" is unknown`,
	} {
		if _, err := FindProfile(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", name, err, want)
		}
	}
}

// Switching off one departure must not reach into the profiles that others hold.
func TestProfilesAreTheCallersOwn(t *testing.T) {
	for _, p := range Profiles() {
		before := len(p.Deviations)
		if _, err := p.Without("all"); err != nil {
			t.Error(err)
		}
		if len(p.Deviations) != before {
			t.Errorf("%s lost deviations", p.Name)
		}
		names := map[string]bool{}
		for _, d := range p.Deviations {
			if d.About == "" || d.Ruling == "" || !strings.HasPrefix(d.Name, p.Name) || names[d.Name] {
				t.Errorf("%s: deviation %+v says too little or twice", p.Name, d)
			}
			names[d.Name] = true
		}
	}
}

func TestRenderRefusesAnUnknownClient(t *testing.T) {
	a := documented(contract.Start)
	a.Client = "unreal"
	var m contract.Message
	if err := testRenderer(t).Render(&m, &a); err == nil || !strings.Contains(err.Error(), `"unreal"`) {
		t.Errorf("got %v", err)
	}
}

func TestRenderMakesNoGarbage(t *testing.T) {
	if raced {
		t.Skip("the race detector makes garbage of its own")
	}
	r := testRenderer(t)
	for _, client := range wireForms() {
		for _, kind := range []contract.Kind{contract.Start, contract.Heartbeat, contract.End} {
			a := documented(kind)
			a.Client, a.Order = client, 2
			var m contract.Message
			if n := testing.AllocsPerRun(50, func() {
				if err := r.Render(&m, &a); err != nil {
					t.Fatal(err)
				}
			}); n != 0 {
				t.Errorf("%s of %s: %v allocations into a reused message, want none", kind, client, n)
			}
		}
	}
}
