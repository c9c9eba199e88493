package clauses

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
	"github.com/passmuster/muster/internal/target"
)

const judgedKey = "982DCDD0-3802-4f1f-87b0-e32b06481f27" // with capitals, so that a client can get them wrong

var judgedAt = time.UnixMilli(1721714604802)

// guids are the session ids and nonces of these tests.
func guids(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// beat is one request of a client: when it is sent, and what is altered about it.
type beat struct {
	after time.Duration
	kind  contract.Kind
	order int
	edits []edit
}

// client sends requests to a judge.
type client struct {
	t     *testing.T
	suite *suite
	judge *Judge
	name  string
	sent  int
}

func newClient(t *testing.T, name string) *client {
	t.Helper()
	tg := &target.Target{Playtime: &target.Playtime{AccessTokens: []target.Secret{"token-a"}, MetricsKey: judgedKey}}
	j, err := NewJudge(tg)
	if err != nil {
		t.Fatal(err)
	}
	return &client{t: t, suite: newSuite(tg), judge: j, name: name}
}

// send renders, alters and sends one request, and returns what it breaks.
func (c *client) send(b beat) []contract.Breach {
	c.t.Helper()
	c.sent++
	a := contract.Action{
		Kind: b.kind, Transport: contract.HTTP, Client: c.name, SessionID: guids(0), Nonce: guids(c.sent), Order: b.order,
		UGC: content(), At: judgedAt.Add(b.after), Platform: "windows", Portal: "epicgames",
	}
	for _, e := range b.edits {
		if e.action != nil {
			e.action(&a)
		}
	}
	d, err := c.suite.draft(&a)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, e := range b.edits {
		if e.draft != nil {
			e.draft(d)
		}
	}
	m := d.finish()
	return c.judge.Judge(judgedAt.Add(b.after), m)
}

func broken(breaches []contract.Breach) []string {
	var ids []string
	for _, b := range breaches {
		ids = append(ids, strings.TrimPrefix(b.Clause, "playtime/"))
	}
	return ids
}

// Each client keeps its own cadence; what it breaks is what contracts and rulings say of it.
func TestWhatTheKnownClientsBreak(t *testing.T) {
	tests := []struct {
		client string
		want   []string
	}{
		{"rest", nil},
		{"cpp", nil},
		{"unity-2024", []string{
			"start/client-ids-are-numbers", "start/client-order-is-number", "heartbeat/client-keeps-five-minutes",
			"heartbeat/client-keeps-the-period", "headers/client-portal-is-listed"}},
		{"unity-2024 without all", nil},
		{"unity-2025", []string{
			"start/client-begins-at-one", "start/client-sends-valid-body", "end/client-order-exceeds"}},
		{"unity-2025 without all", nil},
	}
	for _, tt := range tests {
		c := newClient(t, tt.client)
		p, err := playtime.FindProfile(tt.client)
		if err != nil {
			t.Fatal(err)
		}
		period := (p.Beat.Min + p.Beat.Max) / 2
		var got []string
		for i, kind := range []contract.Kind{contract.Start, contract.Heartbeat, contract.Heartbeat, contract.End} {
			got = append(got, broken(c.send(beat{time.Duration(i) * period, kind, i + 1, nil}))...)
		}
		inOrder := slices.DeleteFunc(c.judge.Clauses(), func(id string) bool {
			return !slices.Contains(got, strings.TrimPrefix(id, "playtime/"))
		})
		for i := range inOrder {
			inOrder[i] = strings.TrimPrefix(inOrder[i], "playtime/")
		}
		if !slices.Equal(inOrder, tt.want) {
			t.Errorf("%s breaks %v, want %v", tt.client, inOrder, tt.want)
		}
	}
}

// spoilt is one session for each clause that breaks it, and it alone unless more are named.
func spoilt() map[string][]beat {
	start, heart, end := beat{0, contract.Start, 1, nil}, contract.Heartbeat, contract.End
	at := func(seconds int) time.Duration { return time.Duration(seconds) * time.Second }
	first := func(e ...edit) []beat { return []beat{{0, contract.Start, 1, e}} }
	then := func(b ...beat) []beat { return append([]beat{start}, b...) }
	return map[string][]beat{
		"start/client-begins-at-one":               {{0, contract.Start, 2, nil}},
		"start/client-sends-valid-body":            first(cut()),
		"start/client-sends-every-member":          first(without(playtime.MemberNonce)),
		"start/client-session-id-is-guid":          first(sessionID("session-1")),
		"start/client-ids-are-numbers":             first(quoted(playtime.MemberIDs)),
		"start/client-order-is-number":             first(quoted(playtime.MemberOrder)),
		"start/client-names-content":               first(ids()),
		"start/client-starts-first":                then(beat{at(10), end, 2, nil}, beat{at(20), heart, 3, nil}),
		"start/client-timestamp-is-current":        first(earlier(time.Hour)),
		"start/client-keeps-the-unit":              then(beat{at(10), heart, 2, []edit{seconds()}}),
		"heartbeat/client-order-rises":             then(beat{at(10), heart, 1, nil}),
		"heartbeat/client-order-is-contiguous":     then(beat{at(10), heart, 3, nil}),
		"heartbeat/client-keeps-the-period":        then(beat{at(156), heart, 2, nil}),
		"heartbeat/client-sends-no-ids":            then(beat{at(10), heart, 2, []edit{with(playtime.MemberIDs, "[1]")}}),
		"end/client-highest-order":                 then(beat{at(10), heart, 2, nil}, beat{at(20), end, 1, nil}),
		"end/client-order-exceeds":                 then(beat{at(10), heart, 2, nil}, beat{at(20), end, 2, nil}),
		"hash/client-signs-every-request":          first(signedOver(otherKey)),
		"hash/client-omits-ids-after-start":        then(beat{at(10), heart, 2, []edit{signedOver(func(s *signing) { s.ids = joined(content()) })}}),
		"hash/client-nonce-is-fresh":               then(beat{at(10), heart, 2, []edit{nonce(guids(1))}}),
		"headers/client-sends-token":               first(header("Authorization", "Basic secret")),
		"headers/client-declares-json":             first(header("Content-Type", "text/plain")),
		"headers/client-tells-platform-and-portal": first(portal("")),
		"headers/client-platform-is-listed":        first(platform("toaster")),
		"headers/client-portal-is-listed":          first(portal("egs")),
		"heartbeat/client-keeps-five-minutes":      then(beat{at(306), heart, 2, nil}),              // and the period
		"hash/client-nonce-not-replayed":           {start, {0, heart, 2, []edit{nonce(guids(1))}}}, // and the freshness
	}
}

func TestEachClauseIsBrokenByTheRightRequest(t *testing.T) {
	implied := map[string]string{
		"heartbeat/client-keeps-five-minutes": "heartbeat/client-keeps-the-period",
		"hash/client-nonce-not-replayed":      "hash/client-nonce-is-fresh",
	}
	sessions := spoilt()
	for _, id := range newClient(t, "").judge.Clauses() {
		id = strings.TrimPrefix(id, "playtime/")
		beats, shown := sessions[id]
		if !shown {
			t.Errorf("%s: nothing shows that it can be broken", id)
			continue
		}
		c := newClient(t, "")
		for i, b := range beats {
			breaches := c.send(b)
			want := []string{id}
			if other := implied[id]; other != "" {
				want = append(want, other)
			}
			if i < len(beats)-1 {
				want = nil
			}
			got := broken(breaches)
			if !slices.Equal(got, want) {
				t.Errorf("%s: request %d breaks %v, want %v", id, i, got, want)
			}
			for _, b := range breaches {
				if b.Wanted == "" || b.Got == "" || strings.ContainsAny(b.Got, "\n\r") || len(b.Got) > 600 ||
					strings.Contains(b.Got, judgedKey) || strings.Contains(b.Got, "secret") || strings.Contains(b.Got, "token-a") {
					t.Errorf("%s: says %q, wants %q", id, b.Got, b.Wanted)
				}
			}
		}
	}
}

// A developer whose hash is wrong in a known way is told in which.
func TestKnownMistakesOfTheHashAreNamed(t *testing.T) {
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			wrong := alter(func(d *draft) { d.set(playtime.MemberHash, quote(m.hash(d.over))) })
			c, edits := newClient(t, ""), []edit{wrong}
			if strings.HasSuffix(m.name, "milliseconds") {
				edits = []edit{seconds(), wrong}
			}
			got := c.send(beat{0, contract.Start, 1, edits})
			if len(got) != 1 || got[0].Got != "a hash "+m.name {
				t.Errorf("got %+v", got)
			}
		})
	}
	c := newClient(t, "")
	disorder := signedOver(func(s *signing) { s.ids = joined([]int64{1, 2, 3}) })
	got := c.send(beat{0, contract.Start, 1, []edit{ids(3, 1, 2), disorder}})
	if len(got) != 1 || got[0].Got != "a hash made over the ids in another order" {
		t.Errorf("got %+v", got)
	}
}

