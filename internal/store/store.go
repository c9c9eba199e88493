// Package store keeps exported files: in a folder, or in a store that speaks the protocol of Amazon S3.
//
// A place to keep them flows in as text, a Store flows out; then objects by name flow to where they belong. The package
// imports nothing of the project.
package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Store keeps whole objects by name.
type Store interface {
	// Put stores an object in place of any earlier one of this name.
	Put(ctx context.Context, name string, data []byte) error
}

// Open returns the store at a place: a folder, which is made when it is not there, or s3://BUCKET/PREFIX. Of an
// S3-compatible store ?endpoint=URL and &region=NAME say where it is; credentials, and what is not said, come from the
// default chain of AWS. What could not be used later is an error now.
func Open(ctx context.Context, place string) (Store, error) {
	switch {
	case strings.HasPrefix(place, "s3://"):
		return openBucket(ctx, place)
	case place == "", strings.Contains(place, "://"):
		return nil, fmt.Errorf("export to %q: want a folder or s3://BUCKET/PREFIX", place)
	}
	if err := os.MkdirAll(place, 0o755); err != nil {
		return nil, fmt.Errorf("export to %q: %w", place, err)
	}
	return folder(place), nil
}

// folder keeps objects as files.
type folder string

// Put writes a file whole or not at all.
func (f folder) Put(_ context.Context, name string, data []byte) (err error) {
	part, err := os.CreateTemp(string(f), ".part-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(part.Name()) // the reason of the failure says more
		}
	}()
	_, err = part.Write(data)
	if closed := part.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(part.Name(), 0o644)
	}
	if err != nil {
		return err
	}
	return os.Rename(part.Name(), filepath.Join(string(f), filepath.Base(name)))
}
