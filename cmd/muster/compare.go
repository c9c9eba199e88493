package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/reports/compare"
)

// reportCompareCmd compares two runs.
type reportCompareCmd struct {
	A string `arg:"" help:"Run directory to compare with: the baseline."`
	B string `arg:"" help:"Run directory that is compared with it."`

	Tolerance float64 `default:"2" placeholder:"PERCENT" help:"A smaller change counts as none (default 2)."`
	Anyway    bool    `help:"Compare even runs of different schedules or connections, or that are partial or invalid; the difference then need not be the target's."`
	Gate      bool    `help:"Exit with 1 when anything is worse in B."`
	JSON      bool    `help:"Print JSON instead of text." xor:"form"`
	Markdown  bool    `help:"Print Markdown, for a pull request, instead of text." xor:"form"`
	HTML      string  `name:"html" placeholder:"FILE" help:"Write a page with the intervals drawn to FILE, too."`
}

// Run prints what changed.
func (c reportCompareCmd) Run(v *voice) error {
	if !(c.Tolerance > 0 && c.Tolerance <= 100) {
		return usage(fmt.Errorf("--tolerance %g: want more than 0 and at most 100 per cent", c.Tolerance), "leave it out for 2")
	}
	if one, two := filepath.Clean(c.A), filepath.Clean(c.B); one == two {
		return usage(fmt.Errorf("compare %s with %s: that is one run", c.B, c.A), "name two: the baseline first, then the run that is compared with it")
	}
	a, err := openRun(c.A)
	if err != nil {
		return err
	}
	b, err := openRun(c.B)
	if err != nil {
		return err
	}
	found, err := compare.Runs(a, b, compare.Options{Tolerance: c.Tolerance / 100, Anyway: c.Anyway})
	if err != nil {
		return usage(err, "%s", hintFor(err, "compare two runs that muster load or muster rehearse left"))
	}
	if err := errors.Join(c.print(v.stdout, found), c.writePage(v, found)); err != nil {
		return err
	}
	if c.Gate && found.Verdict == compare.Worse {
		return verdict(1)
	}
	return nil
}

func openRun(dir string) (*record.Run, error) {
	run, err := record.Open(dir)
	if err != nil {
		return nil, usage(err, "give the directory that a run left, such as runs/<time>-<name>")
	}
	return run, nil
}

func (c reportCompareCmd) print(w io.Writer, found compare.Comparison) error {
	switch {
	case c.JSON:
		return compare.JSON(w, found)
	case c.Markdown:
		return compare.Markdown(w, found)
	default:
		return compare.Text(w, found)
	}
}

func (c reportCompareCmd) writePage(v *voice, found compare.Comparison) error {
	if c.HTML == "" {
		return nil
	}
	var page bytes.Buffer
	if err := compare.HTML(&page, found); err != nil {
		return fmt.Errorf("render the comparison: %w", err)
	}
	if err := record.Replace(c.HTML, page.Bytes()); err != nil {
		return usage(err, "--html names the file to write; is its folder there and writable?")
	}
	v.say("page: %s", c.HTML)
	return nil
}
