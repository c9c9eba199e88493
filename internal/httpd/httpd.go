// Package httpd makes muster's own HTTP servers end when they are told to.
//
// A server of net/http flows in and leaves with hooks set; nothing else is kept. The package imports the standard library
// alone.
package httpd

import (
	"net"
	"net/http"
	"sync"
)

// Impatient has server.Shutdown close connections that were opened and have said nothing so far. By itself net/http waits
// five seconds for them, although it would answer no request that came by then; and every client that dials ahead of its
// requests leaves some: browsers, and Go's own transport.
//
// It sets server.ConnState and must be called once, before the server serves. The server is then as safe for concurrent
// use as it was.
func Impatient(server *http.Server) {
	s := &silent{conns: map[net.Conn]struct{}{}}
	server.ConnState = s.note
	server.RegisterOnShutdown(s.close)
}

// silent are the connections that have said nothing.
type silent struct {
	mu     sync.Mutex // guards what follows
	conns  map[net.Conn]struct{}
	closed bool // the server is shutting down
}

// note keeps the book of connections.
func (s *silent) note(c net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case state != http.StateNew:
		delete(s.conns, c)
	case s.closed: // taken just before the listener was closed
		_ = c.Close() // it was never used, so that nothing can be lost
	default:
		s.conns[c] = struct{}{}
	}
}

// close closes every silent connection.
func (s *silent) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for c := range s.conns {
		_ = c.Close()
	}
}
