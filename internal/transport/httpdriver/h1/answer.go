package h1

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// answer is what matters of a reply.
type answer struct {
	status int  // 0 until there was one
	again  bool // the connection can carry another message
}

// receive reads one reply from r. What k has received already comes first.
func (k *desk) receive(r io.Reader, head bool) (answer, error) {
	for {
		if k.seen == len(k.input) {
			return k.receiveOdd(r, head)
		}
		n, err := r.Read(k.input[k.seen:])
		k.seen += n
		if err != nil && n == 0 {
			return answer{}, k.cutShort(err)
		}
		switch s, how := parse(k.input[:k.seen]); how {
		case plain:
			if s.length < 0 && !bodyless(s.code, head) {
				return k.receiveOdd(r, head)
			}
			return k.finish(r, s, head)
		case odd:
			return k.receiveOdd(r, head)
		case partial:
		}
	}
}

// cutShort makes an end in the middle of a head one that was not expected.
func (k *desk) cutShort(err error) error {
	if k.seen > 0 && errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// finish reads the body of a plain reply away.
func (k *desk) finish(r io.Reader, s status, head bool) (answer, error) {
	a := answer{status: s.code, again: !s.close}
	var left int64
	if !bodyless(s.code, head) {
		left = s.length
	}
	left -= int64(k.seen - s.size)
	switch {
	case left < 0: // more than was promised
		a.again = false
		return a, nil
	case left > drainLimit:
		left, a.again = drainLimit, false
	}
	for left > 0 {
		n, err := r.Read(k.input[:min(left, int64(len(k.input)))])
		left -= int64(n)
		if err != nil && left > 0 {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return a, err
		}
	}
	return a, nil
}

// receiveOdd has the standard library read the reply, from its first byte on.
func (k *desk) receiveOdd(r io.Reader, head bool) (answer, error) {
	in := &bounded{from: io.MultiReader(bytes.NewReader(k.input[:k.seen]), r), left: headerLimit}
	b := bufio.NewReader(in)
	a, err := readOdd(b, in, head)
	a.again = a.again && b.Buffered() == 0
	return a, err
}
