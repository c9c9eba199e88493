//go:build integration

package sns

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/conformance"
	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/reference"
	"github.com/passmuster/muster/internal/transport/kafkadriver"
)

// sdks are publishers that somebody else wrote.
func sdks() map[string][]string {
	return map[string][]string{
		"AWS SDK for JavaScript": {node, "peers/publish.mjs"},
		"boto3":                  {python, "peers/publish.py"},
	}
}

// startReference starts the reference for the length of the test and returns a job that fits it.
func startReference(t *testing.T) (*reference.Server, job) {
	t.Helper()
	var halves []reference.Half
	for _, c := range catalog.Contracts() {
		halves = append(halves, reference.Half{Name: c.Name, New: c.Serve, Mutants: c.Mutants()})
	}
	s, err := reference.Start(t.Context(), reference.Options{Players: 1}, halves)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	to := s.Target().Ingest.SNS
	return s, job{
		Endpoint: to.EndpointURL, Region: to.Region, Topic: to.TopicARN,
		AccessKey: to.Credentials.AccessKeyID, Secret: to.Credentials.SecretAccessKey.Reveal(),
	}
}

// subscriber confirms its subscription as it is asked to, and passes on what it is notified of.
func subscriber(t *testing.T) (address string, confirmed <-chan struct{}, told <-chan string) {
	t.Helper()
	done, messages := make(chan struct{}), make(chan string, 100)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var v struct{ Type, SubscribeURL, Message string }
		body, err := io.ReadAll(r.Body)
		if err != nil || json.Unmarshal(body, &v) != nil {
			t.Errorf("delivered %q: %v", body, err)
			return
		}
		if v.Type == "Notification" {
			messages <- v.Message
			return
		}
		resp, err := http.Get(v.SubscribeURL)
		if err != nil || resp.StatusCode != http.StatusOK || resp.Body.Close() != nil {
			t.Errorf("confirm %s: %v, %v", v.SubscribeURL, resp, err)
			return
		}
		close(done)
	}))
	t.Cleanup(s.Close)
	return s.URL, done, messages
}

func newEvent() (id, text string) {
	var b [16]byte
	_, _ = rand.Read(b[:])
	id = hex.EncodeToString(b[:])
	return id, fmt.Sprintf(`{"cartridge_tag":"muster","name":"foreign","user_id":"u","id":%q,"time_server":%d,`+
		`"properties":{"odd":"a+b & c=d / ~* Grüße 玩家"}}`, id, time.Now().UnixMilli())
}

// TestReferenceTakesForeignPublishers has a foreign SDK subscribe an HTTP endpoint and publish, alone and in a batch:
// every event is delivered there and found by read-back, once and unchanged.
func TestReferenceTakesForeignPublishers(t *testing.T) {
	for name, program := range sdks() {
		t.Run(name, func(t *testing.T) {
			s, j := startReference(t)
			address, confirmed, told := subscriber(t)
			subscribing := j
			subscribing.Subscriber = address
			if r := do(t, program, subscribing); r.Error != "" {
				t.Fatalf("subscribe: %s", r.Error)
			}
			await(t, confirmed, "confirmation")
			events, messages := map[string]string{}, []string{}
			for range 13 {
				id, text := newEvent()
				events[id] = text
				messages = append(messages, "["+text+"]")
			}
			j.Messages, j.Batches = messages[:3], [][]string{messages[3:]}
			if r := do(t, program, j); len(r.IDs) != 13 || len(r.Failed) > 0 || r.Error != "" {
				t.Fatalf("publish: %+v", r)
			}
			var got []string
			for range messages {
				got = append(got, await(t, told, "notification"))
			}
			slices.Sort(got)
			if slices.Sort(messages); !slices.Equal(got, messages) {
				t.Errorf("notified of %q, published %q", got, messages)
			}
			readBack(t, s, events)
		})
	}
}

// readBack finds each event once and as it was sent.
func readBack(t *testing.T, s *reference.Server, events map[string]string) {
	t.Helper()
	reader, err := kafkadriver.NewReader(t.Context(), *s.Target().Ingest.Readback.Kafka, false)
	if err != nil {
		t.Fatal(err)
	}
	index := conformance.NewIndex(reader)
	defer index.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for id, text := range events {
		copies, err := index.Find(ctx, id)
		if err != nil || len(copies) != 1 || string(copies[0].Value) != text {
			t.Errorf("event %s: %d copies, %v", id, len(copies), err)
		}
	}
}

// TestReferenceRefusesForeignPublishers tells foreign SDKs no in the codes that they know.
func TestReferenceRefusesForeignPublishers(t *testing.T) {
	s, right := startReference(t)
	long := "[\"" + strings.Repeat("m", 256<<10) + "\"]"
	for name, program := range sdks() {
		for code, change := range map[string]func(*job){
			"SignatureDoesNotMatch":        func(j *job) { j.Secret += "x" },
			"InvalidClientTokenId":         func(j *job) { j.AccessKey += "X" },
			"NotFound":                     func(j *job) { j.Topic += "-2" },
			"InvalidParameter":             func(j *job) { j.Messages = []string{long} },
			"TooManyEntriesInBatchRequest": func(j *job) { j.Messages, j.Batches = nil, [][]string{slices.Repeat([]string{"[]"}, 11)} },
			"BatchRequestTooLong":          func(j *job) { j.Messages, j.Batches = nil, [][]string{{long, "[]"}} },
		} {
			j := right
			j.Messages = []string{"[]"}
			change(&j)
			if r := do(t, program, j); strings.TrimSuffix(r.Error, "Exception") != code || len(r.IDs) > 0 {
				t.Errorf("%s: %+v, want %s", name, r, code)
			}
		}
		j := right
		j.Batches = [][]string{{"[]", "\x02"}}
		if r := do(t, program, j); len(r.IDs) != 1 || !slices.Equal(r.Failed, []string{"e1: InvalidParameter"}) {
			t.Errorf("%s: a batch with one bad entry: %+v", name, r)
		}
	}
	if stats := s.Stats(); stats.Panics > 0 {
		t.Errorf("stats %+v", stats)
	}
}

// await takes one value from c, or fails the test.
func await[T any](t *testing.T, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("no %s within %v", what, patience)
		panic("unreachable")
	}
}
