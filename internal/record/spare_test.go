package record

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
)

func TestSparesAreSpentWhileThereIsNoDescriptor(t *testing.T) {
	s := &spares{path: t.TempDir()}
	s.fill()
	tries := 0
	err := s.spend(func() error {
		if tries++; tries < 4 {
			return &os.PathError{Op: "open", Path: "x", Err: syscall.EMFILE}
		}
		return nil
	})
	if err != nil || tries != 4 || len(s.held) != mostSpares-3 {
		t.Errorf("%v after %d tries, %d spares left; want success for three of %d", err, tries, len(s.held), mostSpares)
	}
	if err := s.spend(func() error { return fmt.Errorf("open: %w", syscall.EMFILE) }); !errors.Is(err, syscall.EMFILE) || len(s.held) != 0 {
		t.Errorf("%v with %d spares left, want the error when all are spent", err, len(s.held))
	}
	s.fill()
	if err := s.spend(func() error { return os.ErrPermission }); !errors.Is(err, os.ErrPermission) || len(s.held) != mostSpares {
		t.Errorf("%v with %d spares left, want none spent on another error", err, len(s.held))
	}
	s.close()
}
