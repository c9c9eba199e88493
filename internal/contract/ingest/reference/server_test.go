package reference

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/passmuster/muster/fixtures"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
)

var _ contract.Bounded = (*Server)(nil)

func newServer(t testing.TB) *Server {
	t.Helper()
	s, err := New(&target.Target{Ingest: &target.Ingest{CartridgeTag: "g", HTTP: &target.HTTP{APIKey: "key-1"}}}, "")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func event(id string) string {
	return fmt.Sprintf(`{"cartridge_tag":"g","name":"n","id":%q,"time_server":1735689600250}`, id)
}

// post is a correct POST of these headers, changed as asked: name and value in turn.
func post(body string, headers ...string) *contract.Message {
	m := &contract.Message{Method: "POST", Path: "/ingress/events", Body: []byte(body)}
	set := map[string]string{"Content-Type": "application/json", "X-API-Key": "key-1"}
	for i := 0; i < len(headers); i += 2 {
		set[headers[i]] = headers[i+1]
	}
	for name, value := range set {
		if value != "" {
			m.Header = append(m.Header, contract.Field{Name: name, Value: value})
		}
	}
	return m
}

func with(m *contract.Message, method, path string) *contract.Message {
	m.Method, m.Path = method, path
	return m
}

func TestAnswers(t *testing.T) {
	one := "[" + event("a") + "]"
	for _, c := range []struct {
		name   string
		m      *contract.Message
		status int
		class  contract.Class
		stored int
	}{
		{"array", post(one), 200, "", 1},
		{"object", post(event("a")), 200, "", 1},
		{"empty array", post("[]"), 200, "", 0},
		{"repeat within", post("[" + event("a") + "," + event("a") + "]"), 200, "", 1},
		{"charset", post(one, "Content-Type", "Application/JSON; charset=utf-8"), 200, "", 1},
		{"no media type", post(one, "Content-Type", ""), 200, "", 1},
		{"lower-case header", post(one, "X-API-Key", "", "x-api-key", "key-1"), 200, "", 1},
		{"form", post(one, "Content-Type", "application/x-www-form-urlencoded"), 415, contract.ClassRejected, 0},
		{"broken media type", post(one, "Content-Type", ";;"), 415, contract.ClassRejected, 0},
		{"no key", post(one, "X-API-Key", ""), 403, contract.ClassAuth, 0},
		{"wrong key", post(one, "X-API-Key", "key-2"), 403, contract.ClassAuth, 0},
		{"empty body", post(""), 400, contract.ClassRejected, 0},
		{"not JSON", post("[" + event("a") + ",]"), 400, contract.ClassRejected, 0},
		{"one bad event", post("[" + event("a") + `,{"id":"b"}]`), 400, contract.ClassRejected, 0},
		{"too large", post(strings.Repeat(" ", 256<<10) + one), 413, contract.ClassTooLarge, 0},
		{"get", with(post(one), "GET", "/ingress/events"), 405, contract.ClassRejected, 0},
		{"other path", with(post(one), "POST", "/ingress/players"), 404, contract.ClassRejected, 0},
		{"clock", with(post(""), "GET", "/utils/time-unix"), 200, "", 0},
		{"set clock", with(post(""), "POST", "/utils/time-unix"), 405, contract.ClassRejected, 0},
	} {
		s := newServer(t)
		if !s.Handles(c.m) {
			t.Errorf("%s: not handled", c.name)
		}
		a := s.Respond(time.UnixMilli(1735689600250), c.m)
		if a.Reply.Status != c.status || a.Reply.Class != c.class || len(a.Accepted) != c.stored {
			t.Errorf("%s: %d %q, %d stored; want %d %q, %d (%s)", c.name, a.Reply.Status, a.Reply.Class, len(a.Accepted), c.status, c.class, c.stored, a.Reply.Body)
		}
		if acknowledged := a.Reply.Outcome == contract.Acknowledged; acknowledged != (c.status == 200) {
			t.Errorf("%s: outcome %s with status %d", c.name, a.Reply.Outcome, c.status)
		}
		if c.name == "clock" {
			if string(a.Reply.Body) != "1735689600250" {
				t.Errorf("clock: %s", a.Reply.Body)
			}
		} else if !json.Valid(a.Reply.Body) {
			t.Errorf("%s: body %q is not JSON", c.name, a.Reply.Body)
		}
	}
	if newServer(t).Handles(&contract.Message{Transport: contract.HTTP, Path: "/v1/metrics/sessions/start"}) {
		t.Error("handles another contract's path")
	}
}

// Every body that a known client sends is taken, and every event of it stored as it came.
func TestTakesWhatClientsSend(t *testing.T) {
	samples, err := fixtures.EventSamples()
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range samples {
		a := newServer(t).Respond(time.Now(), post(string(body)))
		if bad := strings.HasPrefix(name, "bad"); bad != (a.Reply.Status == 400) || bad == (len(a.Accepted) > 0) {
			t.Errorf("%s: status %d, %d stored: %s", name, a.Reply.Status, len(a.Accepted), a.Reply.Body)
		}
		for _, r := range a.Accepted {
			if !strings.Contains(string(body), string(r.Value)) {
				t.Errorf("%s: stored %s", name, r.Value)
			}
		}
	}
}

func TestRecords(t *testing.T) {
	record := func(key, value string) contract.Record {
		return contract.Record{Key: []byte(key), Value: []byte(value)}
	}
	s := newServer(t)
	m := &contract.Message{Transport: contract.Kafka, Records: []contract.Record{
		record("a", event("a")), record("b", event("a")), record("c", "["+event("c")+"]"), record("d", ""), record("e", event("e")),
	}}
	a := s.Respond(time.Now(), m)
	var keys []string
	for _, r := range a.Accepted {
		keys = append(keys, string(r.Key))
	}
	if got := strings.Join(keys, " "); got != "a e" {
		t.Errorf("stored %q, want a and e", got)
	}
	if got := fmt.Sprintf("%v", a.Reply.Records); got != "[acknowledged failed failed failed acknowledged]" {
		t.Errorf("outcomes %s", got)
	}
	m.Records[0].Value[0] = '!' // the message's memory is the sender's again
	if string(a.Accepted[0].Value) != event("a") {
		t.Errorf("what was accepted shares the message's memory: %s", a.Accepted[0].Value)
	}
	if again := s.Respond(time.Now(), post("["+event("a")+"]")); len(again.Accepted) != 0 {
		t.Error("a repeat by the other transport is stored again")
	}
}

func TestSeenForgetsTheOldest(t *testing.T) {
	s := newSeen(2)
	for _, c := range []struct {
		id, value string
		by        recognition
		repeat    bool
	}{
		{"a", "1", identical, false},
		{"a", "1", identical, true},
		{"a", "2", identical, false},
		{"a", "2", identical, true},
		{"a", "3", sameID, true},
		{"b", "1", identical, false},
		{"c", "1", identical, false}, // pushes a out
		{"b", "1", identical, true},
		{"a", "3", identical, false}, // pushes b out
		{"c", "1", identical, true},
		{"b", "1", identical, false},
	} {
		if _, got := s.before(c.id, []byte(c.value), c.by); got != c.repeat {
			t.Errorf("%s = %s: repeat %t, want %t", c.id, c.value, got, c.repeat)
		}
	}
	if got := s.forgotten.Load(); got != 3 {
		t.Errorf("%d forgotten, want 3", got)
	}
	if len(s.content) != 2 || len(s.order) != 2 {
		t.Errorf("%d and %d remembered, want the bound of 2", len(s.content), len(s.order))
	}
}

// Of many identical posts at once exactly one is stored.
func TestConcurrentRepeats(t *testing.T) {
	s := newServer(t)
	var wg sync.WaitGroup
	stored := make(chan int, 64)
	for range cap(stored) {
		wg.Go(func() { stored <- len(s.Respond(time.Now(), post("["+event("a")+"]")).Accepted) })
	}
	wg.Wait()
	close(stored)
	total := 0
	for n := range stored {
		total += n
	}
	if total != 1 {
		t.Errorf("%d copies stored, want 1", total)
	}
}

func TestUnknownMutant(t *testing.T) {
	claims := &target.Target{Ingest: &target.Ingest{}}
	_, err := New(claims, "no-such")
	if err == nil {
		t.Fatal("taken")
	}
	for _, m := range Mutants() {
		if !strings.Contains(err.Error(), m.Name) {
			t.Errorf("the error does not list %s", m.Name)
		}
		if _, err := New(claims, m.Name); err != nil {
			t.Error(err)
		}
	}
	if _, err := New(&target.Target{}, ""); err == nil {
		t.Error("took a target without an ingest section")
	}
}

// FuzzRespond looks for bytes that make any rule, right or wrong, panic.
func FuzzRespond(f *testing.F) {
	f.Add("["+event("a")+"]", uint8(0))
	f.Add(`{"cartridge_tag":"g","name":"n","id":"i","time_server":"1","properties":{"a":null,"b":1e3}}`, uint8(20))
	all := mutants()
	f.Fuzz(func(t *testing.T, body string, pick uint8) {
		s := newServer(t)
		if int(pick) < len(all) {
			all[pick].apply(&s.rules)
		}
		a := s.Respond(time.UnixMilli(0), post(body))
		if a.Reply.Status == 0 {
			t.Fatal("no status")
		}
		s.Respond(time.UnixMilli(0), &contract.Message{Transport: contract.Kafka, Records: []contract.Record{{Key: []byte("i"), Value: []byte(body)}}})
	})
}

// Ruling 29: who names no player is taken, unless the service is told to be strict, and then by no way.
func TestNamelessEventsAreRefusedByChoiceOnly(t *testing.T) {
	named := strings.TrimSuffix(event("b"), "}") + `,"user_id":"u"}`
	messages := func(event string) []*contract.Message {
		return []*contract.Message{
			post("[" + event + "]"), {Transport: contract.SNS, Body: []byte("[" + event + "]")},
			{Transport: contract.Kafka, Records: []contract.Record{{Key: []byte(event[strings.Index(event, `"id":"`)+6:][:1]), Value: []byte(event)}}},
		}
	}
	for _, strict := range []bool{false, true} {
		for i, m := range messages(event("a")) {
			s, err := NewWith(&target.Target{Ingest: &target.Ingest{CartridgeTag: "g", HTTP: &target.HTTP{APIKey: "key-1"}}}, "", Knobs{RefuseNameless: strict})
			if err != nil {
				t.Fatal(err)
			}
			if taken := len(s.Respond(time.Now(), m).Accepted) == 1; taken == strict {
				t.Errorf("strict %t, message %d: taken %t", strict, i, taken)
			}
			if a := s.Respond(time.Now(), messages(named)[i]); len(a.Accepted) != 1 {
				t.Errorf("strict %t, message %d with a player: %s", strict, i, a.Reply.Detail)
			}
		}
	}
}
