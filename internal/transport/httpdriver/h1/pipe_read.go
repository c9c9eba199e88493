package h1

import (
	"bufio"
	"net"
	"time"
)

// pipeInput is how many bytes a pipe reads at a time; a head that is longer is left to the standard library.
const pipeInput = 32 << 10

// broken is why a connection ended of which nobody else says why.
type broken string

const (
	errLast    broken = "the server closed the connection after an earlier answer"
	errBehind  broken = "the connection was given up because of an earlier message"
	errUnasked broken = "the server sent what nobody had asked for"
)

func (b broken) Error() string { return string(b) }

// Is makes a broken connection one that broke, as against an answer that makes no sense.
func (broken) Is(target error) bool { return target == net.ErrClosed }

// read settles messages as their answers come, and returns why no more can come.
func (p *pipe) read(c net.Conn) error {
	in := &bounded{from: c}
	b := bufio.NewReaderSize(in, pipeInput)
	for {
		in.left = headerLimit
		if _, err := b.Peek(1); err != nil {
			return err
		}
		q := p.next()
		if q == nil {
			return errUnasked
		}
		a, err := readAnswer(b, in, q.head)
		switch {
		case err != nil && a.status == 0:
			return err
		case err != nil:
			p.pop()
			q.settle(p.owner, q.unanswered(p.owner.driver, err, a.status))
			return errBehind
		}
		p.pop()
		q.settle(p.owner, q.answered(a.status, time.Now()))
		if !a.again {
			return errLast
		}
	}
}

// readAnswer reads one answer. The plain kind is understood here.
func readAnswer(b *bufio.Reader, in *bounded, head bool) (answer, error) {
	for {
		seen, _ := b.Peek(b.Buffered())
		s, how := parse(seen)
		if how == plain && (s.length >= 0 || bodyless(s.code, head)) {
			skip := s.size
			if !bodyless(s.code, head) {
				skip += int(min(s.length, drainLimit))
			}
			in.left = drainLimit
			_, err := b.Discard(skip)
			return answer{status: s.code, again: !s.close && s.length <= drainLimit}, unexpected(err)
		}
		if how != partial || len(seen) == b.Size() {
			return readOdd(b, in, head)
		}
		if _, err := b.Peek(len(seen) + 1); err != nil {
			return answer{}, unexpected(err)
		}
	}
}
