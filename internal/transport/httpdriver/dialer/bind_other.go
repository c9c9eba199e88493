//go:build !linux

package dialer

import (
	"errors"
	"syscall"
)

const canBindWithoutPort = false

// bindWithoutPort is never called: New refuses sources here.
func bindWithoutPort(_, _ string, _ syscall.RawConn) error { return errors.ErrUnsupported }
