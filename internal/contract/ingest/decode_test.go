package ingest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/passmuster/muster/fixtures"
	"github.com/passmuster/muster/internal/contract/ingest"
)

// base is an event with the required members only, and a place for more.
const base = `{"cartridge_tag":"g","name":"n","id":"i","time_server":1735689600250%s}`

func TestSamples(t *testing.T) {
	samples, err := fixtures.EventSamples()
	if err != nil {
		t.Fatal(err)
	}
	if len(samples) < 10 {
		t.Fatalf("%d samples embedded, want all of fixtures/events", len(samples))
	}
	for name, body := range samples {
		events, faults := ingest.DecodeEvents(body)
		if bad := strings.HasPrefix(name, "bad"); bad != (len(faults) > 0) {
			t.Errorf("%s: faults %v", name, faults)
		} else if !bad && len(events) == 0 {
			t.Errorf("%s: no events", name)
		}
	}
}

func TestDecodeKeepsEveryDocumentedMember(t *testing.T) {
	samples, err := fixtures.EventSamples()
	if err != nil {
		t.Fatal(err)
	}
	events, faults := ingest.DecodeEvents(samples["document"])
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	got := string(ingest.AppendEvent(nil, &events[0]))
	var want strings.Builder
	for line := range strings.Lines(string(samples["document"])) {
		want.WriteString(strings.Replace(strings.TrimSpace(line), `": `, `":`, 1))
	}
	compact := strings.Join(strings.Fields(got), " ")
	compact = strings.NewReplacer(`{ "`, `{"`, `, "`, `,"`, `" }`, `"}`, `": `, `":`).Replace(compact)
	if "["+compact+"]" != want.String() {
		t.Errorf("rendered again:\n%s\nwant\n%s", compact, want.String())
	}
}

func TestTolerance(t *testing.T) {
	for _, c := range []struct {
		more   string // members added to base; a later member of the same name counts
		fault  string // the faulty field; empty when all is well
		breaks string // a client clause that it breaks all the same
	}{
		{``, "", "names-the-player"},
		{`,"user_id":"u"`, "", "sends-properties"},
		{`,"time_server":"1735689600250"`, "", "times-are-integers"},
		{`,"time_server":1735689600250.0`, "", ""},
		{`,"time_server":1.73568960025e12`, "", ""},
		{`,"time_server":0`, "", "time-in-milliseconds"},
		{`,"time_server":1735689600`, "", "time-in-milliseconds"},
		{`,"time_server":1735689600250.5`, "time_server", ""},
		{`,"time_server":"1735689600250.0"`, "time_server", ""},
		{`,"time_server":"+1735689600250"`, "time_server", ""},
		{`,"time_server":""`, "time_server", ""},
		{`,"time_server":-1`, "time_server", ""},
		{`,"time_server":null`, "time_server", ""},
		{`,"time_server":1e300`, "time_server", ""},
		{`,"time_local":null`, "", ""},
		{`,"time_local":"now"`, "time_local", ""},
		{`,"smart_account":""`, "", "names-the-player"},
		{`,"smart_account":"0x52908400098527886E0F7030069857D2E4169EE7"`, "", "account-in-lower-case"},
		{`,"smart_account":5`, "smart_account", ""},
		{`,"chain_id":-1`, "", "chain-is-positive"},
		{`,"chain_id":""`, "", "chain-is-positive"},
		{`,"chain_id":"1"`, "chain_id", ""},
		{`,"chain_id":1.5`, "chain_id", ""},
		{`,"device":{}`, "", ""},
		{`,"device":null`, "", ""},
		{`,"device":[]`, "device", ""},
		{`,"device":{"device_os":7}`, "device.device_os", ""},
		{`,"device":{"device_type":7}`, "", ""},
		{`,"app":{"app_environment":1}`, "", ""},
		{`,"app":{"app_environment":2}`, "", "environment-is-0-or-1"},
		{`,"app":{"app_environment":"PROD"}`, "", "environment-is-0-or-1"},
		{`,"app":"x"`, "app", ""},
		{`,"properties":{}`, "", "names-the-player"},
		{`,"properties":[]`, "properties", ""},
		{`,"op":"d"`, "", ""},
		{`,"op":"drop"`, "op", ""},
		{`,"unheard_of":[{"a":1}]`, "", ""},
		{`,"ID":5`, "", ""},
		{`,"id":""`, "id", ""},
		{`,"id":7`, "id", ""},
		{`,"name":null`, "name", ""},
		{`,"\u006eame":""`, "name", ""},
		{`,"properties":` + strings.Repeat(`{"a":`, 70) + `1` + strings.Repeat(`}`, 70), "", ""},
	} {
		event := fmt.Sprintf(base, c.more)
		_, faults := ingest.DecodeEvent([]byte(event))
		if strings.Count(c.more, "{") > ingest.MaxDepth {
			if len(faults) != 1 || !strings.Contains(faults[0].Problem, "nests") {
				t.Errorf("deep nesting: %v", faults)
			}
			continue
		}
		if c.fault == "" && len(faults) > 0 || c.fault != "" && (len(faults) == 0 || faults[0].Field != c.fault) {
			t.Errorf("%s: faults %v, want one of %q", c.more, faults, c.fault)
		}
		if got := broken(ingest.NewJudge(claimsAll()), posted("["+event+"]")); c.breaks != "" && !slices.Contains(got, c.breaks) {
			t.Errorf("%s: a client breaks %v, want one of them to be %q", c.more, got, c.breaks)
		}
	}
}

