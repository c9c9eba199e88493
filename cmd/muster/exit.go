package main

import (
	"errors"
	"fmt"
)

// The exit codes, one table for all verbs.
const (
	exitOK          = 0   // conformant or passed
	exitFailed      = 1   // a MUST failed, a threshold failed, or something acknowledged was lost
	exitUsage       = 2   // usage or configuration, including: nothing selected
	exitInvalid     = 3   // inconclusive, target unreachable, or the generator was the limit
	exitDrift       = 4   // the known-failing list drifted
	exitFault       = 5   // muster's own fault
	exitInterrupted = 130 // partial results are kept and say so
)

// codedError carries the code to exit with. A nil err is a verdict that has been printed already.
type codedError struct {
	code int
	err  error
	hint string
}

func (e *codedError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *codedError) Unwrap() error { return e.err }

// usage marks err as the user's to mend.
func usage(err error, hint string, args ...any) error {
	return &codedError{code: exitUsage, err: err, hint: fmt.Sprintf(hint, args...)}
}

// unreachable marks err as a target that could not be judged.
func unreachable(err error, hint string, args ...any) error {
	return &codedError{code: exitInvalid, err: err, hint: fmt.Sprintf(hint, args...)}
}

// neverBegan says whether err is about a target that could not be reached, so that no run began.
func neverBegan(err error) bool {
	var coded *codedError
	return errors.As(err, &coded) && coded.code == exitInvalid && coded.err != nil
}

// verdict returns the error that makes the process exit with code, silently.
func verdict(code int) error {
	if code == exitOK {
		return nil
	}
	return &codedError{code: code}
}
