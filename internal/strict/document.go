package strict

import (
	"fmt"
	"strings"
)

// Document is a file that has been read: where each field stands, and what is wrong with it so far. It is not safe
// for concurrent use.
type Document struct {
	file   string
	places map[string]place // by path
	broken map[string]bool  // paths whose value could not be read, so that judging it further would only add noise
	found  []Fault
	advice string
}

// place is where a field stands in the file.
type place struct {
	line, column int
	written      string // a scalar as the file has it
}

// Join gives the path of a member of the mapping at parent.
func Join(parent, member string) string {
	if !isName(member) {
		return fmt.Sprintf("%s[%q]", parent, member)
	}
	if parent == "" {
		return member
	}
	return parent + "." + member
}

// Index gives the path of element i of the list at parent.
func Index(parent string, i int) string { return fmt.Sprintf("%s[%d]", parent, i) }

// Has tells whether the file gives the field at path, in whatever form.
func (d *Document) Has(path string) bool {
	_, has := d.places[path]
	return has
}

// Written returns the scalar at path as the file has it, before anything was replaced in it; empty when there is none.
func (d *Document) Written(path string) string { return d.places[path].written }

// Fault adds a fault of the field at path, which is that of Join and Index. A field that the file does not give is
// reported where its nearest given parent stands. Nothing is added when the field, a part of it or a whole around it
// could not be read in the first place: that fault is reported already.
func (d *Document) Fault(path, format string, args ...any) {
	if d.unreadable(path) {
		return
	}
	d.add(path, d.nearest(path), fmt.Sprintf(format, args...))
}

// Spoil is Fault for a value that is not worth judging further: later faults of the field, of a part of it or of a
// whole around it are not added.
func (d *Document) Spoil(path, format string, args ...any) {
	d.Fault(path, format, args...)
	d.broken[path] = true
}

// Advise sets what helps against the faults. Only the first advice is kept.
func (d *Document) Advise(advice string) {
	if d.advice == "" {
		d.advice = advice
	}
}

// Err returns all faults so far as a Faults, or nil.
func (d *Document) Err() error {
	if len(d.found) == 0 {
		return nil
	}
	return sorted(d.found, d.advice)
}

// add records a fault at a known place.
func (d *Document) add(path string, at place, text string) {
	d.found = append(d.found, Fault{File: d.file, Line: at.line, Column: at.column, Path: path, Text: text})
}

// spoil records a fault at a known place and remembers that the value at path is not to be judged further.
func (d *Document) spoil(path string, at place, format string, args ...any) {
	d.broken[path] = true
	d.add(path, at, fmt.Sprintf(format, args...))
}

// nearest returns the place of path or of its nearest parent that the file gives.
func (d *Document) nearest(path string) place {
	for {
		if at, has := d.places[path]; has || path == "" {
			return at
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
}

// unreadable tells whether the value at path, one inside it or one around it is broken.
func (d *Document) unreadable(path string) bool {
	for broken := range d.broken {
		if within(path, broken) || within(broken, path) {
			return true
		}
	}
	return false
}

// within tells whether path is outer or lies inside it.
func within(path, outer string) bool {
	rest, has := strings.CutPrefix(path, outer)
	return has && (rest == "" || outer == "" || rest[0] == '.' || rest[0] == '[')
}