func TestNotEvents(t *testing.T) {
	for body, want := range map[string]string{
		``:          "not valid JSON",
		`5`:         "want an array of events",
		`"x"`:       "want an array of events",
		`[5]`:       "event 0: want one JSON object",
		`[{}] x`:    "not valid JSON",
		"[{\"\xff":  "not UTF-8",
		`[{},{},3]`: "event 2: want one JSON object",
		`[` + strings.Repeat(`{},`, ingest.MaxEvents) + `{}]`:  "more than 10000 events",
		`"` + strings.Repeat(`a`, ingest.MaxBytes) + `"`:       "bytes, at most",
		`[{"cartridge_tag":"g","name":"n","time_server":"a"}]`: `event 0: time_server: "a": want Unix milliseconds`,
	} {
		_, faults := ingest.DecodeEvents([]byte(body))
		found := false
		for _, f := range faults {
			found = found || strings.Contains(f.Error(), want)
		}
		if !found {
			t.Errorf("%.40q: %v, want %q", body, faults, want)
		}
	}
	if _, faults := ingest.DecodeEvent([]byte(`[` + fmt.Sprintf(base, "") + `]`)); len(faults) != 1 {
		t.Errorf("a Kafka value that is an array: faults %v, want one", faults)
	}
	if events, faults := ingest.DecodeEvents([]byte(" [ ]\n")); len(events)+len(faults) != 0 {
		t.Errorf("empty array: %v %v", events, faults)
	}
	if _, faults := ingest.DecodeEvents([]byte(`[` + strings.Repeat(`{},`, 500) + `{}]`)); len(faults) > 30 {
		t.Errorf("%d faults reported, want a bound", len(faults))
	}
}

// FuzzDecodeEvents holds the decoder against encoding/json: what it takes is JSON, and the members that it reads are
// those that a decode into a map reads.
func FuzzDecodeEvents(f *testing.F) {
	samples, err := fixtures.EventSamples()
	if err != nil {
		f.Fatal(err)
	}
	for _, body := range samples {
		f.Add(body)
	}
	f.Add([]byte(` [ {"a\"}":"\\" , "id" : "\u0041" } , { } ] `))
	f.Fuzz(func(t *testing.T, body []byte) {
		events, faults := ingest.DecodeEvents(body)
		if len(faults) > 0 {
			return
		}
		if !json.Valid(body) {
			t.Fatal("took what is not JSON")
		}
		for i := range events {
			var want map[string]any
			if err := json.Unmarshal(events[i].Raw(), &want); err != nil {
				t.Fatalf("event %d is no object: %v", i, err)
			}
			for name, got := range map[string]string{"id": events[i].ID, "name": events[i].Name, "cartridge_tag": events[i].CartridgeTag} {
				if want[name] != got {
					t.Fatalf("%s: %q, want %q", name, got, want[name])
				}
			}
			again, faults := ingest.DecodeEvent(ingest.AppendEvent(nil, &events[i]))
			if len(faults) > 0 || again.ID != events[i].ID || again.TimeServer != events[i].TimeServer {
				t.Fatalf("rendered and read again: %v %v", again, faults)
			}
		}
	})
}
