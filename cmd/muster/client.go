package main

import (
	"fmt"
	"strings"

	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/reference"
	"github.com/passmuster/muster/internal/target"
)

// clientFlags turn the reference on whoever talks to it.
type clientFlags struct {
	CheckClient bool `help:"Hold what clients send against what the contracts ask of them: each breach is shown as it happens, all of them at the end by clause, and any is exit code 1."`
}

// onBreach returns what shows a breach as it happens; only the first few of a clause, so that a flood stays readable.
func (f clientFlags) onBreach(v *voice) func(reference.ClientBreach) {
	const shown = 3
	return func(b reference.ClientBreach) {
		if b.Nth > shown {
			return
		}
		v.say("client: %s: wanted %s, got %s", b.Clause, b.Wanted, b.Got)
		if b.Nth == shown {
			v.say("client: %s: more of these are counted, not shown", b.Clause)
		}
	}
}

// clientVerdict prints what clients did wrong, by clause, and returns the verdict as an error. Traffic that was never
// seen is never a pass.
func (f clientFlags) clientVerdict(v *voice, server *reference.Server) error {
	if !f.CheckClient {
		return nil
	}
	register, err := catalog.Register(&target.Target{})
	if err != nil {
		return err
	}
	judged := server.Stats().Judged
	breaches := server.Breaches()
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s judged by %d clauses, %d of them broken\n", several(judged, "message"), len(server.JudgedClauses()), len(breaches))
	for _, c := range breaches {
		describeBreach(&b, register, c)
	}
	if _, err := fmt.Fprint(v.stdout, b.String()); err != nil {
		return err
	}
	switch {
	case len(breaches) > 0:
		return verdict(exitFailed)
	case judged == 0:
		return unreachable(fmt.Errorf("check client: no message came, so nothing can be said of the client"),
			"point the client at the addresses above while the server runs")
	}
	return nil
}

// describeBreach writes one broken clause with its first example.
func describeBreach(b *strings.Builder, register *contract.Register, c reference.ClauseBreaches) {
	clause, _ := register.Lookup(c.Clause)
	fmt.Fprintf(b, "\n%s  %s  %s\n  %s (%s)\n", clause.Level, c.Clause, several(c.Count, "time"), clause.Duty, clause.Basis)
	if len(c.Examples) > 0 {
		x := c.Examples[0]
		fmt.Fprintf(b, "  wanted %s\n  got    %s\n", x.Wanted, x.Got)
		for line := range strings.Lines(x.Transcript) {
			fmt.Fprintf(b, "    %s", line)
		}
	}
}
