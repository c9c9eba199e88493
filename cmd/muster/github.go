package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/reports"
)

// summaryVariable names the file that a step of a GitHub job may add to; GitHub sets it for every step.
const summaryVariable = "GITHUB_STEP_SUMMARY"

// githubFlags say whether GitHub is told.
type githubFlags struct {
	GitHub bool `name:"github" help:"Annotate broken clauses and write a job summary, as is done anyway where GITHUB_STEP_SUMMARY is set; without it the summary is summary.md in the run directory."`
}

// tell writes the job summary and the annotations. Those go to stdout, or where that is JSON to stderr: GitHub reads both.
func (f githubFlags) tell(v *voice, dir string, asJSON bool, s reports.Summary, run *record.Run) error {
	file := os.Getenv(summaryVariable)
	if file == "" && !f.GitHub {
		return nil
	}
	var summary bytes.Buffer
	if err := reports.Markdown(&summary, s, run); err != nil {
		return fmt.Errorf("render the job summary: %w", err)
	}
	if err := addSummary(file, dir, summary.Bytes()); err != nil {
		return usage(err, "GitHub sets %s itself; elsewhere unset it", summaryVariable)
	}
	out := v.stdout
	if asJSON {
		out = v.stderr
	}
	if err := reports.Annotations(out, s, run); err != nil {
		return fmt.Errorf("print the annotations: %w", err)
	}
	return nil
}

// addSummary adds to the file of the step, which others may have written to, or writes the run's own when there is none.
func addSummary(file, dir string, text []byte) (err error) {
	if file == "" {
		return record.Replace(filepath.Join(dir, "summary.md"), text)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return fmt.Errorf("write the job summary: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err = f.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("write the job summary: %w", err)
	}
	return nil
}
