package reference

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/snsdriver"
)

// hears takes every message by SNS whose text is not "bad", under the text as its id.
type hears struct{}

func (hears) Handles(m *contract.Message) bool { return m.Transport == contract.SNS }

func (hears) Respond(_ time.Time, m *contract.Message) contract.Answer {
	switch text := string(m.Body); text {
	case "panic":
		panic("as told")
	case "bad":
		return contract.Answer{Reply: contract.Reply{Outcome: contract.Failed}}
	default:
		return contract.Answer{
			Reply:    contract.Reply{Outcome: contract.Acknowledged},
			Accepted: []contract.Record{{Key: []byte(text), Value: []byte(text)}},
		}
	}
}

func startHearing(t *testing.T, opts Options) *Server {
	t.Helper()
	s, err := Start(t.Context(), opts, []Half{{
		Name: "hears", New: func(*target.Target, string) (contract.Responder, error) { return hears{}, nil },
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		if err := s.Close(context.Background()); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// publish sends one message by SNS as the target says.
func publish(t *testing.T, s *Server, text string) contract.Reply {
	t.Helper()
	d, err := snsdriver.New(t.Context(), snsdriver.Config{SNS: *s.Target().Ingest.SNS})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	return transport.Exchange(t.Context(), d, &contract.Message{Transport: contract.SNS, Body: []byte(text)})
}

// TestPublishedMessagesAreStored tells a publisher yes for whatever the half thinks of a message, and stores what it
// accepts.
func TestPublishedMessagesAreStored(t *testing.T) {
	var handled atomic.Int64
	s := startHearing(t, Options{OnHandled: func(h Handled) {
		if h.Message.Transport == contract.SNS {
			handled.Add(int64(1 + 10*h.Accepted))
		}
	}})
	for _, text := range []string{"a", "bad", "b"} {
		if r := publish(t, s, text); r.Outcome != contract.Acknowledged {
			t.Errorf("%s: %+v", text, r)
		}
	}
	if r := publish(t, s, "panic"); r.Outcome != contract.Failed || r.Class != contract.ClassServer {
		t.Errorf("a half that panics: %+v", r)
	}
	if n := handled.Load(); n != 23 {
		t.Errorf("observer was told %d, want 3 messages of which 2 were stored", n)
	}
	if stats := s.Stats(); stats.Panics != 1 {
		t.Errorf("stats %+v, want 1 panic", stats)
	}
	if got := accepted(t, s, 2); !maps.Equal(got, map[string]int{"a": 1, "b": 1}) {
		t.Errorf("accepted %v", got)
	}
}

func TestAccessKeyMayBeGiven(t *testing.T) {
	own := &target.AWSCredentials{AccessKeyID: "OWN", SecretAccessKey: "own-secret"}
	s := startHearing(t, Options{AWS: own})
	if got := s.Target().Ingest.SNS.Credentials; *got != *own {
		t.Errorf("the target has %v", got)
	}
	if r := publish(t, s, "a"); r.Outcome != contract.Acknowledged {
		t.Errorf("signed with the given key: %+v", r)
	}
}

func TestOnlySNSIsBelowItsPath(t *testing.T) {
	s := startHearing(t, Options{})
	for path, want := range map[string]string{"/sns": "InvalidAction", "/sns/": "InvalidAction", "/snsx": "no such path"} {
		if _, answer := post(t, s.Target().Playtime.BaseURL+path, "Action=Nothing"); !strings.Contains(answer, want) {
			t.Errorf("%s answers %q, want %s", path, answer, want)
		}
	}
}
