package playtime

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

const validStart = `{"ids":[238219,674839],"session_id":"s","session_ts":1727094362,"session_hash":"h","session_nonce":"n","session_order_id":1}`

func TestDecodeTakesWhatRealClientsSend(t *testing.T) {
	want := Request{IDs: []int64{238219, 674839}, SessionID: "s", TS: "1727094362", Hash: "h", Nonce: "n", Order: 1}
	tests := map[string]struct {
		body   string
		change func(*Request)
	}{
		"integers, seconds": {validStart, func(*Request) {}},
		"strings, milliseconds": {
			`{"session_id":"s","ids":["238219","674839"],"session_ts":"1727094362123","session_hash":"h","session_nonce":"n","session_order_id":"1"}`,
			func(r *Request) {
				r.TS = "1727094362123"
				r.Quoted = []string{MemberIDs, MemberTS, MemberOrder}
			}},
		"unknown members": {
			`{"zoo":{"a":[1]},"x":null,` + validStart[1:],
			func(r *Request) { r.Unknown = []string{"x", "zoo"} }},
		"no ids in the array": {
			strings.Replace(validStart, "238219,674839", "", 1),
			func(r *Request) { r.IDs = []int64{} }},
		"pairs": {
			`[{"Key":"session_id","Value":"s"},{"Key":"session_ts","Value":1727094362},{"Key":"session_hash","Value":"h"},` +
				`{"Key":"session_nonce","Value":"n"},{"Key":"session_order_id","Value":1},{"Key":"ids","Value":[238219, 674839]}]`,
			func(r *Request) { r.Pairs = true }},
		"escapes": {
			strings.Replace(validStart, `"s"`, `"\u0073"`, 1),
			func(*Request) {}},
		"white space, given twice": {
			" \n{\"session_id\": \"first\",\t" + validStart[1:] + " ",
			func(*Request) {}},
	}
	for name, tt := range tests {
		expected := want
		tt.change(&expected)
		got, faults := Decode(OpStart, []byte(tt.body))
		if len(faults) > 0 {
			t.Errorf("%s: faults %v", name, faults)
		}
		if !reflect.DeepEqual(got, expected) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, expected)
		}
	}
}

func TestDecodeNeedsNoIDsInABeat(t *testing.T) {
	body := strings.Replace(validStart, "[238219,674839]", `"whatever"`, 1)
	for _, op := range []string{OpHeartbeat, OpEnd} {
		got, faults := Decode(op, []byte(body))
		if len(faults) > 0 || got.IDs != nil || !slices.Equal(got.Unknown, []string{MemberIDs}) {
			t.Errorf("%s: got %+v, faults %v", op, got, faults)
		}
	}
}

