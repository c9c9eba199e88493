package playtime

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
	"pgregory.net/rapid"
)

const testKey = "982dcdd0-3802-4f1f-87b0-e32b06481f27"

func testRenderer(t testing.TB) *Renderer {
	t.Helper()
	r, err := NewRenderer(&target.Target{Playtime: &target.Playtime{
		AccessTokens: []target.Secret{"first", "second"}, MetricsKey: testKey,
	}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// documented is the action behind the worked example of the document.
func documented(kind contract.Kind) contract.Action {
	return contract.Action{
		Kind: kind, Transport: contract.HTTP, Player: 3, Order: 1, UGC: []int64{1, 2, 3, 4, 5},
		SessionID: "bf7a0136-0087-4a77-8f10-d1f57089770a", Nonce: "13d7b51e-4183-4390-8c4e-cb028027ff9a",
		At: time.UnixMilli(1721714604802), Platform: "windows", Portal: "steam",
	}
}

func TestRenderWritesTheDocumentedForm(t *testing.T) {
	const rest = `"session_id":"bf7a0136-0087-4a77-8f10-d1f57089770a","session_ts":1721714604802,"session_hash":"`
	const tail = `","session_nonce":"13d7b51e-4183-4390-8c4e-cb028027ff9a","session_order_id":1}`
	const beat = "{" + rest + "02553b6def07886bcc8cd736c41200a5a5cb8df055a012fd0ef2f9289998f475" + tail
	tests := []struct {
		kind          contract.Kind
		op, path, got string
	}{
		{contract.Start, "playtime.start", "/v1/metrics/sessions/start",
			`{"ids":[1,2,3,4,5],` + rest + "ffb0e4d9504f791a2484bce797e3c8d529d48461d30fe33ce54b11823f02793b" + tail},
		{contract.Heartbeat, "playtime.heartbeat", "/v1/metrics/sessions/heartbeat", beat},
		{contract.End, "playtime.end", "/v1/metrics/sessions/end", beat},
	}
	r := testRenderer(t)
	var m contract.Message // one for all, as the engine does
	for _, tt := range tests {
		a := documented(tt.kind)
		if err := r.Render(&m, &a); err != nil {
			t.Fatal(err)
		}
		if m.Operation != tt.op || m.Path != tt.path || m.Method != http.MethodPost || m.Transport != contract.HTTP {
			t.Errorf("%s: got %s %s %s over %s", tt.kind, m.Operation, m.Method, m.Path, m.Transport)
		}
		if string(m.Body) != tt.got {
			t.Errorf("%s:\n got %s\nwant %s", tt.kind, m.Body, tt.got)
		}
	}
	want := []contract.Field{
		{Name: "Content-Type", Value: "application/json"}, {Name: "Accept", Value: "application/json"},
		{Name: "Authorization", Value: "Bearer second"},
		{Name: "X-Modio-Platform", Value: "windows"}, {Name: "X-Modio-Portal", Value: "steam"},
	}
	if !slices.Equal(m.Header, want) {
		t.Errorf("headers: got %v, want %v", m.Header, want)
	}
}

func TestRenderOverwritesTheMessageWhole(t *testing.T) {
	m := contract.Message{
		Query: "left=over", Header: make([]contract.Field, 9), Body: make([]byte, 999), Records: make([]contract.Record, 2),
	}
	a := documented(contract.Heartbeat)
	a.Platform, a.Portal = "", ""
	if err := testRenderer(t).Render(&m, &a); err != nil {
		t.Fatal(err)
	}
	if m.Query != "" || len(m.Header) != 3 || len(m.Records) != 0 || !json.Valid(m.Body) {
		t.Errorf("something was left over: %+v", m)
	}
}

func TestRenderRefusesWhatNoServerCouldTake(t *testing.T) {
	tests := map[string]struct {
		spoil func(*contract.Action)
		want  string
	}{
		"flush":          {func(a *contract.Action) { a.Kind = contract.Flush }, "flush"},
		"kafka":          {func(a *contract.Action) { a.Transport = contract.Kafka }, "kafka"},
		"no session":     {func(a *contract.Action) { a.SessionID = "" }, "session id"},
		"session bytes":  {func(a *contract.Action) { a.SessionID = "\xff" }, "session id"},
		"no nonce":       {func(a *contract.Action) { a.Nonce = "" }, "nonce"},
		"no order":       {func(a *contract.Action) { a.Order = 0 }, "order id 0"},
		"no instant":     {func(a *contract.Action) { a.At = time.Time{} }, "instant"},
		"negative id":    {func(a *contract.Action) { a.UGC = []int64{4, -4} }, "content id -4"},
		"unknown action": {func(a *contract.Action) { a.Kind = 99 }, "unknown"},
	}
	for name, tt := range tests {
		a := documented(contract.Start)
		tt.spoil(&a)
		var m contract.Message
		if err := testRenderer(t).Render(&m, &a); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got error %v, want one about %q", name, err, tt.want)
		}
	}
}

func TestOperationIsEmptyForWhatIsNotThisContracts(t *testing.T) {
	unclaimed, err := NewRenderer(&target.Target{})
	if err != nil {
		t.Fatal(err)
	}
	r := testRenderer(t)
	for got, want := range map[string]string{
		r.Operation(contract.Start, contract.HTTP):         "playtime.start",
		r.Operation(contract.End, ""):                      "playtime.end",
		r.Operation(contract.Flush, contract.HTTP):         "",
		r.Operation(contract.Heartbeat, contract.Kafka):    "",
		unclaimed.Operation(contract.Start, contract.HTTP): "",
	} {
		if got != want {
			t.Errorf("got operation %q, want %q", got, want)
		}
	}
}

func TestNewRendererRefusesAHalfSection(t *testing.T) {
	for want, section := range map[string]*target.Playtime{
		"no access token": {MetricsKey: "k"},
		"no metrics key":  {AccessTokens: []target.Secret{"a"}},
	} {
		if _, err := NewRenderer(&target.Target{Playtime: section}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want %q", err, want)
		}
	}
}

// Whatever a player intends, the server reads exactly that, and the hash is over what it reads.
func TestRenderedActionsDecodeToThemselves(t *testing.T) {
	r := testRenderer(t)
	rapid.Check(t, func(t *rapid.T) {
		a := contract.Action{
			Kind:      rapid.SampledFrom([]contract.Kind{contract.Start, contract.Heartbeat, contract.End}).Draw(t, "kind"),
			Transport: contract.HTTP,
			SessionID: rapid.StringN(1, 200, MaxText).Draw(t, "session"),
			Nonce:     rapid.StringN(1, 200, MaxText).Draw(t, "nonce"),
			Order:     rapid.IntMin(1).Draw(t, "order"),
			UGC:       rapid.SliceOf(rapid.Int64Min(1)).Draw(t, "ugc"),
			At:        time.UnixMilli(rapid.Int64Range(1e12, 1e13-1).Draw(t, "at")),
		}
		var m contract.Message
		if err := r.Render(&m, &a); err != nil {
			t.Fatal(err)
		}
		got, faults := Decode(m.Operation, m.Body)
		if len(faults) > 0 || len(got.Unknown) > 0 || len(got.Quoted) > 0 {
			t.Fatalf("faults %v, unknown %v, quoted %v in %s", faults, got.Unknown, got.Quoted, m.Body)
		}
		if a.Kind != contract.Start {
			a.UGC = nil
		}
		if got.SessionID != a.SessionID || got.Nonce != a.Nonce || got.Order != int64(a.Order) || !slices.Equal(got.IDs, a.UGC) {
			t.Fatalf("decoded %+v from %+v", got, a)
		}
		if got.Hash != SessionHash(testKey, got.IDs, got.TS, got.SessionID, got.Nonce) {
			t.Fatalf("hash of %s is not over what it says", m.Body)
		}
	})
}
