package compare

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// JSON writes the comparison for machines.
func JSON(w io.Writer, c Comparison) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(c)
}

// Text writes the comparison for a terminal.
func Text(w io.Writer, c Comparison) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n\n", strings.ToUpper(c.Verdict), c.headline())
	for _, side := range []struct {
		name string
		id   Identity
	}{{"A", c.A}, {"B", c.B}} {
		fmt.Fprintf(&b, "  %s  %s (%s against %s, %s)\n", side.name, side.id.Dir, side.id.Name, side.id.Target, side.id.Began)
	}
	for _, d := range c.Differ {
		fmt.Fprintf(&b, "  ! %s\n", d)
	}
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprint(table, "\n  \tA\tB\tchange\tinterval\tseen from\t\n")
	for _, g := range c.groups() {
		_, _ = fmt.Fprintf(table, "  %s\t\t\t\t\t\t\n", g.Operation)
		for _, r := range g.Rows {
			_, _ = fmt.Fprintf(table, "    %s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Name, r.Before, r.After, r.Shift, r.Range, r.Smallest, r.Verdict)
		}
	}
	_ = table.Flush() // a strings.Builder takes everything
	if len(c.Thresholds) > 0 {
		_, _ = fmt.Fprint(table, "\n  Thresholds\tA\tB\t\n")
	}
	for _, j := range c.Thresholds {
		_, _ = fmt.Fprintf(table, "    %s\t%s\t%s\t\n", j.Threshold, j.Before(), j.After())
	}
	_ = table.Flush()
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	b.Reset()
	b.WriteString(strings.Join(lines, "\n"))
	fmt.Fprintf(&b, "\n  %s\n", c.footnote())
	_, err := io.WriteString(w, b.String())
	return err
}

// Markdown writes the comparison for a pull request. What targets and files are called stays words.
func Markdown(w io.Writer, c Comparison) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s: %s\n\n", capital(c.Verdict), escape(c.headline()))
	fmt.Fprintf(&b, "A is `%s` (%s), B is `%s` (%s).\n\n", code(c.A.Dir), c.A.Began, code(c.B.Dir), c.B.Began)
	for _, d := range c.Differ {
		fmt.Fprintf(&b, "> **Careful:** %s\n>\n", escape(d))
	}
	b.WriteString("| operation | figure | A | B | change | interval | seen from | |\n|---|---|--:|--:|--:|:-:|--:|---|\n")
	for _, g := range c.groups() {
		for _, r := range g.Rows {
			verdict := r.Verdict
			if r.Verdict == Worse || r.Verdict == Better {
				verdict = "**" + verdict + "**"
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s |\n", escape(g.Operation), r.Name, r.Before, r.After, r.Shift, r.Range, r.Smallest, verdict)
		}
	}
	if len(c.Thresholds) > 0 {
		b.WriteString("\n| threshold | A | B |\n|---|---|---|\n")
	}
	for _, j := range c.Thresholds {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", escape(j.Threshold), escape(j.Before()), escape(j.After()))
	}
	fmt.Fprintf(&b, "\n%s\n", c.footnote())
	_, err := io.WriteString(w, b.String())
	return err
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// escape keeps text from being read as Markdown or HTML.
func escape(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("\\`*_[]<>|&#@", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func code(text string) string { return strings.ReplaceAll(text, "`", "'") }
