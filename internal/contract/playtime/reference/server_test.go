package reference

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/passmuster/muster/fixtures"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
	"github.com/passmuster/muster/internal/target"
)

const testKey = "982dcdd0-3802-4f1f-87b0-e32b06481f27"

// epoch is when these tests take place.
var epoch = time.UnixMilli(1721714604802)

func testTarget() *target.Target {
	return &target.Target{Playtime: &target.Playtime{AccessTokens: []target.Secret{"a", "b"}, MetricsKey: testKey}}
}

func testServer(t testing.TB, mutant string) *Server {
	t.Helper()
	s, err := New(testTarget(), mutant)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// request is a message of user a that a correct server takes.
func request(t testing.TB, kind contract.Kind, session string, order int, at time.Time, ids ...int64) *contract.Message {
	t.Helper()
	r, err := playtime.NewRenderer(testTarget())
	if err != nil {
		t.Fatal(err)
	}
	var m contract.Message
	a := contract.Action{Kind: kind, SessionID: session, Nonce: "n", Order: order, At: at, UGC: ids}
	if err := r.Render(&m, &a); err != nil {
		t.Fatal(err)
	}
	return &m
}

func setHeader(m *contract.Message, name, value string) {
	m.Header = slices.DeleteFunc(m.Header, func(f contract.Field) bool { return f.Name == name })
	if value != "" {
		m.Header = append(m.Header, contract.Field{Name: name, Value: value})
	}
}

func TestTheServerTakesValidVectorsAndNoOthers(t *testing.T) {
	vectors, err := fixtures.SessionHashVectors()
	if err != nil || len(vectors) == 0 {
		t.Fatalf("read vectors: %d, %v", len(vectors), err)
	}
	for _, v := range vectors {
		op, path := playtime.OpStart, playtime.PathStart
		if v.Use == "beat" {
			op, path = playtime.OpHeartbeat, playtime.PathHeartbeat
		}
		req := playtime.Request{IDs: v.IDs, SessionID: v.SessionID, TS: v.TS, Hash: v.Hash, Nonce: v.Nonce, Order: 1}
		m := request(t, contract.Start, "s", 1, epoch)
		m.Path, m.Body = path, req.AppendJSON(nil, op)
		got := testServer(t, "").Respond(epoch, m).Reply
		if (got.Status == http.StatusNoContent) != (v.Result == "valid") {
			t.Errorf("vector %d (%s) is %s: got status %d %s", v.ID, v.Comment, v.Result, got.Status, got.Body)
		}
	}
}

func TestAnswersOfACorrectSession(t *testing.T) {
	s := testServer(t, "")
	for order, kind := range []contract.Kind{contract.Start, contract.Heartbeat, contract.End} {
		m := request(t, kind, "s", order+1, epoch, 5)
		got := s.Respond(epoch, m)
		if !s.Handles(m) || got.Reply.Status != 204 || got.Reply.Outcome != contract.Acknowledged || len(got.Reply.Body) > 0 || len(got.Accepted) > 0 {
			t.Errorf("%s: got %+v", kind, got)
		}
	}
}

func TestRefusals(t *testing.T) {
	tests := map[string]struct {
		spoil       func(*contract.Message)
		status, ref int
		fields      string
	}{
		"path":              {func(m *contract.Message) { m.Path = "/v1/metrics" }, 404, 14000, ""},
		"method":            {func(m *contract.Message) { m.Method = http.MethodGet }, 405, 14000, ""},
		"no credentials":    {func(m *contract.Message) { setHeader(m, "Authorization", "") }, 401, 11000, ""},
		"other scheme":      {func(m *contract.Message) { setHeader(m, "Authorization", "Basic a") }, 401, 11000, ""},
		"unknown token":     {func(m *contract.Message) { setHeader(m, "Authorization", "Bearer c") }, 401, 11005, ""},
		"no token given":    {func(m *contract.Message) { setHeader(m, "Authorization", "Bearer") }, 401, 11005, ""},
		"api key alone":     {func(m *contract.Message) { setHeader(m, "Authorization", ""); m.Query = "api_key=k" }, 403, 11003, ""},
		"accepts html":      {func(m *contract.Message) { setHeader(m, "Accept", "text/html, image/*") }, 406, 13007, ""},
		"accepts not json":  {func(m *contract.Message) { setHeader(m, "Accept", "application/json;q=0.0") }, 406, 13007, ""},
		"no content type":   {func(m *contract.Message) { setHeader(m, "Content-Type", "") }, 415, 13005, ""},
		"form":              {func(m *contract.Message) { setHeader(m, "Content-Type", "multipart/form-data") }, 415, 13006, ""},
		"odd content type":  {func(m *contract.Message) { setHeader(m, "Content-Type", ";;") }, 415, 13006, ""},
		"malformed":         {func(m *contract.Message) { m.Body = []byte("{") }, 400, 13004, ""},
		"nothing in it":     {func(m *contract.Message) { m.Body = []byte("{}") }, 422, 13009, "ids session_hash session_id session_nonce session_order_id session_ts"},
		"hash of other ids": {func(m *contract.Message) { m.Body = []byte(strings.Replace(string(m.Body), "[5]", "[6]", 1)) }, 422, 13009, "session_hash"},
		"hash in capitals": {func(m *contract.Message) {
			req, _ := playtime.Decode(playtime.OpStart, m.Body)
			req.Hash = strings.ToUpper(req.Hash)
			m.Body = req.AppendJSON(nil, playtime.OpStart)
		}, 422, 13009, "session_hash"},
	}
	for name, tt := range tests {
		m := request(t, contract.Start, "s", 1, epoch, 5)
		tt.spoil(m)
		s := testServer(t, "")
		got := s.Respond(epoch, m).Reply
		var e envelope
		if err := json.Unmarshal(got.Body, &e); err != nil {
			t.Errorf("%s: body %s: %v", name, got.Body, err)
			continue
		}
		var fields []string
		for field := range e.Error.Errors {
			fields = append(fields, field)
		}
		slices.Sort(fields)
		if got.Status != tt.status || e.Error.Code != tt.status || e.Error.Ref != tt.ref || strings.Join(fields, " ") != tt.fields || e.Error.Message == "" {
			t.Errorf("%s: got status %d, %s; want %d/%d on %q", name, got.Status, got.Body, tt.status, tt.ref, tt.fields)
		}
		if got.Outcome != contract.Failed || got.Class == contract.ClassNone || s.Counts().Sessions != 0 {
			t.Errorf("%s: outcome %s, class %q, %d sessions", name, got.Outcome, got.Class, s.Counts().Sessions)
		}
	}
}

func TestHeadersThatAreTolerated(t *testing.T) {
	tests := map[string]func(*contract.Message){
		"scheme in capitals": func(m *contract.Message) { setHeader(m, "Authorization", "BEARER a") },
		"name in lower case": func(m *contract.Message) {
			setHeader(m, "Authorization", "")
			setHeader(m, "authorization", "Bearer a")
		},
		"no accept":          func(m *contract.Message) { setHeader(m, "Accept", "") },
		"one of many":        func(m *contract.Message) { setHeader(m, "Accept", "text/html, application/json;q=0.5") },
		"anything":           func(m *contract.Message) { setHeader(m, "Accept", "*/*;q=0.1") },
		"any application":    func(m *contract.Message) { setHeader(m, "Accept", "application/*") },
		"charset":            func(m *contract.Message) { setHeader(m, "Content-Type", "application/json;charset=UTF-8") },
		"token beside a key": func(m *contract.Message) { m.Query = "api_key=whatever" },
		"unknown platform":   func(m *contract.Message) { setHeader(m, playtime.HeaderPlatform, "toaster") },
	}
	for name, change := range tests {
		m := request(t, contract.Start, "s", 1, epoch, 5)
		change(m)
		if got := testServer(t, "").Respond(epoch, m).Reply; got.Status != 204 {
			t.Errorf("%s: got status %d %s", name, got.Status, got.Body)
		}
	}
}

func TestEveryPathIsSomebodysBusiness(t *testing.T) {
	s := testServer(t, "")
	for path, want := range map[string]bool{
		playtime.PathStart: true, "/v1/other": true, "/insights": true, "/": false, "/ingress/events": false, "/v1": false,
	} {
		if got := s.Handles(&contract.Message{Path: path}); got != want {
			t.Errorf("%s: got %v", path, got)
		}
	}
}

func TestNewNamesWhatItDoesNotKnow(t *testing.T) {
	if _, err := New(&target.Target{Name: "bare"}, ""); err == nil || !strings.Contains(err.Error(), `"bare"`) {
		t.Errorf("without a section: %v", err)
	}
	_, err := New(testTarget(), "no-such")
	if err == nil || !strings.Contains(err.Error(), `"no-such"`) || !strings.Contains(err.Error(), "start-answers-200") {
		t.Errorf("unknown mutant: %v", err)
	}
	for _, m := range Mutants() {
		if _, err := New(testTarget(), m.Name); err != nil {
			t.Errorf("listed mutant: %v", err)
		}
	}
}

// Run with -race: many players at once, and the sums come out.
func TestConcurrentPlayersAreAllCounted(t *testing.T) {
	s := testServer(t, "")
	var all sync.WaitGroup
	for player := range 8 {
		all.Go(func() {
			for i := range 20 {
				id := "s" + strconv.Itoa(player) + "-" + strconv.Itoa(i)
				s.Respond(epoch, request(t, contract.Start, id, 1, epoch, 1, 2))
				s.Respond(epoch, request(t, contract.Heartbeat, id, 2, epoch))
				s.Respond(epoch.Add(time.Minute), request(t, contract.End, id, 3, epoch.Add(time.Minute)))
			}
		})
	}
	all.Wait()
	in := s.state.look(epoch.Add(time.Minute)).Insights
	if s.Counts().Sessions != 0 || s.state.starts != 160 || s.state.ends != 160 || in.AveragePlaytime != 60 || in.AverageUGCSession != 2 {
		t.Errorf("got %+v, %+v after %d starts and %d ends", s.Counts(), in, s.state.starts, s.state.ends)
	}
}