func TestDecodeNamesEveryFault(t *testing.T) {
	tests := map[string]struct{ body, fields string }{
		"nothing":             {`{}`, "ids session_id session_ts session_hash session_nonce session_order_id"},
		"nulls":               {strings.ReplaceAll(validStart, `"s"`, `null`), "session_id"},
		"not an object":       {`["session_id","s"]`, ""},
		"pairs of one":        {`[{"Key":"session_id","Value":"s"}]`, "ids session_ts session_hash session_nonce session_order_id"},
		"pairs of nothing":    {`[]`, ""},
		"pairs with more":     {`[{"Key":"session_id","Value":"s","More":1}]`, ""},
		"pairs without key":   {`[{"Value":"s"}]`, ""},
		"pairs without value": {`[{"Key":"session_id","Other":"s"}]`, ""},
		"numbers with zeros":  {strings.Replace(validStart, "238219", "0238219", 1), ""},
		"ids without comma":   {strings.Replace(validStart, "238219,", "238219 ", 1), ""},
		"ids with a hole":     {strings.Replace(validStart, "238219,", "238219,,", 1), ""},
		"null":                {`null`, ""},
		"missing comma":       {strings.Replace(validStart, `"n",`, `"n"`, 1), ""},
		"empty":               {``, ""},
		"two objects":         {validStart + validStart, ""},
		"not UTF-8":           {strings.Replace(validStart, `"s"`, "\"\xff\"", 1), ""},
		"too large":           {validStart + strings.Repeat(" ", MaxBody), ""},
		"ids no array":        {strings.Replace(validStart, "[238219,674839]", `"238219"`, 1), "ids"},
		"id of zero":          {strings.Replace(validStart, "238219", "0", 1), "ids"},
		"id with a sign":      {strings.Replace(validStart, "238219", "-5", 1), "ids"},
		"id with a zero":      {strings.Replace(validStart, "238219", `"05"`, 1), "ids"},
		"id too large":        {strings.Replace(validStart, "238219", "9223372036854775808", 1), "ids"},
		"session a number":    {strings.Replace(validStart, `"s"`, `7`, 1), "session_id"},
		"session empty":       {strings.Replace(validStart, `"s"`, `""`, 1), "session_id"},
		"session too long":    {strings.Replace(validStart, `"s"`, `"`+strings.Repeat("s", MaxText+1)+`"`, 1), "session_id"},
		"eleven digits":       {strings.Replace(validStart, "1727094362", "17270943621", 1), "session_ts"},
		"fraction":            {strings.Replace(validStart, "1727094362", "1727094362.5", 1), "session_ts"},
		"exponent":            {strings.Replace(validStart, "1727094362", "1.727094362e9", 1), "session_ts"},
		"date":                {strings.Replace(validStart, "1727094362", `"2024-09-23"`, 1), "session_ts"},
		"order too large":     {strings.Replace(validStart, `order_id":1`, `order_id":99999999999999999999`, 1), "session_order_id"},
		"order of zero":       {strings.Replace(validStart, `order_id":1`, `order_id":0`, 1), "session_order_id"},
		"members in capitals": {strings.ToUpper(validStart), "ids session_id session_ts session_hash session_nonce session_order_id"},
	}
	for name, tt := range tests {
		_, faults := Decode(OpStart, []byte(tt.body))
		var fields []string
		for _, f := range faults {
			fields = append(fields, f.Field)
			if f.Text == "" {
				t.Errorf("%s: fault of %q says nothing", name, f.Field)
			}
		}
		if len(faults) == 0 || strings.Join(fields, " ") != tt.fields {
			t.Errorf("%s: got faults %v, want of %q", name, faults, tt.fields)
		}
	}
}

// FuzzDecode checks that a request without faults keeps every bound, and survives being written and read again.
func FuzzDecode(f *testing.F) {
	f.Add(OpStart, []byte(validStart))
	f.Add(OpEnd, []byte(validStart))
	f.Add(OpStart, []byte(`{"ids":["1"],"session_ts":"1727094362123","session_id":"\ud800\"\\\u0001"}`))
	f.Add(OpHeartbeat, []byte(`[[[[`))
	f.Fuzz(func(t *testing.T, op string, body []byte) {
		r, faults := Decode(op, body)
		if len(faults) > 0 {
			return
		}
		if n := len(r.TS); n != 10 && n != 13 || r.Order < 1 || r.SessionID == "" || r.Nonce == "" || r.Hash == "" {
			t.Fatalf("out of bounds: %+v", r)
		}
		written := r.AppendJSON(nil, op)
		if !json.Valid(written) {
			t.Fatalf("wrote %s", written)
		}
		again, faults := Decode(op, written)
		r.Quoted, r.Unknown, r.Pairs = again.Quoted, again.Unknown, again.Pairs
		if len(faults) > 0 || len(again.Quoted)+len(again.Unknown) > 0 || !reflect.DeepEqual(r, again) {
			t.Fatalf("read %+v, wrote %s, read %+v with faults %v", r, written, again, faults)
		}
	})
}

// FuzzScan holds the quick way through a body to the long one: what it takes apart, encoding/json takes apart alike.
func FuzzScan(f *testing.F) {
	f.Add([]byte(validStart))
	f.Add([]byte(` {"a" : [ 1, "x" ] , "b":0,"a":"é"} `))
	f.Add([]byte(`{"a":01}`))
	f.Add([]byte(`{"a":[1,]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		members, ok := scan(body)
		if !ok || !utf8.Valid(body) {
			return
		}
		var want map[string]json.RawMessage
		if err := json.Unmarshal(body, &want); err != nil {
			t.Fatalf("scan takes %q, encoding/json says %v", body, err)
		}
		if len(members) != len(want) {
			t.Fatalf("%q: %d members, want %d", body, len(members), len(want))
		}
		for _, m := range members {
			if string(m.raw) != string(want[m.name]) {
				t.Fatalf("%q: %s is %q, want %q", body, m.name, m.raw, want[m.name])
			}
		}
	})
}
