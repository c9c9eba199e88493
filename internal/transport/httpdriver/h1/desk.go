package h1

import (
	"net/http"

	"github.com/passmuster/muster/internal/contract"
)

const (
	deskInput  = 4 << 10  // bytes read at a time; a head that is longer is left to the standard library
	deskOutput = 64 << 10 // bytes of a request whose memory is kept for the next one
)

// desk is the memory that one exchange works on, so that idle connections hold none.
type desk struct {
	request []byte // the rendered request
	sealed  []byte // what the socket is to send
	input   []byte // what it has received
	seen    int    // bytes of input that are filled
}

func newDesk() *desk { return &desk{input: make([]byte, deskInput)} }

// lend gives the connection memory to write to.
func (k *desk) lend(s *socket) {
	if len(s.out) == 0 {
		s.out = k.sealed[:0]
		k.sealed = nil
	}
}

// takeBack ends the loan, unless the connection still has something to send.
func (k *desk) takeBack(s *socket) {
	if len(s.out) == 0 {
		k.sealed = s.out
		s.out = nil
	}
}

// tidy makes the desk ready for the next exchange.
func (k *desk) tidy() *desk {
	if cap(k.request) > deskOutput {
		k.request = nil
	}
	if cap(k.sealed) > deskOutput {
		k.sealed = nil
	}
	k.seen = 0
	return k
}

// isHead says whether answers to m have no body, whatever their headers say.
func isHead(m *contract.Message) bool { return m.Method == http.MethodHead }
