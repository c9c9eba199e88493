package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/passmuster/muster/conformance"
	"github.com/passmuster/muster/internal/record"
)

// replayable gives every violation of f the id by which `muster conform replay` finds it again.
func replayable(dir string, f record.Finding) {
	for i := range f.Violations {
		f.Violations[i].Replay = filepath.ToSlash(dir) + "/" + f.ID
	}
}

// conformReplayCmd judges one clause of an earlier run again.
type conformReplayCmd struct {
	ID     string `arg:"" name:"id" help:"Run directory and clause id, joined by a slash, as a failure tells them."`
	Target string `placeholder:"FILE" help:"Judge this target instead of the one of the run."`
}

// Run judges the clause by the target of the run and prints what it found.
func (c conformReplayCmd) Run(ctx context.Context, v *voice) (err error) {
	dir, id, ok := splitReplay(c.ID)
	if !ok {
		return usage(fmt.Errorf("replay %s: want a run directory and a clause id, joined by a slash", c.ID),
			"a failure in the report of a run says what to give; 'muster conform --clause ID' needs no run")
	}
	before, plan, err := recorded(dir, id)
	if err != nil {
		return err
	}
	flags := targetFlags{Target: cmp.Or(c.Target, plan.TargetFile)}
	if flags.Target == "" {
		flags.Mutant = plan.Mutant
	}
	s, err := flags.open(ctx, v, 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	p, err := conformFlags{Clause: []string{id}, FailOn: "must", Timeout: longestAnswer, Procs: 1}.prepare(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	found, err := conformance.One(ctx, p.cfg, id)
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := replayText(v.stdout, s.target.Name, before, found); err != nil {
		return fmt.Errorf("print the finding: %w", err)
	}
	return verdict(codeOf(found.Status))
}

// codeOf returns the exit code for what became of one clause.
func codeOf(status string) int {
	switch status {
	case record.Pass:
		return exitOK
	case record.Fail:
		return exitFailed
	default:
		return exitInvalid
	}
}

// splitReplay takes a replay id apart: a clause id is the last three parts of it.
func splitReplay(id string) (dir, clause string, ok bool) {
	at := len(id)
	for range 3 {
		at = strings.LastIndexByte(id[:at], '/')
		if at <= 0 {
			return "", "", false
		}
	}
	return id[:at], id[at+1:], true
}

// recorded returns what an earlier run found of a clause, and what that run set out to do.
func recorded(dir, id string) (record.Finding, record.ConformPlan, error) {
	run, err := record.Open(dir)
	if err != nil {
		return record.Finding{}, record.ConformPlan{}, usage(err, "give the directory that the run left, such as runs/<time>-<name>, then a slash and the clause id")
	}
	for _, f := range run.Findings {
		if f.ID == id && run.Manifest.Conform != nil {
			return f, *run.Manifest.Conform, nil
		}
	}
	return record.Finding{}, record.ConformPlan{}, usage(fmt.Errorf("replay: run %s has no finding of clause %s", dir, id),
		"conformance.json in the run directory lists them")
}

// replayText prints what became of a clause, and how that is shown.
func replayText(w io.Writer, target string, before, now record.Finding) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s against %s (%s in the earlier run)\n", strings.ToUpper(now.Status), now.ID, target, before.Status)
	fmt.Fprintf(&b, "  %s %s\n  basis: %s\n", now.Level, now.Duty, now.Basis)
	if now.Reason != "" {
		fmt.Fprintf(&b, "  %s\n", now.Reason)
	}
	for _, v := range now.Violations {
		fmt.Fprintf(&b, "\n  wanted %s\n  got    %s\n", v.Wanted, v.Got)
		for line := range strings.Lines(v.Exchange) {
			fmt.Fprintf(&b, "    %s\n", strings.TrimSuffix(line, "\n"))
		}
		if v.Curl != "" {
			fmt.Fprintf(&b, "  again: %s\n", v.Curl)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
