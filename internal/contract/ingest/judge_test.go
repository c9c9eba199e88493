package ingest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/fixtures"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/ingest"
	"github.com/passmuster/muster/internal/target"
)

var received = time.UnixMilli(1735689600900)

var _ contract.Judge = (*ingest.Judge)(nil)

// broken lists the clauses that m breaks, without what all of their ids begin with.
func broken(j contract.Judge, m *contract.Message) []string {
	var ids []string
	for _, b := range j.Judge(received, m) {
		ids = append(ids, strings.TrimPrefix(b.Clause, "ingest/client/"))
	}
	return ids
}

// A client breaks the clauses of its deviations and no others, so one without deviations breaks none.
func TestProfilesBreakWhatTheirDeviationsSay(t *testing.T) {
	r := renderer(t, claimsAll())
	for _, name := range clients() {
		p, err := ingest.FindProfile(name)
		if err != nil {
			t.Fatal(err)
		}
		var m contract.Message
		if err := r.Render(&m, by(name)); err != nil {
			t.Fatal(err)
		}
		var want, got []string
		for _, d := range p.Deviations {
			want = append(want, d.Clause)
		}
		for _, b := range ingest.NewJudge(claimsAll()).Judge(received, &m) {
			got = append(got, b.Clause)
		}
		slices.Sort(want)
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s breaks %v, want %v", name, got, want)
		}
	}
	for _, way := range []contract.Transport{contract.Kafka, contract.SNS} {
		var m contract.Message
		if err := r.Render(&m, flush(way)); err != nil {
			t.Fatal(err)
		}
		if got := broken(ingest.NewJudge(claimsAll()), &m); len(got) > 0 {
			t.Errorf("%s: a backend breaks %v", way, got)
		}
	}
}

// clean is an event that breaks nothing, with room for more members; a later member of the same name counts.
const clean = `{"cartridge_tag":"lanternfall","name":"n","id":"i","time_server":1735689600250,"user_id":"u","properties":{},` +
	`"app":{"app_identifier":"a","app_version":"1","app_environment":1}%s}`

func posted(body string) *contract.Message {
	return &contract.Message{
		Transport: contract.HTTP, Method: "POST", Path: "/ingress/events", Body: []byte(body),
		Header: []contract.Field{{Name: "content-type", Value: "Application/JSON; charset=utf-8"}, {Name: "x-api-key", Value: "key-1"}},
	}
}

func TestJudgeEvents(t *testing.T) {
	for _, c := range []struct{ more, want string }{
		{``, ""},
		{`,"chain_id":1,"unheard_of":1,"time_local":1735689600250`, ""},
		{`,"cartridge_tag":""`, "sends-required-members"},
		{`,"id":null`, "sends-required-members"},
		{`,"time_server":"soon"`, "members-have-their-types times-are-integers"},
		{`,"name":7`, "sends-required-members members-have-their-types"},
		{`,"properties":[]`, "members-have-their-types"},
		{`,"cartridge_tag":"other"`, "sends-the-assigned-tag"},
		{`,"user_id":"","smart_account":""`, "names-the-player"},
		{`,"time_server":0`, "time-in-milliseconds"},
		{`,"time_server":1735689600`, "time-in-milliseconds"},
		{`,"app":{"app_identifier":"a","app_version":"1","app_environment":"PROD"}`, "environment-is-0-or-1"},
		{`,"app":{}`, "sends-app"},
		{`,"time_local":"1735689600250"`, "times-are-integers"},
		{`,"time_server":1735689600250.0`, "times-are-integers"},
		{`,"time_server":1735689900901`, "time-near-receipt"},
		{`,"time_server":1734912000000`, "time-near-receipt"},
		{`,"smart_account":"0xAB"`, "account-in-lower-case"},
		{`,"chain_id":0`, "chain-is-positive"},
		{`,"chain_id":""`, "chain-is-positive"},
		{`,"properties":null`, "sends-properties"},
	} {
		got := broken(ingest.NewJudge(claimsAll()), posted("["+fmt.Sprintf(clean, c.more)+"]"))
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s breaks %v, want %s", c.more, got, c.want)
		}
	}
}

