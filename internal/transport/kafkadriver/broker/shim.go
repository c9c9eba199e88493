package broker

import (
	"net"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// lastWord bounds how long a client that is refused may take to hear so.
const lastWord = time.Second

// shim stands between the broker and one client from outside, and sets right the few answers that the broker gives
// otherwise than a genuine one: see amend, and Close.
//
// The broker takes one request at a time, reads at most one ahead, and gives each answer in one Write.
type shim struct {
	net.Conn // what the broker would talk to without it

	stopping <-chan struct{} // closed when the whole listener is closing
	entry    *entry          // what the gate thinks of this connection

	mu    sync.Mutex // guards all below; the broker reads and writes in two goroutines
	calls []call     // read, not answered yet, and perhaps to be amended; oldest first, and few since the broker reads one ahead
	gone  bool       // the client hung up, or was cut off
}

// newShim wraps a connection whose bytes are decrypted already, and guards the broker against what is not Kafka.
func newShim(conn net.Conn, stopping <-chan struct{}, e *entry) *shim {
	s := &shim{stopping: stopping, entry: e}
	s.Conn = newFramed(conn, s.note)
	return s
}

// note hears of every request before the broker does, and may end the connection by an error.
func (s *shim) note(c call) error {
	if err := s.entry.request(c); err != nil || !c.amended() {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, c)
	return nil
}

// Read reads what the client says.
func (s *shim) Read(p []byte) (int, error) {
	n, err := s.Conn.Read(p)
	if err != nil {
		s.mu.Lock()
		s.gone = true
		s.mu.Unlock()
	}
	return n, err
}

// Write passes an answer on, amended if need be.
func (s *shim) Write(frame []byte) (int, error) {
	out := frame
	if c, ok := s.answered(frame); ok {
		out = amend(c, frame)
	}
	if _, err := s.Conn.Write(out); err != nil {
		return 0, err
	}
	return len(frame), nil
}

// answered returns the call that the frame is the answer to, if it is one that may have to be amended.
func (s *shim) answered(frame []byte) (call, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, ok := correlation(frame)
	if !ok || len(s.calls) == 0 || s.calls[0].id != id {
		return call{}, false
	}
	c := s.calls[0]
	s.calls = s.calls[1:]
	return c, true
}

// Close closes the connection. The broker closes it on credentials that it refuses, without a word to the client, who
// could only guess that it was not the network: so that word comes first.
func (s *shim) Close() error {
	if last := s.refused(); last != nil {
		_ = s.SetWriteDeadline(time.Now().Add(lastWord))
		_, _ = s.Conn.Write(last) // a client who has gone by now needs no word
	}
	return s.Conn.Close()
}

// refused returns the answer to the request at whose authentication the broker gave up, or nil when it closes the
// connection for another reason.
func (s *shim) refused() []byte {
	select {
	case <-s.stopping:
		return nil
	default:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone || len(s.calls) == 0 {
		return nil
	}
	return refusal(s.calls[0])
}

// onlyMechanism turns down every mechanism but the one that there is, and PLAIN where it is offered. The broker itself
// would go along with some that nobody can have credentials for.
func onlyMechanism(keep func(), plain bool) func(kmsg.Request) (kmsg.Response, error, bool) {
	return func(req kmsg.Request) (kmsg.Response, error, bool) {
		asked, ok := req.(*kmsg.SASLHandshakeRequest)
		if !ok || asked.Mechanism == mechanism || plain && asked.Mechanism == mechanismPlain || asked.Version != 1 {
			return nil, nil, false
		}
		keep()
		return unsupported(asked), nil, true
	}
}
