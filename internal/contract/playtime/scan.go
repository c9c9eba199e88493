package playtime

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"
)

// member is one member of a body as it was written, until it is taken.
type member struct {
	name  string
	raw   json.RawMessage
	taken bool
}

// split takes a body apart into its members, and says whether they were written as pairs. Of a member given twice the
// last one counts.
func split(body []byte) (members []member, pairs bool, err error) {
	switch {
	case len(body) > MaxBody:
		return nil, false, fmt.Errorf("body of %d bytes: want at most %d", len(body), MaxBody)
	case !utf8.Valid(body):
		return nil, false, errors.New("body is not UTF-8, want a JSON object")
	}
	if members, ok := scan(body); ok {
		return members, false, nil
	}
	var object map[string]json.RawMessage
	if err = json.Unmarshal(body, &object); err == nil && object == nil {
		return nil, false, errors.New("body is null, want a JSON object")
	}
	if err != nil {
		if object, pairs = fromPairs(body); !pairs {
			return nil, false, fmt.Errorf("body is not a JSON object: %w", err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		members = append(members, member{name: name, raw: object[name]})
	}
	return members, pairs, nil
}

// fromPairs reads an array of objects with a Key and a Value each, as one client sends it.
func fromPairs(body []byte) (map[string]json.RawMessage, bool) {
	var list []map[string]json.RawMessage
	if json.Unmarshal(body, &list) != nil || len(list) == 0 {
		return nil, false
	}
	object := map[string]json.RawMessage{}
	for _, pair := range list {
		name, named := unquote(pair["Key"])
		value, has := pair["Value"]
		if !named || !has || len(pair) != 2 {
			return nil, false
		}
		object[name] = value
	}
	return object, true
}

// scan takes apart an object of the plainest form, which nearly all are: strings without escapes, whole numbers, and
// arrays of those. It gives up on everything else, be it JSON or not; whether it is, is then for encoding/json to say.
// The body is valid UTF-8.
func scan(body []byte) ([]member, bool) {
	s := scanner{in: body}
	if !s.next('{') {
		return nil, false
	}
	members := make([]member, 0, 8)
	for {
		name := s.text()
		if !s.next(':') {
			return nil, false
		}
		s.space()
		from := s.at
		s.value()
		if s.failed || len(name) == 0 {
			return nil, false
		}
		members = appendMember(members, member{name: known(name), raw: body[from:s.at]})
		if s.next('}') {
			s.space()
			return members, s.at == len(body)
		}
		if !s.next(',') {
			return nil, false
		}
	}
}

// appendMember appends a member, or gives one of the same name the later value.
func appendMember(members []member, m member) []member {
	for i := range members {
		if members[i].name == m.name {
			members[i].raw = m.raw
			return members
		}
	}
	return append(members, m)
}

// known returns the text of a quoted name; for those of the contract without making a copy.
func known(quoted []byte) string {
	for _, name := range [...]string{MemberIDs, MemberSessionID, MemberTS, MemberHash, MemberNonce, MemberOrder} {
		if string(quoted[1:len(quoted)-1]) == name {
			return name
		}
	}
	return string(quoted[1 : len(quoted)-1])
}

// scanner steps through a text. Once it has failed it stays where it is.
type scanner struct {
	in     []byte
	at     int
	failed bool
}

func (s *scanner) space() {
	for s.at < len(s.in) && (s.in[s.at] == ' ' || s.in[s.at] == '\n' || s.in[s.at] == '\t' || s.in[s.at] == '\r') {
		s.at++
	}
}

// next skips white space and then c, if it is there.
func (s *scanner) next(c byte) bool {
	s.space()
	if s.failed || s.at >= len(s.in) || s.in[s.at] != c {
		return false
	}
	s.at++
	return true
}

// value steps over a string, a whole number, or an array of those.
func (s *scanner) value() {
	if !s.next('[') {
		s.scalar()
		return
	}
	if s.next(']') {
		return
	}
	for !s.failed {
		s.space()
		s.scalar()
		if s.next(']') {
			return
		}
		s.failed = s.failed || !s.next(',')
	}
}

func (s *scanner) scalar() {
	if s.at < len(s.in) && s.in[s.at] == '"' {
		s.text()
		return
	}
	from := s.at
	for s.at < len(s.in) && s.in[s.at] >= '0' && s.in[s.at] <= '9' {
		s.at++
	}
	if s.at == from || s.in[from] == '0' && s.at > from+1 {
		s.failed = true
	}
}

// text steps over a string without escapes and returns it with its quotation marks.
func (s *scanner) text() []byte {
	if !s.next('"') {
		s.failed = true
		return nil
	}
	from := s.at - 1
	for ; s.at < len(s.in); s.at++ {
		switch c := s.in[s.at]; {
		case c == '"':
			s.at++
			return s.in[from:s.at]
		case c == '\\' || c < ' ':
			s.failed = true
			return nil
		}
	}
	s.failed = true
	return nil
}
