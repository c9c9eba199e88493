package reference

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
)

func serverWith(t testing.TB, k Knobs) *Server {
	t.Helper()
	s, err := NewWith(testTarget(), "", k)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// refOf returns the error reference in a reply; 0 when it has none.
func refOf(r contract.Reply) int {
	var e envelope
	if json.Unmarshal(r.Body, &e) != nil {
		return 0
	}
	return e.Error.Ref
}

// Every row of the service's error list that does not depend on the request can be met.
func TestCircumstances(t *testing.T) {
	want := map[string]string{
		"outage": "503/10000", "failure": "500/10002", "metrics-failure": "500/29100", "bad-gateway": "502/0",
		"token-expired": "401/11005", "read-only-token": "403/11003", "account-deleted": "403/11006", "account-banned": "403/11007",
		"feature-off": "403/14040", "game-missing": "404/14001", "game-deleted": "404/14006", "competing-request": "409/13009",
		"rate-limited": "429/11008 after 1", "endpoint-rate-limited": "429/11009 after 1", "rolling-rate-limited": "429/11008 after 0",
	}
	for _, name := range Circumstances() {
		s := serverWith(t, Knobs{Meet: name})
		r := s.Respond(epoch, request(t, contract.Start, "s", 1, epoch, 5)).Reply
		got := fmt.Sprintf("%d/%d", r.Status, refOf(r))
		if wait, told := r.Get("retry-after"); told {
			got += " after " + wait
		}
		if got != want[name] || r.Outcome != contract.Failed || s.Counts().Sessions != 0 {
			t.Errorf("%s: got %s, want %s", name, got, want[name])
		}
		if html := strings.HasPrefix(string(r.Body), "<html>"); html != (name == "bad-gateway") {
			t.Errorf("%s: body %s", name, r.Body)
		}
	}
	if len(want) != len(Circumstances()) {
		t.Errorf("%d circumstances, the test knows %d", len(Circumstances()), len(want))
	}
}

func TestEverySoManyThRequestMeetsIt(t *testing.T) {
	s := serverWith(t, Knobs{Meet: "outage", Every: 3})
	var got []int
	for i := range 6 {
		got = append(got, s.Respond(epoch, request(t, contract.Heartbeat, "s", i+2, epoch)).Reply.Status)
	}
	if fmt.Sprint(got) != "[204 204 503 204 204 503]" {
		t.Errorf("got %v", got)
	}
}

func TestKnobsThatMakeNoSense(t *testing.T) {
	_, err := NewWith(testTarget(), "no-such", Knobs{Meet: "rain", Reap: time.Millisecond, Skew: -1})
	for _, part := range []string{`"no-such"`, `"rain"`, "feature-off", "1ms", "-1ns"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%v does not tell of %s", err, part)
		}
	}
}

func TestLimits(t *testing.T) {
	at := time.Unix(1721714600, 0).Truncate(time.Minute).Add(48 * time.Second)
	later := at.Add(12 * time.Second)
	type call struct {
		at    time.Time
		token string
		from  string
		want  string
	}
	tests := map[string]struct {
		limits Limits
		calls  []call
	}{
		"no limits": {Limits{}, []call{{at, "a", "", "204"}, {at, "a", "", "204"}}},
		"of a token": {Limits{TokenWrites: 2}, []call{
			{at, "a", "", "204"}, {at, "a", "", "204"}, {at, "a", "", "429/11009 12"}, {at, "b", "", "204"}, {later, "a", "", "204"}}},
		"of an address": {Limits{AddressWrites: 1}, []call{
			{at, "a", "10.0.0.1", "204"}, {at, "b", "10.0.0.1, 10.0.0.9", "429/11009 12"}, {at, "b", "10.0.0.2", "204"}}},
		"of all requests": {Limits{AddressRequests: 1, TokenWrites: 1}, []call{
			{at, "a", "", "204"}, {at, "a", "", "429/11008 12"}, {later, "a", "", "204"}}},
		"refused ones count": {Limits{TokenWrites: 1}, []call{{at, "c", "", "401/11005"}, {at, "c", "", "429/11009 12"}}},
	}
	for name, tt := range tests {
		s := serverWith(t, Knobs{Limits: tt.limits})
		for i, c := range tt.calls {
			m := request(t, contract.Heartbeat, "s"+name, i+2, epoch)
			setHeader(m, "Authorization", "Bearer "+c.token)
			setHeader(m, "X-Forwarded-For", c.from)
			r := s.Respond(c.at, m).Reply
			got := fmt.Sprint(r.Status)
			if ref := refOf(r); ref != 0 {
				got += fmt.Sprintf("/%d", ref)
			}
			if wait, told := r.Get("Retry-After"); told {
				got += " " + wait
			}
			if got != c.want || r.Status == 429 && r.Class != contract.ClassRateLimited {
				t.Errorf("%s, call %d: got %s (%s), want %s", name, i, got, r.Class, c.want)
			}
		}
	}
}

