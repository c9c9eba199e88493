package main

import (
	"fmt"
	"os"
)

// reportCmd reads run directories.
type reportCmd struct {
	Build   reportBuildCmd   `cmd:"" default:"withargs" help:"Build every report of a run again (what 'muster report DIR' does)."`
	Compare reportCompareCmd `cmd:"" help:"Say what changed from run A to run B, and how sure that is."`
	Export  reportExportCmd  `cmd:"" help:"Write a run in the forms that other tools read: CSV, Parquet, HdrHistogram log, vegeta results."`
}

// reportBuildCmd builds every report again from a run directory.
type reportBuildCmd struct {
	Dir  string `arg:"" help:"Run directory."`
	JSON bool   `help:"Print the summary as JSON instead of text."`
	githubFlags
}

// Run prints the summary of the run and writes its reports beside it.
func (c reportBuildCmd) Run(v *voice) error {
	if _, err := os.Stat(c.Dir); err != nil {
		return usage(fmt.Errorf("report %s: no such run directory", c.Dir), "'ls runs' shows what there is")
	}
	return show(v, c.Dir, c.JSON, c.githubFlags)
}