func TestWhatIsNobodysBreach(t *testing.T) {
	j := newClient(t, "").judge
	for _, m := range []contract.Message{
		{Method: "POST", Path: "/ingress/events"}, {Method: "GET", Path: playtime.PathInsights},
		{Method: "OPTIONS", Path: playtime.PathStart}, {Transport: contract.Kafka},
	} {
		if got := j.Judge(judgedAt, &m); got != nil {
			t.Errorf("%s %s: %+v", m.Method, m.Path, got)
		}
	}
}

// What a judge forgot it does not hold against a client.
func TestAForgottenSessionIsNoBreach(t *testing.T) {
	c := newClient(t, "")
	c.judge.sessions.most = 2
	c.send(beat{0, contract.Start, 1, nil})
	for i := range 5 {
		c.send(beat{0, contract.Start, 1, []edit{sessionID(guids(100 + i))}})
	}
	if got := broken(c.send(beat{0, contract.Heartbeat, 2, nil})); len(got) > 0 {
		t.Errorf("breaks %v", got)
	}
	if n := len(c.judge.sessions.young) + len(c.judge.sessions.aged); n > 4 {
		t.Errorf("%d sessions are held, want at most 4", n)
	}
}

func TestEveryClientClauseIsJudgedOrSaysWhyNot(t *testing.T) {
	judged := newClient(t, "").judge.Clauses()
	for _, c := range All(&target.Target{}) {
		if c.Actor != contract.Client {
			if slices.Contains(judged, c.ID) {
				t.Errorf("%s is judged, but a server owes it", c.ID)
			}
			continue
		}
		if told := c.Unobservable == "judged when a client is under test"; told != slices.Contains(judged, c.ID) {
			t.Errorf("%s: %s", c.ID, c.Unobservable)
		}
		judged = slices.DeleteFunc(judged, func(id string) bool { return id == c.ID })
	}
	if len(judged) > 0 {
		t.Errorf("judged, but in no register: %v", judged)
	}
}

