package strict

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// MaxBytes bounds a file.
const MaxBytes = 1 << 20

// ReadFile reads the file at path, at most one byte more than MaxBytes, so that Decode can refuse what is too large.
// An error is one line such as "read scenario launch.yaml: no such file or directory"; kind is its second word.
func ReadFile(kind, path string) ([]byte, error) {
	data, err := ReadUpTo(path, MaxBytes+1)
	if err != nil {
		return nil, fmt.Errorf("read %s %s: %w", kind, path, Reason(err))
	}
	return data, nil
}

// ReadUpTo reads the first limit bytes of the file at path, or all of it when it is shorter.
func ReadUpTo(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, limit))
	return data, errors.Join(err, file.Close())
}

// Reason strips an error of the file system down to what went wrong: whoever prints it has named the file already.
func Reason(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
