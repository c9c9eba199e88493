package endpoint

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/passmuster/muster/internal/contract"
)

// stub is an endpoint whose requests need no signature, and what it accepted.
type stub struct {
	*Endpoint
	mu     sync.Mutex
	taken  []string
	refuse error
}

func newStub(t testing.TB, cfg Config) *stub {
	t.Helper()
	s := &stub{}
	cfg.Topics, cfg.AccessKeyID, cfg.SecretAccessKey, cfg.URL = []string{"events"}, "K", "s", "http://127.0.0.1"
	cfg.Wrong.Unsigned = true
	cfg.Accept = func(_ context.Context, m *contract.Message) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		if m.Transport != contract.SNS {
			t.Errorf("accepted by %s", m.Transport)
		}
		s.taken = append(s.taken, string(m.Body))
		return s.refuse
	}
	e, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	s.Endpoint = e
	return s
}

// reply is any answer.
type reply struct {
	XMLName xml.Name
	Error   struct{ Type, Code, Message string }
	Result  struct {
		MessageID  string            `xml:"MessageId"`
		Successful []successfulEntry `xml:"Successful>member"`
		Failed     []failedEntry     `xml:"Failed>member"`
	} `xml:",any"`
}

// ask posts a form: names and values in turn.
func (s *stub) ask(t testing.TB, pairs ...string) (int, reply) {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(form.Encode())))
	var r reply
	if err := xml.Unmarshal(w.Body.Bytes(), &r); err != nil {
		t.Fatalf("%v: answer %q: %v", pairs, w.Body, err)
	}
	return w.Code, r
}

const arn = "arn:aws:sns:us-east-1:123456789012:events"

func batchOf(pairs ...string) []string {
	form := []string{"Action", "PublishBatch", "TopicArn", arn}
	for i := 0; i < len(pairs); i += 2 {
		at := "PublishBatchRequestEntries.member." + strconv.Itoa(i/2+1) + "."
		form = append(form, at+"Id", pairs[i], at+"Message", pairs[i+1])
	}
	return form
}

func TestRefusals(t *testing.T) {
	publish := func(pairs ...string) []string {
		return append([]string{"Action", "Publish", "TopicArn", arn}, pairs...)
	}
	long := strings.Repeat("x", messageLimit)
	eleven := []string{}
	for i := range 11 {
		eleven = append(eleven, strconv.Itoa(i), "m")
	}
	for name, c := range map[string]struct {
		form   []string
		status int
		code   Code
	}{
		"no action":              {nil, 400, invalidAction},
		"unknown action":         {[]string{"Action", "DeleteEverything"}, 400, invalidAction},
		"unknown topic":          {publish("TopicArn", arn+"-2", "Message", "m"), 404, notFound},
		"no topic":               {publish("TopicArn", "", "Message", "m"), 400, invalidParameter},
		"malformed topic":        {publish("TopicArn", "events", "Message", "m"), 400, invalidParameter},
		"empty message":          {publish(), 400, invalidParameter},
		"control character":      {publish("Message", "\x02"), 400, invalidParameter},
		"not UTF-8":              {publish("Message", "\xff"), 400, invalidParameter},
		"too long":               {publish("Message", long+"x"), 400, invalidParameter},
		"too long by attributes": {publish("Message", long, "MessageAttributes.entry.1.Name", "n", "MessageAttributes.entry.1.Value.DataType", "String", "MessageAttributes.entry.1.Value.StringValue", "v"), 400, invalidParameter},
		"structure":              {publish("Message", "{}", "MessageStructure", "json"), 400, invalidParameter},
		"empty batch":            {batchOf(), 400, emptyBatch},
		"eleven entries":         {batchOf(eleven...), 400, tooMany},
		"same ids":               {batchOf("a", "m", "a", "m"), 400, notDistinct},
		"bad id":                 {batchOf("a b", "m"), 400, invalidEntryID},
		"long id":                {batchOf(strings.Repeat("a", 81), "m"), 400, invalidEntryID},
		"long batch":             {batchOf("a", long, "b", "x"), 400, tooLong},
		"other protocol":         {[]string{"Action", "Subscribe", "TopicArn", arn, "Protocol", "sqs", "Endpoint", "arn:aws:sqs:q"}, 400, invalidParameter},
		"foreign endpoint":       {[]string{"Action", "Subscribe", "TopicArn", arn, "Protocol", "http", "Endpoint", "ftp://h"}, 400, invalidParameter},
		"unknown token":          {[]string{"Action", "ConfirmSubscription", "TopicArn", arn, "Token", "t"}, 400, invalidParameter},
		"fifo":                   {[]string{"Action", "CreateTopic", "Name", "a.fifo"}, 400, invalidParameter},
		"no subscription":        {[]string{"Action", "Unsubscribe", "SubscriptionArn", "x"}, 400, invalidParameter},
	} {
		s := newStub(t, Config{})
		status, r := s.ask(t, c.form...)
		if status != c.status || r.Error.Code != string(c.code) || r.Error.Type != "Sender" || r.XMLName.Local != "ErrorResponse" || r.XMLName.Space != namespace {
			t.Errorf("%s: %d %+v, want %d %s", name, status, r, c.status, c.code)
		}
		if len(s.taken) > 0 {
			t.Errorf("%s: accepted %q", name, s.taken)
		}
	}
}

