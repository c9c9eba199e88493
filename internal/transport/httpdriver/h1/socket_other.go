//go:build !linux

package h1

import "net"

// socket is a TCP connection that writes late: Write only keeps the bytes, and the next Read sends them, so that the
// last words of a TLS handshake travel with the request. It is for one goroutine at a time.
type socket struct {
	net.Conn
	tcp  *net.TCPConn
	out  []byte // to be sent by the next Read; its memory is lent by a desk
	sent int64  // bytes handed to the kernel so far
	now  bool   // Read does not wait; without effect here
}

func newSocket(tcp *net.TCPConn) (*socket, error) { return &socket{Conn: tcp, tcp: tcp}, nil }

// Write keeps b for the next Read.
func (s *socket) Write(b []byte) (int, error) {
	s.out = append(s.out, b...)
	return len(b), nil
}

// Read sends what was written and waits for an answer.
func (s *socket) Read(b []byte) (int, error) {
	if err := s.flush(); err != nil {
		return 0, err
	}
	return s.tcp.Read(b)
}

func (s *socket) flush() error {
	if len(s.out) == 0 {
		return nil
	}
	n, err := s.tcp.Write(s.out)
	s.sent += int64(n)
	s.out = s.out[:0]
	return err
}

// settled says whether all that was written has been sent.
func (s *socket) settled() bool { return len(s.out) == 0 }

// peek cannot look into a socket without waiting here: a connection that the server has closed is found out by use.
func (s *socket) peek() (bool, error) { return false, nil }

// Close sends what is still to be sent and closes the connection.
func (s *socket) Close() error {
	_ = s.flush() // the last words of TLS; a peer that is gone does not miss them
	return s.tcp.Close()
}

func wouldBlock(error) bool { return false }
