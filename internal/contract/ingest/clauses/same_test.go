package clauses

import (
	"strings"
	"testing"
)

func TestDifferences(t *testing.T) {
	for _, c := range []struct{ sent, stored, got string }{
		{`{"a":1,"b":[1,{"c":null}]}`, ` { "b":[1.0,{"c":null}],"a":1e0,"more":true}`, ""},
		{`{"a":"é"}`, `{"a":"\u00e9"}`, ""},
		{`{"time_server":"1735689600250"}`, `{"time_server":1735689600250.0}`, ""},
		{`{"time_server":1735689600250}`, `{"time_server":"1735689600250"}`, ""},
		{`{"p":{"time_server":5}}`, `{"p":{"time_server":"5"}}`, `p.time_server = "5"`},
		{`{"a":1}`, `{"a":2}`, `a = 2`},
		{`{"a":1}`, `{"a":"1"}`, `a = "1"`},
		{`{"a":null}`, `{}`, `a not stored`},
		{`{"a":null}`, `{"a":{}}`, `a = {}`},
		{`{"a":{"b":true}}`, `{"a":{"b":false}}`, `a.b = false`},
		{`{"a":[1,2]}`, `{"a":[1]}`, `a = [1]`},
		{`{"a":9007199254740993}`, `{"a":9007199254740992}`, `a = 9007199254740992`},
		{`{"a":9007199254740993}`, `{"a":9007199254740993.0}`, ``},
		{`{"a":1}`, `{"a":1e999999999}`, `a = 1e999999999`},
		{`{"a":1}`, `nonsense`, `"nonsense"`},
		{`{"a":1}`, `[]`, ` = []`},
	} {
		found := differences([]byte(c.sent), []byte(c.stored))
		if c.got == "" && len(found) > 0 || c.got != "" && (len(found) != 1 || found[0].got != c.got) {
			t.Errorf("%s stored as %s: %v, want %q", c.sent, c.stored, found, c.got)
		}
	}
}

// FuzzDifferences holds that a stored event equals itself and that no stored bytes break the comparison.
func FuzzDifferences(f *testing.F) {
	f.Add(`{"a":[1,2.5e3,{"b":null}],"time_server":"5"}`, `{"a":1e400000}`)
	f.Fuzz(func(t *testing.T, sent, stored string) {
		differences([]byte(sent), []byte(stored))
		if _, err := parse([]byte(sent)); err == nil && !strings.Contains(sent, "e") {
			if found := differences([]byte(sent), []byte(sent)); len(found) > 0 {
				t.Fatalf("%s differs from itself: %v", sent, found)
			}
		}
	})
}
