package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/passmuster/muster/internal/store"
	"github.com/passmuster/muster/reports/formats"
)

// exportWithin bounds how long a run may take to be exported.
const exportWithin = 10 * time.Minute

// reportExportCmd writes a run in the forms that other tools read.
type reportExportCmd struct {
	Dir    string   `arg:"" help:"Run directory."`
	Format []string `default:"csv,parquet,hlog,json,markdown,junit" placeholder:"NAME" help:"Formats (default csv, parquet, hlog, json, markdown and junit); ${formats}."`
	To     string   `default:"." placeholder:"DIR|s3://BUCKET/PREFIX" help:"Folder, or S3-compatible store, that takes the files (default the current folder)."`
}

// Run writes the files and says which.
func (c reportExportCmd) Run(ctx context.Context, v *voice) error {
	run, err := openRun(c.Dir)
	if err != nil {
		return err
	}
	to, err := store.Open(ctx, c.To)
	if err != nil {
		return usage(err, "for example --to exports/ or --to s3://bucket/prefix?endpoint=URL for a store that is not AWS")
	}
	ctx, cancel := context.WithTimeout(ctx, exportWithin)
	defer cancel()
	saved, err := formats.Save(ctx, to, run, c.Format)
	for _, name := range saved {
		if _, err := fmt.Fprintln(v.stdout, name); err != nil {
			return fmt.Errorf("print the names of files: %w", err)
		}
	}
	for _, p := range run.Problems {
		v.say("not readable in the run directory: %s", p)
	}
	switch {
	case errors.Is(err, formats.ErrDamaged):
		return usage(err, "everything that could be read is saved")
	case err != nil:
		return usage(fmt.Errorf("%w (to %s)", err, c.To), "%s", hintFor(err, "'muster report export --help' lists the formats, and what each of them needs"))
	}
	return nil
}
