package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/passmuster/muster/conformance"
	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
)

// conformListCmd lists the register.
type conformListCmd struct {
	JSON     bool `xor:"form" help:"Print JSON instead of a table."`
	Markdown bool `xor:"form" help:"Print Markdown, as conformance/CLAUSES.md holds it."`
}

// Run prints every clause.
func (c conformListCmd) Run(v *voice) error {
	register, err := catalog.Register(&target.Target{})
	if err != nil {
		return err
	}
	switch {
	case c.JSON:
		return listJSON(v.stdout, register)
	case c.Markdown:
		return listMarkdown(v.stdout, register)
	default:
		return listText(v.stdout, register)
	}
}

// listed is one clause as `conform list --json` prints it.
type listed struct {
	ID           string                `json:"id"`
	Duty         string                `json:"duty"`
	Level        contract.Level        `json:"level"`
	Basis        string                `json:"basis"`
	Actor        contract.Actor        `json:"actor"`
	Transport    contract.Transport    `json:"transport,omitempty"`
	Needs        []contract.Capability `json:"needs,omitempty"`
	Unobservable string                `json:"unobservable,omitempty"`
	Labels       []string              `json:"labels"`
}

func listJSON(w io.Writer, register *contract.Register) error {
	var rows []listed
	for _, c := range register.Clauses() {
		rows = append(rows, listed{c.ID, c.Duty, c.Level, c.Basis, c.Actor, c.Transport, c.Needs, c.Unobservable, conformance.Labels(c)})
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(rows)
}

// how says whether a clause is judged, and if not, why.
func how(c contract.Clause) string {
	if c.Unobservable != "" {
		return "not judged: " + c.Unobservable
	}
	return "judged"
}

// tally says how many clauses there are and how many of them are judged.
func tally(register *contract.Register) string {
	judged := 0
	for _, c := range register.Clauses() {
		if c.Check != nil {
			judged++
		}
	}
	return fmt.Sprintf("%d clauses, %d of them judged from outside", len(register.Clauses()), judged)
}

func listText(w io.Writer, register *contract.Register) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range register.Clauses() {
		if _, err := fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", c.Level, c.ID, c.Duty, how(c)); err != nil {
			return err
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s\n", tally(register))
	return err
}

// listMarkdown writes one table for each section of each contract.
func listMarkdown(w io.Writer, register *contract.Register) error {
	var b strings.Builder
	b.WriteString("# The clauses\n\n<!-- Written by `make clauses`; do not edit. -->\n\n")
	b.WriteString("Every obligation of the two contracts, in our own words. The basis is a section of the document, a public fact,\n")
	b.WriteString("a ruling on what the documents leave open, or a standard: [BASIS.md](BASIS.md) says how to read it and tells the\n")
	b.WriteString("facts and the rulings. " + tally(register) + ".\n")
	section := ""
	for _, c := range register.Clauses() {
		if s := sectionOf(c.ID); s != section {
			section = s
			fmt.Fprintf(&b, "\n## %s\n\n| clause | level | duty | owed by | basis | |\n|---|---|---|---|---|---|\n", section)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", c.ID, c.Level, cellText(c.Duty), c.Actor, cellText(c.Basis), cellText(how(c)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// sectionOf returns the contract and section of a clause id.
func sectionOf(id string) string { return id[:strings.LastIndex(id, "/")] }

// cellText escapes what would end a cell of a table.
func cellText(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
