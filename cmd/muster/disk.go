package main

import (
	"errors"
	"fmt"
	"syscall"
)

// disk is an error of the place that a run is written to: not the user's command, nor muster, but still no run.
func disk(err error, dir string) error {
	for _, full := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG, syscall.EROFS, syscall.EIO} {
		if errors.Is(err, full) {
			return &codedError{code: exitFault, err: err, hint: fmt.Sprintf(
				"make room, or name another disk with --out; what was recorded until then is kept: muster report %s", dir)}
		}
	}
	return err
}
