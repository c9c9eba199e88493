package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/reference"
	"github.com/passmuster/muster/internal/selftest"
)

// lineEveryMutants is after how many mutants a run speaks where there is no terminal to draw on.
const lineEveryMutants = 50

// selftestCmd tries the suite itself.
type selftestCmd struct {
	Mutant  []string `placeholder:"NAME" help:"Try only this mutant; may be given several times ('muster serve --list-mutants' lists them)."`
	Workers int      `default:"4" placeholder:"N" help:"How many mutants to try at once (default ${default})."`
	JSON    bool     `help:"Print the score and what became of every mutant as JSON instead of text."`
}

// Run judges the clean reference and every mutant, and prints the score.
func (c selftestCmd) Run(ctx context.Context, v *voice) error {
	if c.Workers < 1 || c.Workers > 64 {
		return usage(fmt.Errorf("--workers %d: want 1 to 64", c.Workers), "most of a mutant's time is waiting, so more than there are cores is fine")
	}
	known := mutantNames()
	for _, name := range c.Mutant {
		if !slices.Contains(known, name) {
			return usage(fmt.Errorf("--mutant %s: no such mutant", name), "'muster serve --list-mutants' lists all of them")
		}
	}
	bar := v.bar("selftest", "mutants")
	r, err := selftest.Run(ctx, selftest.Config{Workers: c.Workers, Mutants: c.Mutant, Progress: func(done, total int, _ selftest.Result) {
		bar.set(done, total)
		if !v.terminal && done%lineEveryMutants == 0 {
			v.say("tried %d of %d mutants", done, total)
		}
	}})
	bar.end()
	if err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(v.stdout)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		err = enc.Encode(r)
	} else {
		err = scoreText(v.stdout, r)
	}
	if err != nil {
		return fmt.Errorf("print the score: %w", err)
	}
	if !r.Passed {
		return verdict(exitFailed)
	}
	return nil
}

// scoreText prints the score, then every mutant that was not killed by the clause that it breaks.
func scoreText(w io.Writer, r selftest.Report) error {
	word := "PASSED"
	if !r.Passed {
		word = "FAILED"
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(table, "%s  the suite against %s of the reference, in %.1f s\n\n", word, several(r.All.Mutants, "mutant"), r.DurationS)
	_, _ = fmt.Fprintln(table, "  level\tmutants\tkilled\tattributed\tsurvived")
	for _, s := range append(slices.Clone(r.Levels), r.All) {
		_, _ = fmt.Fprintf(table, "  %s\t%d\t%d\t%d (%.1f %%)\t%d\n", s.Level, s.Mutants, s.Killed, s.Attributed, 100*share(s.Attributed, s.Mutants), s.Survived)
	}
	_, _ = fmt.Fprintf(table, "\n  clean reference: %d of %d clauses passed\n", r.Clean.Judged-len(r.Clean.Faults), r.Clean.Judged)
	for _, id := range r.Clean.Faults {
		_, _ = fmt.Fprintf(table, "  ✗ %s did not pass\n", id)
	}
	for _, m := range r.Mutants {
		switch m.Fate {
		case selftest.Attributed:
		case selftest.Elsewhere:
			_, _ = fmt.Fprintf(table, "  ! %s was not noticed by %s (%s), but by %s\n", m.Name, m.Clause, m.Reason, m.By)
		case selftest.Survived:
			_, _ = fmt.Fprintf(table, "  ✗ %s survived: it %s, and %s says %s\n", m.Name, m.Wrong, m.Clause, m.Reason)
		}
	}
	for _, reason := range r.Reasons {
		_, _ = fmt.Fprintf(table, "  - %s\n", reason)
	}
	return table.Flush() // reports what failed before it, too
}

// mutantNames lists the ways in which the reference can be wrong.
func mutantNames() []string {
	var names []string
	for _, m := range reference.Mutants(halves(catalog.Manners{}, nil)) {
		names = append(names, m.Name)
	}
	return names
}

func share(part, whole int) float64 { return float64(part) / float64(max(whole, 1)) }
