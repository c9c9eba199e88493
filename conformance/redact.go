package conformance

import (
	"cmp"
	"slices"
	"strings"
)

// prefixLen is how many bytes of a secret the matcher indexes. A shorter secret is looked for as a whole word only, and
// not in decoded text: it would be found everywhere by accident.
const prefixLen = 4

// cutLen is how much must be left of a secret that was cut off for it to be taken for one.
const cutLen = 8

// Redactor replaces secrets in text by $NAME. It is built once for any number of secrets, keeps no copy of them in any
// other form, and is safe for concurrent use. The zero value replaces nothing.
//
// A secret of four bytes or more is found as it is, and where it is a part of something written in base64 (either alphabet, at each of the
// three alignments), in hex, with percent escapes or with the escapes of JSON and Go strings.
type Redactor struct {
	long  map[[prefixLen]byte][]secret // by the first bytes, the longest first
	short []secret
}

// secret is a value and the variable that stands for it.
type secret struct{ value, name string }

// span is a stretch of text that gives a secret away.
type span struct {
	from, to int
	name     string
}

// NewRedactor returns a Redactor of secrets, which maps each value to the name of the variable that stands for it, such
// as ACCESS_TOKEN. An empty value is passed over.
func NewRedactor(secrets map[string]string) *Redactor {
	r := &Redactor{long: map[[prefixLen]byte][]secret{}}
	for value, name := range secrets {
		switch {
		case value == "":
		case len(value) < prefixLen:
			r.short = append(r.short, secret{value, name})
		default:
			key := [prefixLen]byte([]byte(value[:prefixLen]))
			r.long[key] = append(r.long[key], secret{value, name})
		}
	}
	longestFirst := func(a, b secret) int {
		return cmp.Or(cmp.Compare(len(b.value), len(a.value)), cmp.Compare(a.value, b.value))
	}
	slices.SortFunc(r.short, longestFirst)
	for _, bucket := range r.long {
		slices.SortFunc(bucket, longestFirst)
	}
	return r
}

// Redact returns text with every secret replaced by $NAME. Nil replaces nothing.
func (r *Redactor) Redact(text string) string {
	return r.rewrite(text, func(part string) string { return part }, func(name string) string { return "$" + name })
}

// rewrite returns text with its harmless parts and the names of its secrets each put through a function.
func (r *Redactor) rewrite(text string, harmless, named func(string) string) string {
	spans := r.spans(text)
	if len(spans) == 0 {
		return harmless(text)
	}
	var b strings.Builder
	at := 0
	for _, s := range spans {
		if s.from > at {
			b.WriteString(harmless(text[at:s.from]))
		}
		b.WriteString(named(s.name))
		at = s.to
	}
	if at < len(text) {
		b.WriteString(harmless(text[at:]))
	}
	return b.String()
}

// spans returns what gives a secret away, in order and apart from each other: of those that overlap one is made, named by
// the longest, so that no rest of any stays.
func (r *Redactor) spans(text string) []span {
	if r == nil || len(r.long)+len(r.short) == 0 {
		return nil
	}
	found := r.shortIn(text)
	for v := range views(text) {
		found = append(found, r.longIn(v)...)
	}
	slices.SortFunc(found, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to), cmp.Compare(a.name, b.name))
	})
	var apart []span
	longest := 0
	for _, s := range found {
		last := len(apart) - 1
		if last < 0 || s.from >= apart[last].to {
			apart, longest = append(apart, s), s.to-s.from
			continue
		}
		if s.to-s.from > longest {
			apart[last].name, longest = s.name, s.to-s.from
		}
		apart[last].to = max(apart[last].to, s.to)
	}
	return apart
}

// longIn returns where the indexed secrets stand in what v shows, as stretches of the text that v is of.
func (r *Redactor) longIn(v view) []span {
	var found []span
	for i := 0; i+prefixLen <= len(v.text); i++ {
		for _, s := range r.long[[prefixLen]byte(v.text[i:i+prefixLen])] {
			if hasPrefix(v.text[i:], s.value) {
				from, to := v.source(i, i+len(s.value))
				found = append(found, span{from, to, s.name})
				break // the longest: the others of the bucket lie within it
			}
			if n := cutOff(v.text[i:], s.value); n > 0 {
				from, to := v.source(i, i+n)
				found = append(found, span{from, to, s.name})
				break
			}
		}
	}
	return found
}

// cutOff returns how many bytes at the beginning of text are the beginning of a secret whose rest was cut away, so that
// the text ends there or has an ellipsis or a closing quote instead; 0 when it is not so, or too little to tell.
func cutOff(text []byte, value string) int {
	n := 0
	for n < len(text) && n < len(value) && text[n] == value[n] {
		n++
	}
	rest := text[n:]
	cut := len(rest) == 0 || hasPrefix(rest, "…") || hasPrefix(rest, "...") || hasPrefix(rest, `"`)
	if n < cutLen || !cut {
		return 0
	}
	return n
}

func hasPrefix(text []byte, prefix string) bool {
	return len(text) >= len(prefix) && string(text[:len(prefix)]) == prefix
}

// shortIn returns where the secrets that are too short for the index stand in text as words of their own: within other
// words such a one is found everywhere, and says nothing.
func (r *Redactor) shortIn(text string) []span {
	var found []span
	for _, s := range r.short {
		for at := 0; ; {
			i := strings.Index(text[at:], s.value)
			if i < 0 {
				break
			}
			from, to := at+i, at+i+len(s.value)
			if (from == 0 || !inWord(text[from-1])) && (to == len(text) || !inWord(text[to])) {
				found = append(found, span{from, to, s.name})
			}
			at = to
		}
	}
	return found
}

func inWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}
