package h1

import (
	"bytes"
	"net/http"

	"golang.org/x/net/http/httpguts"
)

// understanding is how far the bytes so far are understood.
type understanding uint8

const (
	partial understanding = iota // more bytes are needed
	plain                        // the head is whole and of the plain kind
	odd                          // for the standard library
)

// status is a plain head: a reply by HTTP/1.1 with at most one Content-Length and nothing that changes the framing.
type status struct {
	code   int
	size   int   // bytes of the head
	length int64 // of the body; -1 when the head does not say
	close  bool  // the server closes the connection after it
}

// parse understands the head of a reply, as far as it is plain.
func parse(b []byte) (s status, how understanding) {
	const proto = "HTTP/1.1 "
	n := min(len(b), len(proto))
	if string(b[:n]) != proto[:n] {
		return s, odd
	}
	line, at, how := nextLine(b, 0)
	if how != plain {
		return s, how
	}
	if s.code, how = code(line[len(proto):]); how != plain {
		return s, how
	}
	s.length = -1
	for {
		if line, at, how = nextLine(b, at); how != plain {
			return s, how
		}
		if len(line) == 0 {
			s.size = at
			return s, plain
		}
		if how = s.field(line); how != plain {
			return s, how
		}
	}
}

// nextLine returns the line at offset at, without its end, and where the next one begins.
func nextLine(b []byte, at int) (line []byte, next int, how understanding) {
	end := bytes.IndexByte(b[at:], '\n')
	switch {
	case end < 0:
		return nil, at, partial
	case end == 0 || b[at+end-1] != '\r':
		return nil, at, odd
	}
	return b[at : at+end-1], at + end + 1, plain
}

// code reads the three digits of a final status.
func code(b []byte) (int, understanding) {
	if len(b) < 3 || len(b) > 3 && b[3] != ' ' {
		return 0, odd
	}
	n := 0
	for _, c := range b[:3] {
		if c < '0' || c > '9' {
			return 0, odd
		}
		n = 10*n + int(c-'0')
	}
	if n < 200 {
		return 0, odd
	}
	return n, plain
}

// field takes one header line into account.
func (s *status) field(line []byte) understanding {
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 {
		return odd
	}
	name, value := line[:colon], line[colon+1:]
	if !plainName(name) || !plainBytes(value) {
		return odd
	}
	switch {
	case colon == len("Content-Length") && bytes.EqualFold(name, []byte("Content-Length")):
		n, ok := decimal(bytes.TrimSpace(value))
		if !ok || s.length >= 0 {
			return odd
		}
		s.length = n
	case colon == len("Transfer-Encoding") && bytes.EqualFold(name, []byte("Transfer-Encoding")):
		return odd
	case colon == len("Connection") && bytes.EqualFold(name, []byte("Connection")):
		s.close = s.close || httpguts.HeaderValuesContainsToken([]string{string(value)}, "close")
	}
	return plain
}

func plainName(b []byte) bool {
	for _, c := range b {
		if !httpguts.IsTokenRune(rune(c)) {
			return false
		}
	}
	return true
}

func plainBytes(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// decimal reads a length; one of more than 18 digits is left to the standard library.
func decimal(b []byte) (int64, bool) {
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	var n int64
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	return n, true
}

// bodyless says whether a reply has no body, whatever its header says.
func bodyless(code int, head bool) bool {
	return head || code == http.StatusNoContent || code == http.StatusNotModified
}
