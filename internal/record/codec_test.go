package record

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// codec is how one kind of line is written and read, and when two are the same.
type codec[T any] struct {
	encode func(T) ([]byte, error)
	decode func([]byte) (T, error)
	same   func(a, b T) bool
}

var (
	frameCodec = codec[*Frame]{EncodeFrame, DecodeFrame, sameFrame}
	linksCodec = codec[*Links]{EncodeLinks, DecodeLinks, sameLinks}
)

// survives writes whatever is drawn and reads it again.
func (c codec[T]) survives(t *testing.T, drawn func(t *rapid.T) T) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		want := drawn(t)
		line, err := c.encode(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.decode(line)
		if err != nil {
			t.Fatal(err)
		}
		if !c.same(got, want) {
			t.Errorf("read\n%+v, wrote\n%+v", got, want)
		}
	})
}

// fuzz holds the decoder to what it must do whatever a line holds: it neither panics nor accepts what could not be written
// again.
func (c codec[T]) fuzz(f *testing.F) {
	f.Helper()
	f.Fuzz(func(t *testing.T, line []byte) {
		first, err := c.decode(line)
		if err != nil {
			return
		}
		again, err := c.encode(first)
		if err != nil {
			t.Fatalf("accepted what cannot be written: %v", err)
		}
		second, err := c.decode(again)
		if err != nil || !c.same(first, second) {
			t.Fatalf("it changed on its way through a file: %v\n%+v\n%+v", err, first, second)
		}
	})
}

// badLine is a line that is refused, and what is said of it.
type badLine struct{ name, line, want string }

// refuses reads lines that are to be refused.
func refuses[T any](t *testing.T, decode func([]byte) (T, error), lines []badLine) {
	t.Helper()
	for _, c := range lines {
		if _, err := decode([]byte(c.line)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.name, err, c.want)
		}
	}
}
