package playtime

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
)

// Bounds of what Decode takes.
const (
	MaxBody = 1 << 20 // bytes of a body
	MaxText = 1024    // bytes of a session id, a hash or a nonce
)

// FieldError is a fault of one member of a body, or of the body itself when Field is empty.
type FieldError struct {
	Field string // name of the member
	Text  string // what is wrong and what is allowed
}

// Decode reads the body of an operation and reports every fault of it at once, in the order of the document's samples.
// A body that is not a JSON object within bounds has the one fault whose Field is empty.
//
// It is as tolerant as the document and real clients ask for: timestamp, ids and order id may be integers or strings of
// digits (rulings 1, 3, 4), a timestamp has 10 or 13 digits (ruling 2), ids may be empty (ruling 21) but are required
// in a start and of no account elsewhere (ruling 6), unknown members are ignored, and the members may come as an array of Key and Value
// objects, which one SDK sends. Of a member given twice the last
// counts. The hash is not verified here.
func Decode(op string, body []byte) (Request, []FieldError) {
	members, pairs, err := split(body)
	if err != nil {
		return Request{}, []FieldError{{Text: err.Error()}}
	}
	d := decoder{members: members}
	r := Request{Pairs: pairs}
	if op == OpStart {
		r.IDs = d.ids(MemberIDs)
	}
	r.SessionID = d.text(MemberSessionID)
	r.TS = d.timestamp(MemberTS)
	r.Hash = d.text(MemberHash)
	r.Nonce = d.text(MemberNonce)
	r.Order = d.positive(MemberOrder)
	r.Quoted = d.quoted
	r.Unknown = d.unknown()
	return r, d.faults
}

// decoder takes members out of a body one by one and gathers what is wrong with them.
type decoder struct {
	members []member
	quoted  []string
	faults  []FieldError
}

// unknown lists what was not taken.
func (d *decoder) unknown() []string {
	var names []string
	for _, m := range d.members {
		if !m.taken {
			names = append(names, m.name)
		}
	}
	slices.Sort(names)
	return names
}

// take takes a required member; without one it notes the fault and returns nil.
func (d *decoder) take(name string) json.RawMessage {
	var raw json.RawMessage
	for i := range d.members {
		if m := &d.members[i]; m.name == name {
			raw, m.taken = m.raw, true
		}
	}
	if raw == nil || string(raw) == "null" {
		d.fault(name, "is required")
		return nil
	}
	return raw
}

func (d *decoder) fault(name, format string, args ...any) {
	d.faults = append(d.faults, FieldError{Field: name, Text: fmt.Sprintf(format, args...)})
}

func (d *decoder) text(name string) string {
	raw := d.take(name)
	if raw == nil {
		return ""
	}
	s, ok := unquote(raw)
	switch {
	case !ok:
		d.fault(name, "want a string")
	case s == "":
		d.fault(name, "is empty")
	case len(s) > MaxText:
		d.fault(name, "has %d bytes, want at most %d", len(s), MaxText)
	default:
		return s
	}
	return ""
}

func (d *decoder) timestamp(name string) string {
	text := d.digits(name)
	if text != "" && len(text) != 10 && len(text) != 13 {
		d.fault(name, "has %d digits, want a Unix time of 10 digits in seconds or 13 in milliseconds", len(text))
		return ""
	}
	return text
}

func (d *decoder) positive(name string) int64 {
	text := d.digits(name)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		d.fault(name, "is above the largest 64-bit integer")
	}
	return n
}

// digits takes a required whole number from 1 and returns its decimal text.
func (d *decoder) digits(name string) string {
	raw := d.take(name)
	if raw == nil {
		return ""
	}
	text, quoted, ok := digits(raw)
	if !ok {
		d.fault(name, "want a whole number from 1, as an integer or as a string of digits")
		return ""
	}
	if quoted {
		d.quoted = append(d.quoted, name)
	}
	return text
}

func (d *decoder) ids(name string) []int64 {
	raw := d.take(name)
	if raw == nil {
		return nil
	}
	elements, ok := array(raw)
	if !ok {
		d.fault(name, "want an array")
		return nil
	}
	ids := make([]int64, len(elements))
	anyQuoted := false
	for i, element := range elements {
		text, quoted, ok := digits(element)
		n, err := strconv.ParseInt(text, 10, 64)
		if !ok || err != nil {
			d.fault(name, "element %d: want a whole number from 1, as an integer or as a string of digits", i)
			return nil
		}
		ids[i] = n
		anyQuoted = anyQuoted || quoted
	}
	if anyQuoted {
		d.quoted = append(d.quoted, name)
	}
	return ids
}

// array returns the elements of a JSON array.
func array(raw json.RawMessage) ([]json.RawMessage, bool) {
	if bytes.IndexByte(raw, '"') < 0 && bytes.HasPrefix(raw, []byte{'['}) { // nothing but numbers, or a case for encoding/json
		elements := bytes.Split(raw[1:len(raw)-1], []byte{','})
		all := make([]json.RawMessage, len(elements))
		for i, element := range elements {
			all[i] = bytes.TrimSpace(element)
		}
		if whole(all) {
			return all, true
		}
	}
	var all []json.RawMessage
	err := json.Unmarshal(raw, &all)
	return all, err == nil
}

// whole says whether every element is a whole number.
func whole(elements []json.RawMessage) bool {
	for _, e := range elements {
		if _, _, ok := digits(e); !ok {
			return false
		}
	}
	return len(elements) > 0
}

// digits returns the decimal text of a whole number from 1, and whether it was written as a string. Leading zeros are
// refused: with them the text that the client hashed could not be told from the number.
func digits(raw json.RawMessage) (text string, quoted, ok bool) {
	text = string(raw)
	if bytes.HasPrefix(raw, []byte{'"'}) {
		quoted = true
		if text, ok = unquote(raw); !ok {
			return "", true, false
		}
	}
	if text == "" || text[0] == '0' {
		return "", quoted, false
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return "", quoted, false
		}
	}
	return text, quoted, true
}

func unquote(raw json.RawMessage) (string, bool) {
	if n := len(raw); n > 1 && raw[0] == '"' && plain(raw[1:n-1]) {
		return string(raw[1 : n-1]), true
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return s, err == nil
}
