package broker

import (
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

const (
	handshakeRecord  = 0x16 // the first byte of every TLS connection (RFC 8446, section 5.1)
	handshakeTimeout = 10 * time.Second
	maxRequestBytes  = 100 << 20 // what brokers allow by default (socket.request.max.bytes)
)

// sniffed is a connection that speaks TLS when its first byte says so and plaintext otherwise. It decides at the first
// Read, because a server reads first; the decision takes place in the goroutine of that connection, so a client that
// says nothing holds up nobody else.
type sniffed struct {
	net.Conn // the raw connection
	tls      *tls.Config
	plain    func() error // asked about a connection without TLS; an error ends it

	once   sync.Once
	chosen net.Conn
	err    error
}

// Read reads what the client says, decrypted if it was encrypted.
func (s *sniffed) Read(p []byte) (int, error) {
	s.once.Do(s.choose)
	if s.err != nil {
		return 0, s.err
	}
	return s.chosen.Read(p)
}

// Write answers in the manner that was chosen.
func (s *sniffed) Write(p []byte) (int, error) {
	s.once.Do(s.choose)
	if s.err != nil {
		return 0, s.err
	}
	return s.chosen.Write(p)
}

func (s *sniffed) choose() {
	first := make([]byte, 1)
	if s.err = s.SetReadDeadline(time.Now().Add(handshakeTimeout)); s.err != nil {
		return
	}
	if _, s.err = io.ReadFull(s.Conn, first); s.err != nil {
		return
	}
	if s.err = s.SetReadDeadline(time.Time{}); s.err != nil {
		return
	}
	s.chosen = &pushedBack{Conn: s.Conn, first: first}
	if first[0] == handshakeRecord {
		s.chosen = tls.Server(s.chosen, s.tls)
		return
	}
	s.err = s.plain()
}

// pushedBack is a connection whose first bytes were already read and are given again.
type pushedBack struct {
	net.Conn
	first []byte
}

// Read gives the bytes that were pushed back, then those of the connection.
func (p *pushedBack) Read(b []byte) (int, error) {
	if len(p.first) == 0 {
		return p.Conn.Read(b)
	}
	n := copy(b, p.first)
	p.first = p.first[n:]
	return n, nil
}

// framed ends a connection whose bytes are not a sequence of Kafka requests. The broker trusts the size and the key at
// the head of each request: it would set aside up to 4 GiB for a size, and does not survive a key without a meaning.
type framed struct {
	net.Conn
	note func(call) error  // hears of each request when its head was read, before its bytes are passed on; an error ends it
	head [requestHead]byte // of the request that is being read
	have int               // how much of head was read
	left int               // bytes of the request that follow head
}

func newFramed(c net.Conn, note func(call) error) net.Conn { return &framed{Conn: c, note: note} }

// Read reads, and fails at the first request that no broker could serve.
func (f *framed) Read(p []byte) (int, error) {
	n, err := f.Conn.Read(p)
	if bad := f.check(p[:n]); bad != nil {
		return 0, bad
	}
	return n, err
}

// check follows the bytes of the stream from request to request.
func (f *framed) check(b []byte) error {
	for len(b) > 0 {
		if f.have == len(f.head) {
			skip := min(f.left, len(b))
			f.left, b = f.left-skip, b[skip:]
			if f.left == 0 {
				f.have = 0
			}
			continue
		}
		n := copy(f.head[f.have:], b)
		f.have, b = f.have+n, b[n:]
		if err := f.judge(); err != nil {
			return err
		}
	}
	return nil
}

// judge looks at as much of the head as there is.
func (f *framed) judge() error {
	if f.have < 4 {
		return nil
	}
	size := binary.BigEndian.Uint32(f.head[:4])
	if size < requestHead-4 || size > maxRequestBytes {
		return fmt.Errorf("read kafka request: %d bytes announced, want %d to %d", size, requestHead-4, maxRequestBytes)
	}
	if f.have < 6 {
		return nil
	}
	if key := int16(binary.BigEndian.Uint16(f.head[4:])); kmsg.RequestForKey(key) == nil {
		return fmt.Errorf("read kafka request: key %d is unknown", key)
	}
	if f.have == len(f.head) {
		f.left = int(size) - (requestHead - 4)
		return f.note(readCall(f.head))
	}
	return nil
}
