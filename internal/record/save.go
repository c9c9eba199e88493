package record

import (
	"errors"
	"fmt"
)

// framesAtOnce is how many frames are written together.
const framesAtOnce = 64

// Save writes a run that was merged as a run directory of its own: one frame for each second and operation, and everything
// else as it is, but for samples and insights. What could not be read is named in its manifest.
func (r *Run) Save(dir string) (err error) {
	w, err := Create(dir, r.Manifest)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	m := r.Manifest
	m.Problems = append(m.Problems, r.Problems...)
	unmerged, err := r.saveFrames(w)
	m.Problems = append(m.Problems, unmerged...)
	errs := []error{err}
	for _, file := range []struct {
		name  string
		lines []encoded
	}{{LinksFile, r.links}, {HealthFile, r.health}} {
		for _, e := range file.lines {
			errs = append(errs, w.append(file.name, append(e.line[:len(e.line):len(e.line)], '\n')))
		}
	}
	for _, f := range r.Failures {
		errs = append(errs, w.Failure(f))
	}
	if r.Ledger != nil {
		errs = append(errs, w.Ledger(*r.Ledger))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("save run: %w", err)
	}
	return w.Manifest(m)
}

// saveFrames writes the merged frames, and returns what could not be merged.
func (r *Run) saveFrames(w *Writer) ([]Problem, error) {
	var problems []Problem
	var frames []*Frame
	for f, err := range r.Frames() {
		if err != nil {
			problems = append(problems, Problem{File: FramesFile, Text: err.Error()})
			continue
		}
		if frames = append(frames, f); len(frames) == framesAtOnce {
			if err := w.Frames(frames); err != nil {
				return problems, err
			}
			frames = frames[:0]
		}
	}
	return problems, w.Frames(frames)
}