func TestPublishAcceptsUpToTheLimit(t *testing.T) {
	s := newStub(t, Config{})
	long := strings.Repeat("ü", messageLimit/2)
	if status, r := s.ask(t, "Action", "Publish", "TargetArn", arn, "Message", long); status != 200 || r.Result.MessageID == "" {
		t.Errorf("%d %+v", status, r)
	}
	if len(s.taken) != 1 || s.taken[0] != long {
		t.Errorf("accepted %d messages", len(s.taken))
	}
}

func TestBatchFailsByEntry(t *testing.T) {
	s := newStub(t, Config{Disturb: func(_ string, entry int) string {
		if entry == 2 {
			return "InternalError"
		}
		return ""
	}})
	status, r := s.ask(t, batchOf("good", "[1]", "empty", "", "unlucky", "[2]", "last", "[3]")...)
	if status != 200 || len(r.Result.Successful) != 2 || len(r.Result.Failed) != 2 {
		t.Fatalf("%d %+v", status, r)
	}
	if f := r.Result.Failed[0]; f.ID != "empty" || f.Code != invalidParameter || !f.SenderFault {
		t.Errorf("first failure %+v", f)
	}
	if f := r.Result.Failed[1]; f.ID != "unlucky" || f.Code != internalError || f.SenderFault {
		t.Errorf("second failure %+v", f)
	}
	if strings.Join(s.taken, "") != "[1][3]" {
		t.Errorf("accepted %q", s.taken)
	}
	if got := s.Stats(); got.Published != 2 || got.Failed != 2 || got.Requests != 1 || got.Refused != 0 {
		t.Errorf("stats %+v", got)
	}
}

func TestWhatCannotBeAcceptedFails(t *testing.T) {
	s := newStub(t, Config{})
	s.refuse = errors.New("disk full")
	if status, r := s.ask(t, "Action", "Publish", "TopicArn", arn, "Message", "[1]"); status != 500 || r.Error.Type != "Receiver" || strings.Contains(r.Error.Message, "disk") {
		t.Errorf("%d %+v", status, r)
	}
}

func TestSignatureIsAskedFor(t *testing.T) {
	s := newStub(t, Config{})
	s.cfg.Wrong.Unsigned = false
	if status, r := s.ask(t, "Action", "Publish", "TopicArn", arn, "Message", "[1]"); status != 403 || r.Error.Code != string(unsigned) {
		t.Errorf("%d %+v", status, r)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/?Action=Publish&TopicArn="+arn+"&Message=m", nil))
	if w.Code != 403 || len(s.taken) > 0 {
		t.Errorf("publishing by a link: %d, accepted %q", w.Code, s.taken)
	}
}

func TestConfigIsChecked(t *testing.T) {
	if _, err := New(Config{}); err == nil {
		t.Error("made an endpoint of nothing")
	}
	good := Config{AccessKeyID: "K", SecretAccessKey: "s", URL: "http://h", Accept: func(context.Context, *contract.Message) error { return nil }}
	good.Topics = []string{"a b"}
	if _, err := New(good); err == nil || !strings.Contains(err.Error(), `"a b"`) {
		t.Errorf("topic with a space: %v", err)
	}
}

// FuzzRequest sends any body: the answer is XML and no fault of the endpoint's own.
func FuzzRequest(f *testing.F) {
	s := newStub(f, Config{})
	for _, form := range [][]string{batchOf("a", "m"), {"Action", "CreateTopic", "Name", "n", "Attributes.entry.1.key", "SignatureVersion", "Attributes.entry.1.value", "2"}} {
		values := url.Values{}
		for i := 0; i < len(form); i += 2 {
			values.Set(form[i], form[i+1])
		}
		f.Add(values.Encode())
	}
	f.Fuzz(func(t *testing.T, body string) {
		if strings.Contains(body, "Subscribe") {
			return // what is subscribed would be called
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body)))
		var r reply
		if err := xml.Unmarshal(w.Body.Bytes(), &r); err != nil && !errors.Is(err, io.EOF) || w.Code >= 500 {
			t.Errorf("%q: status %d, %v", body, w.Code, err)
		}
	})
}
