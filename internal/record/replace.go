package record

import (
	"errors"
	"fmt"
	"os"
)

// Replace writes data to the file at path so that a reader sees either the old content or the new, never a part: into a
// file beside it, flushed to the disk, and renamed. Two calls for one path must not overlap.
func Replace(path string, data []byte) error {
	temporary := path + ".tmp"
	if err := writeThrough(temporary, data); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, reason(err)), removeIfThere(temporary))
	}
	if err := os.Rename(temporary, path); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, reason(err)), removeIfThere(temporary))
	}
	return nil
}

// reason is what the system said, without the temporary file's name: nobody knows it, and the real one is told.
func reason(err error) error {
	var inFile *os.PathError
	var renamed *os.LinkError
	switch {
	case errors.As(err, &inFile):
		return inFile.Err
	case errors.As(err, &renamed):
		return renamed.Err
	default:
		return err
	}
}

func writeThrough(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
