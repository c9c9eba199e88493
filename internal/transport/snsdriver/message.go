package snsdriver

import (
	"unicode/utf8"

	"github.com/passmuster/muster/internal/contract"
)

// sizeOf is the number of bytes that count against the limits of SNS. We send no attributes, which would count as well.
func sizeOf(m *contract.Message) int {
	size := len(m.Body)
	for _, r := range m.Records {
		size += len(r.Value)
	}
	return size
}

// legal tells whether text is made of characters that SNS takes: those of XML 1.0, section 2.2, in valid UTF-8 (A-S9).
func legal(text []byte) bool {
	for i := 0; i < len(text); {
		if c := text[i]; c >= ' ' && c < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && size == 1, r == '\uFFFE', r == '\uFFFF':
			return false
		case r < ' ' && r != '\t' && r != '\n' && r != '\r':
			return false
		}
		i += size
	}
	return true
}

// elements counts the elements of a JSON array: the events of a message (A-S10). It trusts the array to be well-formed,
// and what does not begin as one counts as one element.
func elements(text []byte) int {
	depth, count, quoted, empty := 0, 1, false, true
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted, empty = !quoted, false
		case quoted || c == ' ' || c == '\t' || c == '\n' || c == '\r':
		case c == '[' || c == '{':
			if depth == 0 && c == '{' {
				return 1
			}
			empty = empty && depth == 0
			depth++
		case c == ']' || c == '}':
			depth--
		case c == ',' && depth == 1:
			count++
		default:
			empty = false
		}
	}
	if empty && len(text) > 0 {
		return 0
	}
	return count
}
