package transport

import (
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
)

// detailLimit bounds the one line that a reply says about itself, in bytes.
const detailLimit = 240

// Exhausted says whether err means that this machine ran out of something (descriptors, ports, memory), so that the
// generator was the limit and not the target.
func Exhausted(err error) bool {
	for _, ours := range []error{syscall.EMFILE, syscall.ENFILE, syscall.EADDRNOTAVAIL, syscall.EADDRINUSE, syscall.ENOBUFS, syscall.ENOMEM} {
		if errors.Is(err, ours) {
			return true
		}
	}
	return false
}

// Broken tells a connection that broke from an answer that made no sense.
func Broken(err error) bool {
	var network net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.As(err, &network)
}

// OneLine makes s fit for Reply.Detail: one line of bounded length.
func OneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > detailLimit {
		s = strings.ToValidUTF8(s[:detailLimit], "") + "..."
	}
	return s
}
