package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/passmuster/muster/internal/record"
)

// reportCmd reads run directories.
type reportCmd struct {
	Build   reportBuildCmd   `cmd:"" default:"withargs" help:"Build every report of a run again, or merge its slices (what 'muster report DIR...' does)."`
	Compare reportCompareCmd `cmd:"" help:"Say what changed from run A to run B, and how sure that is."`
	Export  reportExportCmd  `cmd:"" help:"Write a run in the forms that other tools read: CSV, Parquet, HdrHistogram log, vegeta results."`
}

// reportBuildCmd builds every report again from a run directory, or from those of a run's slices.
type reportBuildCmd struct {
	Dirs   []string `arg:"" name:"dir" help:"Run directory, or those of all slices of one run."`
	Out    string   `placeholder:"DIR" help:"Of slices: run directory for the merged run (default runs/<time>-<name>-merged)."`
	Accept float64  `name:"accept-missing" placeholder:"PERCENT" help:"Of slices: how much may be missing, of players and of planned actions, without making the run invalid (default 0)."`
	JSON   bool     `help:"Print the summary as JSON instead of text."`
	githubFlags
}

// Run prints the summary of the run and writes its reports beside it.
func (c reportBuildCmd) Run(v *voice) error {
	for _, dir := range c.Dirs {
		if _, err := os.Stat(dir); err != nil {
			return usage(fmt.Errorf("report %s: no such run directory", dir), "'ls runs' shows what there is")
		}
	}
	if !(c.Accept >= 0 && c.Accept <= 100) {
		return usage(fmt.Errorf("--accept-missing %g: want 0 to 100 per cent", c.Accept), "leave it out for 0")
	}
	if len(c.Dirs) == 1 && c.Out == "" && c.Accept == 0 {
		return show(v, c.Dirs[0], c.JSON, c.githubFlags)
	}
	dir, err := c.merge()
	if err != nil {
		return err
	}
	v.say("merged %s into %s", several(len(c.Dirs), "slice"), dir)
	return show(v, dir, c.JSON, c.githubFlags)
}

// merge leaves a run directory of the run that the slices are of.
func (c reportBuildCmd) merge() (string, error) {
	var parts []*record.Run
	for _, dir := range c.Dirs {
		run, err := openRun(dir)
		if err != nil {
			return "", err
		}
		parts = append(parts, run)
	}
	whole, err := record.Join(parts, c.Accept)
	if err != nil {
		return "", usage(err, "several directories are merged when 'muster load --slice K/N --run HEX' left them, all with the same HEX and scenario")
	}
	dir := c.Out
	if dir == "" {
		dir = filepath.Join("runs", time.Now().Format("20060102-150405")+"-"+whole.Manifest.Name+"-merged")
	}
	if err := whole.Save(dir); err != nil {
		if errors.Is(err, record.ErrTaken) {
			return "", usage(err, "choose a directory that is new or empty with --out DIR")
		}
		return "", usage(err, "is there room in %s, and may it be written?", dir)
	}
	return dir, nil
}