// The documented figures: one player of a sensible client never meets them, 61 writes in a minute do.
func TestDocumentedLimits(t *testing.T) {
	s := serverWith(t, Knobs{Limits: DocumentedLimits()})
	for i := range 61 {
		got := s.Respond(epoch, request(t, contract.Heartbeat, "s", i+2, epoch)).Reply.Status
		if want := map[bool]int{true: 429, false: 204}[i == 60]; got != want {
			t.Errorf("write %d: got %d, want %d", i+1, got, want)
		}
	}
}

func TestForms(t *testing.T) {
	whole := request(t, contract.Start, "s", 1, epoch, 5, 6)
	req, faults := playtime.Decode(playtime.OpStart, whole.Body)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	fields := url.Values{
		"ids[]": {"5", "6"}, "session_id": {"s"}, "session_ts": {req.TS}, "session_hash": {req.Hash},
		"session_nonce": {req.Nonce}, "session_order_id": {"1"},
	}
	tests := map[string]struct {
		body      string
		on        bool
		want, ref int
	}{
		"fields":             {fields.Encode(), true, 204, 0},
		"input_json":         {url.Values{"input_json": {string(whole.Body)}}.Encode(), true, 204, 0},
		"broken input_json":  {"input_json=%7B", true, 400, 13004},
		"broken form":        {"session_id=%zz", true, 400, 13004},
		"far too many":       {strings.Repeat("a=b&", maxFields), true, 400, 13004},
		"nothing":            {"", true, 422, 13009},
		"forms are not on":   {fields.Encode(), false, 415, 13006},
		"fields of no value": {"ids&session_id", true, 422, 13009},
	}
	for name, tt := range tests {
		m := request(t, contract.Start, "s", 1, epoch, 5, 6)
		setHeader(m, "Content-Type", formType+"; charset=utf-8")
		m.Body = []byte(tt.body)
		r := serverWith(t, Knobs{Forms: tt.on}).Respond(epoch, m).Reply
		if r.Status != tt.want || refOf(r) != tt.ref {
			t.Errorf("%s: got %d %s, want %d/%d", name, r.Status, r.Body, tt.want, tt.ref)
		}
	}
	if got := serverWith(t, Knobs{Forms: true}).Respond(epoch, whole).Reply.Status; got != 204 {
		t.Errorf("JSON beside forms: got %d", got)
	}
}

func TestReplays(t *testing.T) {
	s := serverWith(t, Knobs{RefuseReplays: true})
	m := request(t, contract.Start, "s", 1, epoch, 5)
	for i, want := range []int{204, 422, 422} {
		if got := s.Respond(epoch, m).Reply.Status; got != want {
			t.Errorf("time %d: got %d, want %d", i+1, got, want)
		}
	}
	lenient := testServer(t, "")
	for range 2 {
		if got := lenient.Respond(epoch, m).Reply.Status; got != 204 {
			t.Errorf("a replay is answered %d although nobody asked for it", got)
		}
	}
	for i := range 2*maxReplays + 2 { // what was seen long ago is forgotten, so that memory is bounded
		s.replays.again(&playtime.Request{Hash: fmt.Sprint(i)})
	}
	if n := len(s.replays.young) + len(s.replays.aged); n > 2*maxReplays || s.replays.again(&playtime.Request{Hash: "0"}) {
		t.Errorf("%d messages are remembered", n)
	}
}

