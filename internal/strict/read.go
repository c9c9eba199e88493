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
func ReadFile(kind, path string) ([]byte, error) { return ReadUpTo(kind, path, MaxBytes) }

// ReadUpTo is ReadFile with a limit of the caller's.
func ReadUpTo(kind, path string, limit int64) ([]byte, error) {
	data, err := readUpTo(path, limit)
	if err != nil {
		return nil, fmt.Errorf("read %s %s: %w", kind, path, Reason(err))
	}
	return data, nil
}

func readUpTo(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
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
