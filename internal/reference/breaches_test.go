package reference

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
)

// strictly judges by the body: each word of it is a clause broken.
type strictly struct{}

func (strictly) Clauses() []string { return []string{"fake/body/is-not-one", "fake/body/is-not-two"} }

func (j strictly) Judge(_ time.Time, m *contract.Message) []contract.Breach {
	body := m.Body
	for _, r := range m.Records {
		body = append(body, r.Value...)
	}
	if string(body) == "judge-panics" {
		panic("as told")
	}
	var breaches []contract.Breach
	for _, id := range j.Clauses() {
		if word := id[strings.LastIndex(id, "-")+1:]; strings.Contains(string(body), word) {
			breaches = append(breaches, contract.Breach{Clause: id, Wanted: "no " + word, Got: word})
		}
	}
	return breaches
}

// startStrict starts a server whose first half has a judge.
func startStrict(t *testing.T, opts Options) *Server {
	t.Helper()
	all := halves(tells{})
	all[0].Judge = func(*target.Target) (contract.Judge, error) { return strictly{}, nil }
	return startHalves(t, opts, all)
}

func TestBreachesAreRecordedByClause(t *testing.T) {
	var mu sync.Mutex
	told := map[string]int64{}
	s := startStrict(t, Options{CheckClients: true, OnBreach: func(b ClientBreach) {
		mu.Lock()
		defer mu.Unlock()
		told[b.Clause] = max(told[b.Clause], b.Nth)
	}})
	base := s.Target().Ingest.HTTP.BaseURL
	began := time.Now()
	post(t, base+"/take", "good")
	post(t, base+"/take", "two")
	for range 6 {
		post(t, base+"/take", "one")
	}
	post(t, base+"/nobody", "one") // nobody's path is a client's mistake, too
	send(t, s, "one and two")
	accepted(t, s, 9) // closes the server, so that all is told

	found := s.Breaches()
	if len(found) != 2 || found[0].Clause != "fake/body/is-not-one" || found[1].Clause != "fake/body/is-not-two" {
		t.Fatalf("breaches are %+v, want those of both clauses in the judge's order", found)
	}
	one, two := found[0], found[1]
	if one.Count != 8 || len(one.Examples) != maxExamples || two.Count != 2 || len(two.Examples) != 2 {
		t.Errorf("counts are %d and %d with %d and %d examples, want 8 and 2 with 5 and 2",
			one.Count, two.Count, len(one.Examples), len(two.Examples))
	}
	if one.First.Before(began) || one.Last.Before(one.First) || two.Examples[0].Nth != 1 || two.Examples[1].Nth != 2 {
		t.Errorf("the times and ordinals of %+v are wrong", found)
	}
	if got := two.Examples[0]; got.Wanted != "no two" || got.Got != "two" || !strings.Contains(got.Transcript, "> POST /take\n") ||
		!strings.Contains(got.Transcript, ">\n> two\n< 202 Accepted\n") {
		t.Errorf("the example is %+v", got)
	}
	if got := two.Examples[1].Transcript; !strings.Contains(got, "> key any\n>\n> one and two\n< accepted 1\n") {
		t.Errorf("the example by Kafka is %q", got)
	}
	if s.Stats().Judged != 10 {
		t.Errorf("%d messages judged, want 10", s.Stats().Judged)
	}
	mu.Lock()
	defer mu.Unlock()
	if told["fake/body/is-not-one"] != 8 || told["fake/body/is-not-two"] != 2 {
		t.Errorf("the observer was told of %v", told)
	}
}

func TestNobodyIsJudgedUnlessAsked(t *testing.T) {
	s := startStrict(t, Options{})
	post(t, s.Target().Ingest.HTTP.BaseURL+"/take", "one")
	if s.Breaches() != nil || s.JudgedClauses() != nil || s.Stats().Judged != 0 {
		t.Errorf("judged %d messages by %v: %+v", s.Stats().Judged, s.JudgedClauses(), s.Breaches())
	}
}

func TestJudgesFaultIsNotTheClients(t *testing.T) {
	s := startStrict(t, Options{CheckClients: true})
	if status, _ := post(t, s.Target().Ingest.HTTP.BaseURL+"/take", "judge-panics"); status != http.StatusAccepted {
		t.Errorf("status %d, want 202", status)
	}
	if s.Stats().Panics != 1 || len(s.Breaches()) != 0 || !slices.Equal(s.JudgedClauses(), strictly{}.Clauses()) {
		t.Errorf("stats are %+v, breaches %+v", s.Stats(), s.Breaches())
	}
}

func TestTranscriptsShowNoSecret(t *testing.T) {
	const token, key = "eyJhbGciOi.token", "0123456789abcdef"
	m := contract.Message{
		Transport: contract.HTTP, Method: http.MethodPost, Path: "/v1/x", Query: "api_key=" + key + "&page=1",
		Header: []contract.Field{
			{Name: "Authorization", Value: "Bearer " + token},
			{Name: "Cookie", Value: "sid=" + key},
			{Name: "X-Api-Key", Value: key},
			{Name: "X-Note", Value: "copy of " + token},
			{Name: "X-Short-Token", Value: "e"},
		},
		Body: []byte(`{"access_token":"short","api_key": "k9","nonce":"` + key + `","session_id":"s"}` + "&password=pw1&a=b"),
	}
	got := transcript(&m, "204 No Content")
	want := "> POST /v1/x?api_key=[redacted]&page=1\n> Authorization: Bearer [redacted]\n> Cookie: [redacted]\n" +
		"> X-Api-Key: [redacted]\n> X-Note: copy of [redacted]\n> X-Short-Token: [redacted]\n>\n" +
		`> {"access_token":"[redacted]","api_key": "[redacted]","nonce":"[redacted]","session_id":"s"}&password=[redacted]&a=b` +
		"\n< 204 No Content\n"
	if got != want {
		t.Errorf("transcript is\n%s\nwant\n%s", got, want)
	}
}

func TestTranscriptsAreBounded(t *testing.T) {
	m := contract.Message{Transport: contract.HTTP, Method: http.MethodPost, Path: "/", Body: []byte(strings.Repeat("é", maxShown))}
	for i := range 2 * maxHeaders {
		m.Header = append(m.Header, contract.Field{Name: "X-" + strconv.Itoa(i), Value: strings.Repeat("x", 2*maxShown)})
	}
	got := transcript(&m, "400 Bad Request")
	if len(got) > (maxHeaders+2)*(maxShown+100) {
		t.Errorf("transcript of %d bytes", len(got))
	}
	for _, want := range []string{"> (40 more header lines)\n", "… (4096 bytes in all)\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("transcript does not say %q", want)
		}
	}
	m.Body = []byte{0xff}
	if got := transcript(&m, ""); !strings.Contains(got, "(1 bytes that are not UTF-8)") {
		t.Errorf("a body that is no text is shown as %q", got[len(got)-100:])
	}
}