func TestSkew(t *testing.T) {
	for off, want := range map[time.Duration]int{0: 204, time.Minute: 204, -time.Minute: 204, 61 * time.Second: 422, -61 * time.Second: 422} {
		s := serverWith(t, Knobs{Skew: time.Minute})
		if got := s.Respond(epoch.Add(off), request(t, contract.Start, "s", 1, epoch, 5)).Reply.Status; got != want {
			t.Errorf("%v off: got %d, want %d", off, got, want)
		}
	}
}

func TestIDsInBeatHash(t *testing.T) {
	for on, want := range map[bool]int{true: 204, false: 422} {
		s := serverWith(t, Knobs{IDsInBeatHash: on})
		s.Respond(epoch, request(t, contract.Start, "s", 1, epoch, 5, 6))
		req := playtime.Request{SessionID: "s", TS: "1721714604", Nonce: "n", Order: 2}
		req.Hash = playtime.SessionHash(testKey, []int64{5, 6}, req.TS, "s", "n")
		m := request(t, contract.Heartbeat, "s", 2, epoch)
		m.Body = req.AppendJSON(nil, playtime.OpHeartbeat)
		if got := s.Respond(epoch, m).Reply.Status; got != want {
			t.Errorf("on %t: got %d, want %d", on, got, want)
		}
	}
}

func TestAPIKeyAlone(t *testing.T) {
	keyed := testTarget()
	keyed.Playtime.APIKey = "game-key"
	tests := []struct {
		query     string
		known     bool
		want, ref int
	}{
		{"", true, 401, 11000}, {"api_key=", true, 401, 11000}, {"api_key=a+b", true, 401, 11001},
		{"api_key=other", true, 401, 11002}, {"api_key=game-key", true, 403, 11003},
		{"api_key=anything", false, 403, 11003}, {"api_key=%C3%A4", false, 401, 11001},
	}
	for _, tt := range tests {
		tg := testTarget()
		if tt.known {
			tg = keyed
		}
		s, err := New(tg, "")
		if err != nil {
			t.Fatal(err)
		}
		m := request(t, contract.Start, "s", 1, epoch, 5)
		m.Query = tt.query
		if got := s.Respond(epoch, m).Reply.Status; got != 204 {
			t.Errorf("%q beside a token: got %d", tt.query, got)
		}
		setHeader(m, "Authorization", "")
		if r := s.Respond(epoch, m).Reply; r.Status != tt.want || refOf(r) != tt.ref {
			t.Errorf("%q alone: got %d %s, want %d/%d", tt.query, r.Status, r.Body, tt.want, tt.ref)
		}
	}
}

func TestTheServerFollowsTheRulingsOfItsTarget(t *testing.T) {
	tg := testTarget()
	tg.Rulings = map[string]any{
		"playtime.bad_hash_status": 400, "playtime.start_twice_status": uint64(409), "playtime.unknown_session_status": 404,
	}
	s, err := New(tg, "")
	if err != nil {
		t.Fatal(err)
	}
	spoilt := request(t, contract.Start, "s", 1, epoch, 5)
	spoilt.Body = []byte(strings.Replace(string(spoilt.Body), "[5]", "[6]", 1))
	for name, c := range map[string]struct {
		m    *contract.Message
		want int
	}{
		"bad hash":        {spoilt, http.StatusBadRequest},
		"unknown session": {request(t, contract.End, "never", 2, epoch), http.StatusNotFound},
	} {
		if got := s.Respond(epoch, c.m).Reply.Status; got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
	for i, want := range []int{204, 409} {
		if got := s.Respond(epoch, request(t, contract.Start, "s", 1, epoch, 5)).Reply.Status; got != want {
			t.Errorf("start %d: got %d, want %d", i+1, got, want)
		}
	}
}
