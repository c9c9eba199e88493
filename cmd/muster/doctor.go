package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/passmuster/muster/internal/machine"
	"github.com/passmuster/muster/internal/numeral"
	"github.com/passmuster/muster/loadgen"
	"github.com/passmuster/muster/loadgen/needs"
)

// doctorCmd says whether this machine is fit to generate load. It sends nothing.
type doctorCmd struct {
	Scenario string `arg:"" optional:"" help:"Compare with what this scenario needs: a built-in scenario's name or a file."`
	bend
	towards
	JSON bool `help:"Print JSON instead of a table."`
}

// diagnosis is what doctor found; `doctor --json` prints it.
type diagnosis struct {
	Version  int           `json:"version"`
	Fit      bool          `json:"fit"`
	Scenario string        `json:"scenario,omitempty"`
	Machine  machine.Facts `json:"machine"`
	Needs    *needs.Needs  `json:"needs,omitempty"`
	Checks   []needs.Check `json:"checks"`

	question string
}

// Run looks at the machine, compares and prints. A machine that is not fit is exit code 3.
func (c doctorCmd) Run(ctx context.Context, v *voice) error {
	found := diagnosis{Version: 1, Machine: machine.Read(), question: "is this machine fit to generate load?"}
	if c.Scenario == "" {
		found.Checks = needs.Fit(found.Machine)
	} else {
		p, doors, towards, err := c.look()
		if err != nil {
			return err
		}
		n, checks := hold(ctx, p, doors)
		found.Scenario, found.Needs, found.Checks = p.Scenario.Name, &n, checks
		found.question = fmt.Sprintf("is this machine fit to play %s, %s players at once, towards %s?", p.Scenario.Name, numeral.Thousands(int64(p.PeakCCU)), towards)
	}
	found.Checks = append(found.Checks, needs.Around(found.Machine, try(ctx))...)
	found.Fit = len(needs.Refusals(found.Checks)) == 0
	if err := c.print(v, found); err != nil {
		return err
	}
	if !found.Fit {
		return verdict(exitInvalid)
	}
	return nil
}

// look reads the scenario and the target, and walks the plan.
func (c doctorCmd) look() (loadgen.Preview, needs.Doors, string, error) {
	s, err := loadFlags{Scenario: c.Scenario, bend: c.bend}.scenario()
	if err != nil {
		return loadgen.Preview{}, needs.Doors{}, "", err
	}
	doors, towards, err := c.doors()
	if err != nil {
		return loadgen.Preview{}, needs.Doors{}, "", err
	}
	p, err := loadgen.Look(s)
	return p, doors, towards, err
}

// try finds out what only trying tells. It takes some 50 ms.
func try(ctx context.Context) needs.Tried {
	t := needs.Tried{Tick: machine.Tick(), Oversleep: machine.Oversleep()}
	if took, err := machine.Loopback(ctx); err == nil { // a loopback that fails is told as one that takes no time
		t.Connect = took
	}
	t.Synced, t.SyncedTold = machine.Synchronised()
	return t
}

func (c doctorCmd) print(v *voice, found diagnosis) error {
	if c.JSON {
		enc := json.NewEncoder(v.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(found)
	}
	return doctorText(v.stdout, found)
}

// doctorText prints a diagnosis for people.
func doctorText(w io.Writer, found diagnosis) error {
	var b strings.Builder
	b.WriteString(found.question + "\n\n")
	if err := tell(&b, found.Checks); err != nil {
		return err
	}
	b.WriteString("\n" + map[bool]string{true: "fit", false: "not fit"}[found.Fit] + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// tell prints checks as a table, and below it what would mend those that are not well. Without needs their column is
// left out.
func tell(w io.Writer, checks []needs.Check) error {
	marks := map[needs.Status]string{needs.OK: "✓", needs.Warn: "!", needs.Fail: "✗", needs.Unknown: "?"}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	compared := slices.ContainsFunc(checks, func(c needs.Check) bool { return c.Needs != "" })
	row := func(mark, name, need, has string) {
		if compared {
			name += "\t" + need
		}
		_, _ = fmt.Fprintf(table, "  %s %s\t%s\n", mark, name, has) // Flush reports what failed
	}
	row(" ", "check", "needs", "this machine has")
	var cures []string
	for _, c := range checks {
		has := c.Has
		if c.Status == needs.Unknown {
			has = "unknown"
		}
		row(marks[c.Status], c.Name, c.Needs, has)
		if c.Cure != "" {
			cures = append(cures, fmt.Sprintf("  %s %s: %s\n", marks[c.Status], c.Name, c.Cure))
		}
	}
	if err := table.Flush(); err != nil || len(cures) == 0 {
		return err
	}
	_, err := io.WriteString(w, "\n"+strings.Join(cures, ""))
	return err
}
