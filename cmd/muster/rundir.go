package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/reports"
)

// runFlags say where a run goes and how its results are shown.
type runFlags struct {
	Out  string `placeholder:"DIR" help:"Run directory (default runs/<time>-<name>)."`
	JSON bool   `help:"Print the summary as JSON instead of text."`
}

// runDir is a run directory that is being written.
type runDir struct {
	dir      string
	writer   *record.Writer
	manifest record.Manifest
}

// create makes the run directory; from now on it reads as a run that is under way.
func (f runFlags) create(verb, name string, s *subject) (*runDir, error) {
	redacted, err := s.target.Describe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	dir := f.Out
	if dir == "" {
		dir = filepath.Join("runs", began.Format("20060102-150405")+"-"+name)
	}
	m := record.Manifest{
		Version: record.Version, Name: name, Verb: verb, Muster: build(), Began: began, Ended: record.Running,
		Host:   record.Host{OS: runtime.GOOS, Arch: runtime.GOARCH, Cores: runtime.NumCPU()},
		Target: redacted, TargetIs: s.target.Name,
	}
	w, err := record.Create(dir, m)
	if err != nil {
		return nil, usage(err, "choose a directory that is new or empty with --out DIR")
	}
	return &runDir{dir: dir, writer: w, manifest: m}, nil
}

// finish closes the run directory, saying how the run ended, builds every report and prints the summary. It returns
// the error that gives the process its exit code.
func (r *runDir) finish(v *voice, f runFlags, ended string, fault error) error {
	r.manifest.Ended, r.manifest.Finished = ended, time.Now()
	if fault != nil {
		r.manifest.Ended, r.manifest.Fault = record.Broken, fault.Error()
	}
	if err := errors.Join(r.writer.Manifest(r.manifest), r.writer.Close()); err != nil {
		return errors.Join(fault, fmt.Errorf("finish run directory %s: %w", r.dir, err))
	}
	if fault != nil {
		return fault
	}
	return show(v, r.dir, f.JSON)
}

// show rebuilds the reports of a run directory, prints its summary and returns the verdict as an error.
func show(v *voice, dir string, asJSON bool) error {
	run, err := record.Open(dir)
	if err != nil {
		return usage(err, "give the directory that a run left, such as runs/<time>-<name>")
	}
	files, err := reports.WriteAll(dir, run)
	if err != nil {
		return usage(err, "the reports go into the run directory; is it writable?")
	}
	summary := reports.Summarize(run)
	if asJSON {
		err = reports.JSON(v.stdout, summary)
	} else {
		err = reports.Text(v.stdout, summary, reports.TextOptions{Color: v.color, Report: files[0]})
	}
	if err != nil {
		return fmt.Errorf("print the summary: %w", err)
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

// reportCmd builds every report again from a run directory.
type reportCmd struct {
	Dir  string `arg:"" help:"Run directory."`
	JSON bool   `help:"Print the summary as JSON instead of text."`
}

// Run prints the summary of the run and writes its reports beside it.
func (c reportCmd) Run(v *voice) error {
	if _, err := os.Stat(c.Dir); err != nil {
		return usage(fmt.Errorf("report %s: no such run directory", c.Dir), "'ls runs' shows what there is")
	}
	return show(v, c.Dir, c.JSON)
}