func TestNewJudgeNeedsASection(t *testing.T) {
	if _, err := NewJudge(&target.Target{Name: "bare"}); err == nil || !strings.Contains(err.Error(), `"bare"`) {
		t.Errorf("got %v", err)
	}
}

// FuzzJudge: whatever arrives, the judge tells bounded lines and remembers bounded things.
func FuzzJudge(f *testing.F) {
	f.Add("application/json", "linux", []byte(`{"ids":[1],"session_id":"s","session_ts":1727094362,"session_hash":"h","session_nonce":"n","session_order_id":1}`))
	f.Add(";;", "\n", []byte(`[[`))
	f.Fuzz(func(t *testing.T, mediaType, platform string, body []byte) {
		j, err := NewJudge(&target.Target{Playtime: &target.Playtime{MetricsKey: judgedKey}})
		if err != nil {
			t.Fatal(err)
		}
		for i, path := range []string{playtime.PathStart, playtime.PathHeartbeat, playtime.PathEnd, playtime.PathHeartbeat} {
			for _, b := range j.Judge(judgedAt.Add(time.Duration(i)*time.Hour), &contract.Message{Method: "POST", Path: path, Body: body, Header: []contract.Field{
				{Name: "Content-Type", Value: mediaType}, {Name: playtime.HeaderPlatform, Value: platform},
			}}) {
				if strings.ContainsAny(b.Got, "\n\r") || len(b.Got) > 2000 || b.Got == "" {
					t.Fatalf("%s: got %q", b.Clause, b.Got)
				}
			}
		}
	})
}
