package main

import (
	"errors"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/passmuster/muster/scenarios"
)

// scenariosCmd groups what can be done with scenarios short of running one.
type scenariosCmd struct {
	List    scenariosListCmd    `cmd:"" help:"List the built-in scenarios."`
	Show    scenariosShowCmd    `cmd:"" help:"Print a scenario file."`
	Check   scenariosCheckCmd   `cmd:"" help:"Check a scenario file; every fault at once."`
	Preview scenariosPreviewCmd `cmd:"" help:"Draw the players and rates that a scenario plans, before anything is sent."`
}

type scenariosListCmd struct{}

// Run prints a line for each built-in scenario.
func (scenariosListCmd) Run(v *voice) error {
	w := tabwriter.NewWriter(v.stdout, 0, 0, 2, ' ', 0)
	for _, s := range scenarios.Builtin() {
		if _, err := fmt.Fprintf(w, "%s\t%s\n", s.Name, s.Description); err != nil {
			return err
		}
	}
	return w.Flush()
}

type scenariosShowCmd struct {
	Name string `arg:"" help:"A built-in scenario's name or a file."`
}

// Run prints the scenario as it is written.
func (c scenariosShowCmd) Run(v *voice) error {
	_, source, err := scenarios.Lookup(c.Name)
	if err != nil {
		return usage(err, "%s", hintFor(err, "'muster scenarios list' lists the built-in ones"))
	}
	_, err = fmt.Fprint(v.stdout, source)
	return err
}

type scenariosCheckCmd struct {
	Files []string `arg:"" help:"Scenario files."`
}

// Run checks every file and reports every fault of all of them.
func (c scenariosCheckCmd) Run(v *voice) error {
	var faults []error
	for _, file := range c.Files {
		data, err := os.ReadFile(file)
		var s scenarios.Scenario
		if err == nil {
			s, err = scenarios.Decode(file, data, checkThresholds)
		}
		if err == nil {
			err = checkClients(s)
		}
		if err != nil {
			faults = append(faults, err)
			continue
		}
		if _, err := fmt.Fprintf(v.stdout, "%s: ok\n", file); err != nil {
			return err
		}
	}
	if err := errors.Join(faults...); err != nil {
		return usage(err, "%s", hintFor(err, "'muster scenarios show smoke' prints a scenario to start from"))
	}
	return nil
}
