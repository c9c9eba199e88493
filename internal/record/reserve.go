package record

import (
	"errors"
	"os"
	"syscall"
)

// reserveBytes is how much of the disk a Writer holds back: more than the manifest, the ledger and the insights take.
const reserveBytes = 256 << 10

// reserve is space on the disk that is held back, so that a run which filled the disk can still write down how it ended.
// It is a file without a name, which the operating system frees when the process dies, however that happens. Not safe for
// concurrent use.
type reserve struct {
	held *os.File // nil when there is none
}

// take holds the space in dir, if it can be had: without it everything works but the last word on a full disk.
func (r *reserve) take(dir string) {
	f, err := os.CreateTemp(dir, ".reserve-*")
	if err != nil {
		return
	}
	_, err = f.Write(make([]byte, reserveBytes))
	if errors.Join(err, os.Remove(f.Name())) != nil {
		_ = f.Close()           // nothing in it is needed
		_ = os.Remove(f.Name()) // where an open file keeps its name
		return
	}
	r.held = f
}

// spend does something that needs space, and gives up the reserve for it when there is none.
func (r *reserve) spend(do func() error) error {
	err := do()
	if r.held != nil && (errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)) {
		r.close()
		err = do()
	}
	return err
}

func (r *reserve) close() {
	if r.held != nil {
		_ = r.held.Close() // nothing in it is needed
		r.held = nil
	}
}
