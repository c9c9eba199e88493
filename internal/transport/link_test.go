package transport

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestLinkErrors(t *testing.T) {
	dial := func(e error) error {
		return fmt.Errorf("send: %w", &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", e)})
	}
	for _, tc := range []struct {
		err               error
		exhausted, broken bool
	}{
		{dial(syscall.EMFILE), true, true},
		{dial(syscall.EADDRNOTAVAIL), true, true},
		{dial(syscall.EADDRINUSE), true, true},
		{dial(syscall.ECONNREFUSED), false, true},
		{fmt.Errorf("read: %w", io.EOF), false, true},
		{io.ErrUnexpectedEOF, false, true},
		{net.ErrClosed, false, true},
		{errors.New("malformed answer"), false, false},
	} {
		if got := Exhausted(tc.err); got != tc.exhausted {
			t.Errorf("Exhausted(%v) is %v", tc.err, got)
		}
		if got := Broken(tc.err); got != tc.broken {
			t.Errorf("Broken(%v) is %v", tc.err, got)
		}
	}
}

func TestOneLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.StringN(0, 2*detailLimit, -1).Draw(t, "text")
		out := OneLine(in)
		if strings.ContainsAny(out, "\r\n\t") || len(out) > detailLimit+len("...") || !utf8.ValidString(out) {
			t.Errorf("OneLine(%q) is %q", in, out)
		}
	})
}
