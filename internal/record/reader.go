package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// Run is a run directory as it was read. Frames stay encoded and are decoded one at a time, because a decoded frame takes
// about 80 kB and a long run has a hundred thousand of them. It is safe for concurrent reading.
type Run struct {
	Dir      string
	Manifest Manifest
	Ledger   *Ledger       // nil when there is none
	Insights *InsightsPair // nil when there are none
	Findings []Finding
	Failures []Failure
	Problems []Problem // what could not be read, in the order of the files and lines

	frames []encoded // ordered by second and operation
	links  []encoded // ordered by second and transport
	health []encoded // ordered by second
	track  []encoded // ordered by second
}

// Open reads the run directory dir. It fails only when there is no manifest that it understands; everything else that
// cannot be read is among the Problems.
func Open(dir string) (*Run, error) {
	r := &Run{Dir: dir}
	if err := r.openManifest(); err != nil {
		return nil, err
	}
	r.Problems = slices.Concat(
		r.Manifest.Problems,
		readLines(dir, FramesFile, &r.frames, DecodeFrame, func(f *Frame) (int, string) { return f.Second, f.Operation }),
		readLines(dir, LinksFile, &r.links, DecodeLinks, func(l *Links) (int, string) { return l.Second, l.Transport }),
		readLines(dir, HealthFile, &r.health, DecodeHealth, func(h Health) (int, string) { return h.Second, "" }),
		readLines(dir, TrackFile, &r.track, DecodeInsightsSecond, func(s InsightsSecond) (int, string) { return s.Second, "" }),
	)
	r.Ledger = readWhole(r, LedgerFile, func(l *Ledger) int { return l.Version })
	r.Insights = readWhole(r, InsightsFile, func(p *InsightsPair) int { return p.Version })
	r.Problems = append(r.Problems, eachLine(dir, FindingsFile, into(&r.Findings, func(f *Finding) int { return f.Version }))...)
	r.Problems = append(r.Problems, eachLine(dir, FailuresFile, into(&r.Failures, func(f *Failure) int { return f.Version }))...)
	return r, nil
}

// Frames yields the frames in the order of second and operation, merged so that there is one of each. The consumer owns
// what it gets. An error says that frames could not be merged; the others still follow.
func (r *Run) Frames() iter.Seq2[*Frame, error] {
	return func(yield func(*Frame, error) bool) {
		for i := 0; i < len(r.frames); {
			same := i + 1
			for same < len(r.frames) && r.frames[same].second == r.frames[i].second && r.frames[same].operation == r.frames[i].operation {
				same++
			}
			if !yield(merged(r.frames[i:same])) {
				return
			}
			i = same
		}
	}
}

// Links yields how connections fared, in the order of second and transport, as it was written: several of one second and
// transport stay apart. The consumer owns what it gets.
func (r *Run) Links() iter.Seq2[*Links, error] {
	return decoded(r.links, DecodeLinks)
}

// Health yields how the generator fared, in the order of the seconds. The consumer owns what it gets.
func (r *Run) Health() iter.Seq2[Health, error] {
	return decoded(r.health, DecodeHealth)
}

// Seconds returns how many wall seconds the frames reach, from the beginning of the run.
func (r *Run) Seconds() int {
	if len(r.frames) == 0 {
		return 0
	}
	return r.frames[len(r.frames)-1].second + 1
}

func merged(parts []encoded) (*Frame, error) {
	sum, err := DecodeFrame(parts[0].line)
	for _, p := range parts[1:] {
		if err != nil {
			break
		}
		var f *Frame
		if f, err = DecodeFrame(p.line); err == nil {
			err = sum.Merge(f)
		}
	}
	if err != nil {
		return nil, err
	}
	return sum, nil
}

func (r *Run) openManifest() error {
	data, err := os.ReadFile(filepath.Join(r.Dir, ManifestFile))
	if errors.Is(err, os.ErrNotExist) {
		if _, err := os.Stat(r.Dir); errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("open run directory %s: no such directory", r.Dir)
		}
		return fmt.Errorf("open run directory %s: no %s in it: not a run directory", r.Dir, ManifestFile)
	}
	if errors.Is(err, syscall.ENOTDIR) {
		return fmt.Errorf("open run directory %s: a file, not a directory", r.Dir)
	}
	if err != nil {
		return fmt.Errorf("open run directory: %w", err)
	}
	// The version comes first: a newer format may well look malformed to this binary.
	var v struct {
		Version int `json:"version"`
	}
	if err = json.Unmarshal(data, &v); err == nil {
		err = checkVersion(v.Version)
	}
	if err == nil {
		err = json.Unmarshal(data, &r.Manifest)
	}
	if err != nil {
		return fmt.Errorf("open run directory %s: %s: %w", r.Dir, ManifestFile, err)
	}
	return nil
}

// readWhole reads a file that is one JSON object, or returns nil where there is none or it cannot be understood.
func readWhole[T any](r *Run, name string, version func(*T) int) *T {
	data, err := os.ReadFile(filepath.Join(r.Dir, name))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	v := new(T)
	if err == nil {
		err = json.Unmarshal(data, v)
	}
	if err == nil {
		err = checkVersion(version(v))
	}
	if err != nil {
		r.Problems = append(r.Problems, Problem{File: name, Text: err.Error()})
		return nil
	}
	return v
}

// into returns a function that decodes a line and appends it to list.
func into[T any](list *[]T, version func(*T) int) func([]byte) error {
	return func(line []byte) error {
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			return err
		}
		if err := checkVersion(version(&v)); err != nil {
			return err
		}
		*list = append(*list, v)
		return nil
	}
}