func TestJudgeMessages(t *testing.T) {
	one := fmt.Sprintf(clean, "")
	headed := func(m *contract.Message, name, value string) *contract.Message {
		m.Header = append([]contract.Field{{Name: name, Value: value}}, m.Header...)
		return m
	}
	at := func(m *contract.Message, method, path string) *contract.Message {
		m.Method, m.Path = method, path
		return m
	}
	keyless := posted("[" + one + "]")
	keyless.Header = keyless.Header[:1]
	record := func(key, value string) *contract.Message {
		return &contract.Message{Transport: contract.Kafka, Records: []contract.Record{{Key: []byte(key), Value: []byte(value)}}}
	}
	sns := func(body string) *contract.Message {
		return &contract.Message{Transport: contract.SNS, Body: []byte(body)}
	}
	large := "[" + fmt.Sprintf(clean, `,"pad":"`+strings.Repeat("a", 256<<10)+`"`) + "]"
	for _, c := range []struct {
		name string
		m    *contract.Message
		want string
	}{
		{"clean", posted(" [" + one + "]"), ""},
		{"another contract's", at(posted("x"), "POST", "/v1/metrics/sessions/start"), ""},
		{"clock", at(posted(""), "GET", "/utils/time-unix"), ""},
		{"put", at(posted("["+one+"]"), "PUT", "/ingress/events"), "posts-to-the-path"},
		{"other path", at(posted("["+one+"]"), "POST", "/ingress/event"), "posts-to-the-path"},
		{"no key", keyless, "sends-the-key"},
		{"wrong key", headed(posted("["+one+"]"), "X-API-Key", "key-2"), "sends-the-key"},
		{"form", headed(posted("["+one+"]"), "Content-Type", "application/x-www-form-urlencoded"), "sends-json-media-type"},
		{"large", posted(large), "body-within-256-kib"},
		{"cut off", posted("[" + strings.Repeat(" ", 1<<20)), "body-within-256-kib"},
		{"not JSON", posted("[" + one + ",]"), "sends-valid-json"},
		{"bare", posted(" " + one), "sends-array"},
		{"number", posted("5"), "sends-array"},
		{"array of numbers", posted("[5]"), "members-have-their-types"},
		{"two events of one id", posted("[" + one + "," + fmt.Sprintf(clean, `,"name":"m"`) + "]"), "ids-are-unique"},
		{"the same twice", posted("[" + one + "," + one + "]"), ""},
		{"a deletion", posted("[" + one + "," + fmt.Sprintf(clean, `,"name":"m","op":"d"`) + "]"), ""},
		{"record", record("i", one), ""},
		{"record of an array", record("i", " ["+one+"]"), "one-object-per-record"},
		{"foreign key", record("j", one), "key-is-the-id"},
		{"empty record", record("j", ""), "sends-valid-json"},
		{"publication", sns("[" + one + "]"), ""},
		{"publication of an object", sns(one), "publishes-array"},
		{"large publication", sns(large), "publishes-within-256-kib"},
	} {
		if got := broken(ingest.NewJudge(claimsAll()), c.m); strings.Join(got, " ") != c.want {
			t.Errorf("%s breaks %v, want %q", c.name, got, c.want)
		}
	}
	if got := broken(ingest.NewJudge(&target.Target{}), posted("x")); len(got) > 0 {
		t.Errorf("a target that does not claim the contract finds %v", got)
	}
}

// A judge remembers ids from message to message, and tells each clause once, whatever the number of events.
func TestJudgeRemembers(t *testing.T) {
	j := ingest.NewJudge(claimsAll())
	if got := broken(j, posted("["+fmt.Sprintf(clean, "")+"]")); len(got) > 0 {
		t.Errorf("the first breaks %v", got)
	}
	if got := broken(j, posted("["+fmt.Sprintf(clean, `,"name":"other"`)+"]")); !slices.Equal(got, []string{"ids-are-unique"}) {
		t.Errorf("another event of the same id breaks %v", got)
	}
	many := strings.TrimSuffix(strings.Repeat(fmt.Sprintf(clean, `,"chain_id":-1,"time_server":"x"`)+",", 100), ",")
	if got := broken(j, posted("["+many+"]")); !slices.Equal(got, []string{"members-have-their-types", "times-are-integers", "chain-is-positive"}) {
		t.Errorf("a hundred bad events break %v", got)
	}
}

// FuzzJudge looks for messages that break the judge, and for breaches that no clause knows or that are not one line.
func FuzzJudge(f *testing.F) {
	samples, err := fixtures.EventSamples()
	if err != nil {
		f.Fatal(err)
	}
	for _, body := range samples {
		f.Add(body)
	}
	j := ingest.NewJudge(claimsAll())
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, m := range []*contract.Message{
			posted(string(body)),
			{Transport: contract.SNS, Body: body},
			{Transport: contract.Kafka, Records: []contract.Record{{Key: body, Value: body}}},
		} {
			for _, b := range j.Judge(received, m) {
				if !slices.Contains(j.Clauses(), b.Clause) || b.Wanted == "" || b.Got == "" || len(b.Got) > 600 {
					t.Fatalf("%+v", b)
				}
			}
		}
	})
}

func TestCurrent(t *testing.T) {
	version := func(more string) contract.Stored {
		return contract.Stored{ID: "i", Value: fmt.Appendf(nil, clean, more)}
	}
	for _, c := range []struct {
		copies []contract.Stored
		want   int // which copy counts; -1 for none
	}{
		{nil, -1},
		{[]contract.Stored{version("")}, 0},
		{[]contract.Stored{version(""), version(`,"op":"u"`)}, 1},
		{[]contract.Stored{version(""), version(`,"op":"delete"`)}, -1},
		{[]contract.Stored{version(""), version(`,"op":"d"`), version("")}, 2},
		{[]contract.Stored{version(""), {ID: "i"}}, -1},
	} {
		got, counts := ingest.Current(c.copies)
		if counts != (c.want >= 0) || counts && string(got.Value) != string(c.copies[c.want].Value) {
			t.Errorf("of %d copies %s counts, want number %d", len(c.copies), got.Value, c.want)
		}
	}
}
