package conformance

import (
	"encoding/base64"
	"encoding/hex"
	"iter"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// view is a text, or what a part of it says when it is decoded.
type view struct {
	text   []byte
	source func(from, to int) (int, int) // the stretch of the text that the bytes from..to were decoded from
}

// views yields text as it is and every way in which a part of it can be read that could hide a secret.
func views(text string) iter.Seq[view] {
	return func(yield func(view) bool) {
		for _, v := range readings(text) {
			if !yield(v) {
				return
			}
			for from, to := range runs(v.text) {
				for _, e := range encoded(v, from, to) {
					if !yield(e) {
						return
					}
				}
			}
		}
	}
}

// readings returns text as it is and with escapes undone; those with a backslash twice, as of JSON within a quoted string.
func readings(text string) []view {
	plain := view{[]byte(text), func(from, to int) (int, int) { return from, to }}
	all := []view{plain}
	if strings.Contains(text, "%") {
		all = append(all, unescaped(plain, percent))
	}
	if strings.Contains(text, "+") {
		all = append(all, unescaped(plain, form))
	}
	if strings.Contains(text, `\`) {
		once := unescaped(plain, backslash)
		all = append(all, once, unescaped(once, backslash))
	}
	return all
}

// unescaped is the view of v with its escapes undone. decode returns what an escape at the beginning of its argument
// stands for and how long the escape is; 0 when there is none.
func unescaped(v view, decode func([]byte) ([]byte, int)) view {
	out, starts := make([]byte, 0, len(v.text)), make([]int, 0, len(v.text)+1)
	for at := 0; at < len(v.text); {
		decoded, n := decode(v.text[at:])
		if n == 0 {
			decoded, n = v.text[at:at+1], 1
		}
		for range decoded {
			starts = append(starts, at)
		}
		out, at = append(out, decoded...), at+n
	}
	starts = append(starts, len(v.text))
	return view{out, func(from, to int) (int, int) {
		end := starts[to]
		for i := to; end == starts[to-1]; i++ { // it ends within what one escape stands for
			end = starts[i]
		}
		return v.source(starts[from], end)
	}}
}

// percent undoes an escape of URLs.
func percent(s []byte) ([]byte, int) {
	if s[0] != '%' {
		return nil, 0
	}
	return hexByte(s, 1)
}

// form undoes an escape of forms and queries, where a plus is a space.
func form(s []byte) ([]byte, int) {
	if s[0] == '+' {
		return []byte{' '}, 1
	}
	return percent(s)
}

// hexByte returns the byte whose two digits follow the mark of an escape, and the length of both.
func hexByte(s []byte, mark int) ([]byte, int) {
	if len(s) < mark+2 {
		return nil, 0
	}
	b, err := hex.DecodeString(string(s[mark : mark+2]))
	if err != nil {
		return nil, 0
	}
	return b, mark + 2
}

// backslash undoes an escape of JSON and of Go strings.
func backslash(s []byte) ([]byte, int) {
	if s[0] != '\\' || len(s) < 2 {
		return nil, 0
	}
	switch s[1] {
	case 'u':
		return unicodeEscape(s)
	case 'x':
		return hexByte(s, 2)
	}
	if i := strings.IndexByte(`abfnrtv`, s[1]); i >= 0 {
		return []byte{"\a\b\f\n\r\t\v"[i]}, 2
	}
	return []byte{s[1]}, 2 // itself, as for quotes, slashes and the backslash
}

// unicodeEscape undoes \uXXXX, and a pair of them that stands for one character.
func unicodeEscape(s []byte) ([]byte, int) {
	first, ok := codeUnit(s)
	if !ok {
		return nil, 0
	}
	if second, ok := codeUnit(s[6:]); ok {
		if both := utf16.DecodeRune(first, second); both != utf8.RuneError {
			return utf8.AppendRune(nil, both), 12
		}
	}
	return utf8.AppendRune(nil, first), 6
}

func codeUnit(s []byte) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s[2:6]), 16, 16)
	return rune(n), err == nil
}

// runs yields the stretches of text that could be base64 or hex of prefixLen bytes at least.
func runs(text []byte) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for at := 0; at < len(text); {
			from := at
			for at < len(text) && inBase64(text[at]) {
				at++
			}
			if at-from > prefixLen && !yield(from, at) {
				return
			}
			at++
		}
	}
}

func inBase64(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '-' || c == '_'
}

// encoded returns what the run from..to of v says in base64 and in hex, whichever character a group begins at.
func encoded(v view, from, to int) []view {
	normal := strings.NewReplacer("-", "+", "_", "/").Replace(string(v.text[from:to]))
	var all []view
	for shift := range 4 {
		whole := normal[shift:]
		if len(whole)%4 == 1 {
			whole = whole[:len(whole)-1]
		}
		out, err := base64.RawStdEncoding.DecodeString(whole)
		if err != nil { // nothing but its alphabet is in it
			continue
		}
		begin := from + shift
		all = append(all, view{out, func(i, j int) (int, int) { return v.source(begin+i*8/6, begin+(j*8+5)/6) }})
	}
	return append(all, hexed(v, from, to)...)
}

// hexed returns what the stretches of hex digits from..to of v say, at either alignment.
func hexed(v view, from, to int) []view {
	var all []view
	for ; from < to; from++ {
		end := from
		for end < to && strings.IndexByte("0123456789abcdefABCDEF", v.text[end]) >= 0 {
			end++
		}
		for begin := from; begin < from+2; begin++ {
			n := (end - begin) / 2
			if n < prefixLen {
				continue
			}
			out, err := hex.DecodeString(string(v.text[begin : begin+2*n]))
			if err != nil { // nothing but digits is in it
				continue
			}
			all = append(all, view{out, func(i, j int) (int, int) { return v.source(begin+2*i, begin+2*j) }})
		}
		from = end
	}
	return all
}
