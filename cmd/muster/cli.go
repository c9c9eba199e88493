package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/passmuster/muster/reports/formats"
)

// cli is the command line. Every flag can also be set by an environment variable: --out is MUSTER_OUT.
type cli struct {
	Rehearse  rehearseCmd  `cmd:"" help:"The main job: conformance, then a load scenario, then read-back; one report."`
	Conform   conformCmd   `cmd:"" help:"Judge a target by the clauses of both contracts."`
	Load      loadCmd      `cmd:"" help:"Replay a scenario's players against a target and account for every event."`
	Serve     serveCmd     `cmd:"" help:"Serve the reference, for SDK developers and for trying things out."`
	Report    reportCmd    `cmd:"" help:"Build every report again from a run directory."`
	Scenarios scenariosCmd `cmd:"" help:"List, show, check and preview scenarios."`
	Doctor    doctorCmd    `cmd:"" help:"Is this machine fit to generate load, or to play this scenario?"`
	Selftest  selftestCmd  `cmd:"" help:"Try the suite itself: does it notice every mutant of the reference?"`
	Schema    schemaCmd    `cmd:"" help:"Print the JSON Schema of a file that you write, for editors, or of one that muster writes."`
	Version   versionCmd   `cmd:"" help:"Print the version of this binary."`
}

const description = `Does your endpoint pass muster? Conformance checks and load rehearsals for playtime metrics and event ingestion.

Without --target, a verb that needs one starts the embedded reference on loopback and uses it.

Exit codes: 0 conformant or passed, 1 failed, 2 usage or configuration, 3 inconclusive, unreachable or invalid,
4 known-failing list drifted, 5 muster's own fault, 130 interrupted.`

// execute parses args and runs the verb they name.
func execute(ctx context.Context, args []string, v *voice) error {
	var c cli
	ended := false
	parser, err := kong.New(&c,
		kong.Name("muster"), kong.Description(description), kong.DefaultEnvars("MUSTER"),
		kong.Writers(v.stdout, v.stderr), kong.Vars{"formats": formats.Help()}, kong.Exit(func(int) { ended = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}), kong.Help(help),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(v),
	)
	if err == nil {
		err = forgetEmpty(parser)
	}
	if err != nil {
		return fmt.Errorf("build the command line: %w", err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if ended { // help was asked for and printed
		return nil
	}
	var bad *kong.ParseError
	if errors.As(err, &bad) {
		return usage(errors.New(plainly(err.Error())), "run 'muster %s--help' for what is allowed", verbOf(bad.Context))
	}
	if err != nil {
		return err
	}
	return parsed.Run()
}

// verbOf returns the verb that parsing had reached, with a space behind it.
func verbOf(c *kong.Context) string {
	if c == nil || c.Selected() == nil {
		return ""
	}
	return c.Selected().FullPath()[len("muster "):] + " "
}

// help prints the help of a verb and, behind it, that of the verb it stands for when nothing more is said: the flags of
// 'muster conform' are those of 'muster conform run'.
func help(options kong.HelpOptions, c *kong.Context) error {
	if err := kong.DefaultHelpPrinter(options, c); err != nil {
		return err
	}
	node := c.Selected()
	if node == nil || node.DefaultCmd == nil {
		return nil
	}
	full, err := kong.Trace(c.Kong, strings.Fields(node.DefaultCmd.FullPath())[1:])
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(c.Stdout); err != nil {
		return err
	}
	return kong.DefaultHelpPrinter(options, full)
}
