package h1

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// socket is a TCP connection that writes late: Write only keeps the bytes, and the next Read sends them once it is
// ready to wait for the answer. The runtime's poller is armed before the bytes leave, so that an answer is never missed,
// and the read that would find nothing yet is saved; under TLS the last words of a handshake travel with the request.
// It is for one goroutine at a time.
type socket struct {
	tcp  *net.TCPConn
	raw  syscall.RawConn
	step func(fd uintptr) bool // turn or look, made once

	out    []byte // to be sent by the next Read; its memory is lent by a desk
	into   []byte
	n      int
	err    error
	sent   int64 // bytes handed to the kernel so far
	now    bool  // Read does not wait
	spoken bool  // something has been sent: a server that speaks first, or out of turn, does so at the beginning
	mode   mode
	behind chan error // a goroutine that sends what the kernel's buffer had no room for
}

// mode says what the next turn is for.
type mode uint8

const (
	talk mode = iota // send what is to be sent, then read
	look             // see whether there is anything to read, and take nothing
)

func newSocket(tcp *net.TCPConn) (*socket, error) {
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil, err
	}
	s := &socket{tcp: tcp, raw: raw}
	s.step = s.turn
	return s, nil
}

// Write keeps b for the next Read.
func (s *socket) Write(b []byte) (int, error) {
	s.out = append(s.out, b...)
	return len(b), nil
}

// Read sends what was written and waits for an answer.
func (s *socket) Read(b []byte) (int, error) {
	if s.behind != nil && len(s.out) > 0 {
		s.catchUp()
	}
	s.into, s.n, s.err = b, 0, nil
	err := s.raw.Read(s.step)
	s.into = nil
	if err != nil {
		return 0, err
	}
	return s.n, s.err
}

// turn is called by the poller: at once, and again whenever there may be something to read. It says whether it is done.
func (s *socket) turn(fd uintptr) bool {
	if s.mode == look {
		s.look(fd)
		return true
	}
	if len(s.out) > 0 && s.behind == nil {
		if done := s.send(fd); done || s.spoken && s.behind == nil {
			return done || s.now && s.blocked()
		}
		s.spoken = true // an answer may have been there before the poller was armed: look once without waiting
	}
	n, errno := read(fd, s.into)
	switch {
	case errno == syscall.EAGAIN && !s.now:
		return false
	case errno != 0:
		s.err = opError("read", errno)
	case n == 0 && len(s.into) > 0:
		s.err = io.EOF
	}
	s.n = n
	return true
}

// send writes what there is to write. What the kernel has no room for is sent beside the reading: should that fail,
// there may be an answer to what did arrive, and reading will tell. It says whether that was all for this turn.
func (s *socket) send(fd uintptr) bool {
	n, errno := write(fd, s.out)
	s.sent += int64(n)
	rest := s.out[n:]
	s.out = s.out[:0]
	switch {
	case errno == syscall.EAGAIN || errno == 0 && len(rest) > 0:
		s.spill(rest)
	case errno != 0:
		s.err = opError("write", errno)
		return true
	}
	return false
}

// blocked makes a Read that must not wait end as one that would have.
func (s *socket) blocked() bool {
	s.err = opError("read", syscall.EAGAIN)
	return true
}

// spill has a goroutine send rest, so that an answer that comes before the request is whole can be read meanwhile.
func (s *socket) spill(rest []byte) {
	rest = append([]byte(nil), rest...)
	s.behind = make(chan error, 1)
	go func() {
		_, err := s.tcp.Write(rest)
		s.behind <- err
	}()
}

// catchUp waits for what is still being sent; the socket's deadline bounds it. Whether it failed, reading will tell.
func (s *socket) catchUp() {
	<-s.behind //nolint:errcheck // reading will tell
	s.behind = nil
}

// settled says whether all that was written has been sent.
func (s *socket) settled() bool {
	if s.behind == nil {
		return len(s.out) == 0
	}
	select {
	case err := <-s.behind:
		s.behind = nil
		return err == nil
	default:
		return false
	}
}

// peek says whether there is something to read, or returns why there never will be.
func (s *socket) peek() (bool, error) {
	s.mode, s.n, s.err = look, 0, nil
	err := s.raw.Read(s.step)
	s.mode = talk
	return s.n > 0, errors.Join(err, s.err)
}

func (s *socket) look(fd uintptr) {
	var one [1]byte
	n, errno := peek(fd, one[:])
	switch {
	case errno == syscall.EAGAIN:
	case errno != 0:
		s.err = opError("read", errno)
	case n == 0:
		s.err = io.EOF
	}
	s.n = n
}

// Close sends what is still to be sent and closes the connection.
func (s *socket) Close() error {
	if len(s.out) > 0 && s.behind == nil {
		_, _ = s.tcp.Write(s.out) // the last words of TLS; a peer that is gone does not miss them
	}
	s.out = nil
	err := s.tcp.Close()
	if s.behind != nil {
		s.catchUp()
	}
	return err
}

// LocalAddr, RemoteAddr and the deadlines make a socket a net.Conn for TLS. The deadlines are the conn's affair.
func (s *socket) LocalAddr() net.Addr              { return s.tcp.LocalAddr() }
func (s *socket) RemoteAddr() net.Addr             { return s.tcp.RemoteAddr() }
func (s *socket) SetDeadline(time.Time) error      { return nil }
func (s *socket) SetReadDeadline(time.Time) error  { return nil }
func (s *socket) SetWriteDeadline(time.Time) error { return nil }

func opError(op string, errno syscall.Errno) error {
	return &net.OpError{Op: op, Net: "tcp", Err: os.NewSyscallError(op, errno)}
}

func wouldBlock(err error) bool { return errors.Is(err, syscall.EAGAIN) }
