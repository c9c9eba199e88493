package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/reports"
	"github.com/passmuster/muster/reports/live"
)

// runFlags say where a run goes and how its results are shown.
type runFlags struct {
	Out  string `placeholder:"DIR" help:"Run directory (default runs/<time>-<name>)."`
	JSON bool   `help:"Print the summary as JSON instead of text."`
	githubFlags
}

// runDir is a run directory that is being written.
type runDir struct {
	dir      string
	writer   discreet
	manifest record.Manifest
	feed     *live.Feed         // how the run stands; nil when nobody wants to know
	doing    func(words string) // tells who watches what goes on beside the load
}

// create makes the run directory; from now on it reads as a run that is under way.
func (f runFlags) create(verb, name string, s *subject) (*runDir, error) {
	redacted, err := s.target.Describe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	m := record.Manifest{
		Version: record.Version, Name: name, Verb: verb, Muster: build(), Began: began, Ended: record.Running,
		Host:   record.Host{OS: runtime.GOOS, Arch: runtime.GOARCH, Cores: runtime.NumCPU()},
		Target: redacted, TargetIs: s.target.Name,
	}
	w, err := f.createDir(m)
	if err != nil {
		return nil, usage(err, "choose a directory that is new or empty, and writable, with --out DIR")
	}
	return &runDir{dir: w.Dir(), writer: discreet{record.NewTee(w), s.redactor}, manifest: m, doing: func(string) {}}, nil
}

// mostAtOnce bounds the runs that begin in one second and in one folder without being told where to go.
const mostAtOnce = 100

// createDir creates the directory that was asked for, or one named after the time; a second run in the same second
// gets a number.
func (f runFlags) createDir(m record.Manifest) (*record.Writer, error) {
	if f.Out != "" {
		return record.Create(f.Out, m)
	}
	dir := filepath.Join("runs", m.Began.Format("20060102-150405")+"-"+m.Name)
	w, err := record.Create(dir, m)
	for n := 2; errors.Is(err, record.ErrTaken) && n <= mostAtOnce; n++ {
		w, err = record.Create(fmt.Sprintf("%s-%d", dir, n), m)
	}
	return w, err
}

// finish closes the run directory, saying how the run ended, builds every report and prints the summary. It returns
// the error that gives the process its exit code.
func (r *runDir) finish(v *voice, f runFlags, ended string, fault error) error {
	r.manifest.Ended, r.manifest.Finished = ended, time.Now()
	if r.manifest.Abort != nil && ended == record.Complete {
		r.manifest.Ended = record.Aborted
	}
	if fault != nil {
		r.manifest.Ended, r.manifest.Fault = record.Broken, fault.Error()
	}
	if err := errors.Join(r.writer.Manifest(r.manifest), r.writer.Close()); err != nil {
		return disk(errors.Join(fault, fmt.Errorf("finish run directory %s: %w", r.dir, err)), r.dir)
	}
	if told := disk(fault, r.dir); told != fault { //nolint:errorlint // whether it is the very same
		return told
	}
	if fault != nil {
		v.say("what was recorded until then is kept: muster report %s", r.dir)
		return fault
	}
	return show(v, r.dir, f.JSON, f.githubFlags)
}

// show rebuilds the reports of a run directory, prints its summary and returns the verdict as an error.
func show(v *voice, dir string, asJSON bool, g githubFlags) error {
	run, err := record.Open(dir)
	if err != nil {
		return usage(err, "give the directory that a run left, such as runs/<time>-<name>")
	}
	files, unwritten := reports.WriteAll(dir, run)
	options := reports.TextOptions{Color: v.color}
	if len(files) > 0 {
		options.Report = files[0]
	}
	summary := reports.Summarize(run)
	if asJSON {
		err = reports.JSON(v.stdout, summary)
	} else {
		err = reports.Text(v.stdout, summary, options)
	}
	switch {
	case err != nil:
		return fmt.Errorf("print the summary: %w", err)
	case unwritten != nil:
		return usage(unwritten, "the reports go into the run directory; is it writable?")
	}
	if err := g.tell(v, dir, asJSON, summary, run); err != nil {
		return err
	}
	return verdict(summary.ExitCode())
}

// build describes this binary.
func build() record.Build {
	b := record.Build{Version: "devel", Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if info.Main.Version != "" && info.Main.Version != "(devel)" {
		b.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			b.Commit = s.Value
		}
	}
	return b
}
