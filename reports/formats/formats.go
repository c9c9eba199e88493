package formats

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/reports"
)

// Store keeps whole objects by name.
type Store interface {
	Put(ctx context.Context, name string, data []byte) error
}

// source is what a format is written from.
type source struct {
	run     *record.Run
	summary reports.Summary
}

// file is one file that a format consists of.
type file struct {
	name  string
	write func(io.Writer, source) error
}

// format is one form that a run can be had in.
type format struct {
	name  string
	what  string // in one line
	files []file
}

// all lists the formats in the order in which help tells of them.
func all() []format {
	return []format{
		{"json", "the summary, for machines; its schema is published", []file{
			{"summary.json", func(w io.Writer, s source) error { return reports.JSON(w, s.summary) }},
			{"conformance.json", conformance(func(w io.Writer, s source) error { return reports.ConformanceJSON(w, s.summary, s.run) })},
		}},
		{"html", "the report as one page", []file{
			{"report.html", func(w io.Writer, s source) error { return reports.HTML(w, s.summary, s.run) }},
		}},
		{"markdown", "the summary, for a pull request or a job summary", []file{
			{"summary.md", func(w io.Writer, s source) error { return reports.Markdown(w, s.summary, s.run) }},
		}},
		{"junit", "clauses and thresholds as test cases", []file{
			{"junit.xml", func(w io.Writer, s source) error { return reports.JUnit(w, s.summary, s.run) }},
		}},
		{"csv", "operations and frames (one row per second and operation) as tables", []file{
			{"operations.csv", writeOperationsCSV}, {"frames.csv", writeFramesCSV},
		}},
		{"parquet", "frames, and samples where the run kept them, as tables", []file{
			{"frames.parquet", writeFramesParquet}, {"samples.parquet", writeSamplesParquet},
		}},
		{"hlog", "HdrHistogram's interval log, one tag per operation and clock", []file{{"latency.hlog", writeHlog}}},
		{"vegeta", "results for 'vegeta report' and 'vegeta plot', by both clocks; of runs that kept samples", []file{
			{"response.vegeta.csv", vegeta(byResponse)}, {"service.vegeta.csv", vegeta(byService)},
		}},
	}
}

// Names lists the formats.
func Names() []string {
	var names []string
	for _, f := range all() {
		names = append(names, f.name)
	}
	return names
}

// Help says in one line each what the formats are.
func Help() string {
	var b strings.Builder
	for _, f := range all() {
		fmt.Fprintf(&b, "%s: %s; ", f.name, f.what)
	}
	return strings.TrimSuffix(b.String(), "; ")
}

// ErrDamaged means that a file was saved without what could not be read of the run.
var ErrDamaged = errors.New("the run is damaged")

// damage counts what could not be read.
type damage struct {
	n     int
	first error
}

func (d *damage) add(err error) {
	if d.n++; d.first == nil {
		d.first = err
	}
}

// err returns nil when everything was read.
func (d *damage) err() error {
	if d.n == 0 {
		return nil
	}
	return fmt.Errorf("%w: %d of its records could not be read and are left out, the first because: %w", ErrDamaged, d.n, d.first)
}

// errNothing means that the run has nothing for a file.
var errNothing = errors.New("nothing to write")

// conformance keeps a file for runs that judged clauses.
func conformance(write func(io.Writer, source) error) func(io.Writer, source) error {
	return func(w io.Writer, s source) error {
		if s.summary.Conformance == nil {
			return errNothing
		}
		return write(w, s)
	}
}

// Save puts the run into a store in every format named, and returns the names of the files. A file that the run has
// nothing for is left out; a format that leaves no file at all is an error, told when all others are saved, and so is
// ErrDamaged.
func Save(ctx context.Context, store Store, run *record.Run, names []string) ([]string, error) {
	chosen, err := choose(names)
	if err != nil {
		return nil, err
	}
	s := source{run, reports.Summarize(run)}
	var saved []string
	var faults []error
	for _, f := range chosen {
		before := len(saved)
		for _, part := range f.files {
			var data bytes.Buffer
			err := part.write(&data, s)
			if errors.Is(err, errNothing) {
				continue
			}
			if errors.Is(err, ErrDamaged) {
				faults, err = append(faults, fmt.Errorf("export %s: %w", part.name, err)), nil
			}
			if err == nil {
				err = store.Put(ctx, part.name, data.Bytes())
			}
			if err != nil {
				return saved, fmt.Errorf("export %s: %w", part.name, err)
			}
			saved = append(saved, part.name)
		}
		if len(saved) == before {
			faults = append(faults, fmt.Errorf("export as %s: the run holds nothing for it%s", f.name, cure(f.name)))
		}
	}
	return saved, errors.Join(faults...)
}

// cure says how to get what a format needs.
func cure(name string) string {
	if name == "vegeta" {
		return "; only a run that was played with --samples does"
	}
	return ""
}

func choose(names []string) ([]format, error) {
	var chosen []format
	for _, name := range names {
		i := slices.IndexFunc(all(), func(f format) bool { return f.name == name })
		if i < 0 {
			return nil, fmt.Errorf("export as %q: want one of %s", name, strings.Join(Names(), ", "))
		}
		chosen = append(chosen, all()[i])
	}
	return chosen, nil
}
