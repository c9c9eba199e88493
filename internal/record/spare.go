package record

import (
	"errors"
	"os"
	"syscall"
)

// mostSpares is how many descriptors a Writer holds back: one for each of its files.
const mostSpares = 8

// spares are descriptors that are held back, so that a process which ran out of them can still write down that it did.
// Not safe for concurrent use.
type spares struct {
	path string // of something that can be opened
	held []*os.File
}

// fill takes as many as there are to be had.
func (s *spares) fill() {
	for len(s.held) < mostSpares {
		f, err := os.Open(s.path)
		if err != nil {
			return // those that are there have to do
		}
		s.held = append(s.held, f)
	}
}

// spend does something that needs a descriptor, and gives up spares for it while there is none.
func (s *spares) spend(do func() error) error {
	err := do()
	for (errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)) && len(s.held) > 0 {
		last := len(s.held) - 1
		_ = s.held[last].Close() // nothing was written to it
		s.held = s.held[:last]
		err = do()
	}
	return err
}

func (s *spares) close() {
	for _, f := range s.held {
		_ = f.Close() // likewise
	}
	s.held = nil
}
