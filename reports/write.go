package reports

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"

	"github.com/passmuster/muster/internal/record"
)

// The names of the reports in a run directory.
const (
	HTMLFile        = "report.html"
	SummaryFile     = "summary.json"
	TextFile        = "summary.txt"
	ConformanceFile = "conformance.json"
	JUnitFile       = "junit.xml"
)

// WriteAll renders every report that run has something for into dir and returns the paths, the HTML report first. Each
// file is replaced as a whole. It stops at the first report that cannot be written.
func WriteAll(dir string, run *record.Run) ([]string, error) {
	s := Summarize(run)
	type report struct {
		name   string
		render func(io.Writer) error
	}
	all := []report{
		{HTMLFile, func(w io.Writer) error { return HTML(w, s, run) }},
		{SummaryFile, func(w io.Writer) error { return JSON(w, s) }},
		{TextFile, func(w io.Writer) error { return Text(w, s, TextOptions{Report: HTMLFile}) }},
	}
	if s.Conformance != nil {
		all = append(all, report{ConformanceFile, func(w io.Writer) error { return ConformanceJSON(w, s, run) }})
	}
	all = append(all, report{JUnitFile, func(w io.Writer) error { return JUnit(w, s, run) }})
	var paths []string
	for _, r := range all {
		var b bytes.Buffer
		if err := r.render(&b); err != nil {
			return paths, fmt.Errorf("render %s: %w", r.name, err)
		}
		path := filepath.Join(dir, r.name)
		if err := record.Replace(path, b.Bytes()); err != nil {
			return paths, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}
