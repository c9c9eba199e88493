package record

import (
	"errors"
	"os"
	"syscall"
	"testing"
)

func TestTheReserveIsSpentOnAFullDisk(t *testing.T) {
	for _, c := range []struct {
		name  string
		full  error
		tries int
		held  bool
	}{
		{"no space", syscall.ENOSPC, 2, false},
		{"no quota", syscall.EDQUOT, 2, false},
		{"another error", os.ErrPermission, 1, true},
	} {
		var r reserve
		r.take(t.TempDir())
		tries := 0
		err := r.spend(func() error {
			if tries++; r.held != nil {
				return &os.PathError{Op: "write", Path: "x", Err: c.full}
			}
			return nil
		})
		if tries != c.tries || (r.held != nil) != c.held || c.held != errors.Is(err, c.full) {
			t.Errorf("%s: %v after %d tries, reserve held: %v; want %d tries, %v", c.name, err, tries, r.held != nil, c.tries, c.held)
		}
		r.close()
	}
}

func TestTheReserveHasNoName(t *testing.T) {
	dir := t.TempDir()
	var r reserve
	r.take(dir)
	defer r.close()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 || r.held == nil {
		t.Errorf("%v in the directory (%v), held: %v; want nothing, and the space", left, err, r.held != nil)
	}
	if info, err := r.held.Stat(); err != nil || info.Size() != reserveBytes {
		t.Errorf("%v bytes (%v), want %d", info.Size(), err, reserveBytes)
	}
}

func TestWithoutAReserveWhatFailsFails(t *testing.T) {
	var r reserve
	r.take(t.TempDir() + "/nowhere")
	if err := r.spend(func() error { return syscall.ENOSPC }); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v, want the error of a full disk", err)
	}
}
