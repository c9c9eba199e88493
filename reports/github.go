package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/passmuster/muster/internal/record"
)

// mostAnnotated bounds the annotations of one run: GitHub shows ten errors and ten warnings of a step.
const mostAnnotated = 10

// mostDetailed bounds the clauses that a job summary tells all about, and mostEvidence the bytes of each: GitHub takes
// 1 MiB of a step, or nothing of it.
const (
	mostDetailed = 50
	mostEvidence = 8 << 10
)

// Markdown writes the run as a GitHub job summary: the verdict, its halves, the reasons, and each broken clause with what
// was seen. What a target said stands in code only, so that it cannot become markup.
func Markdown(w io.Writer, s Summary, run *record.Run) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## Muster: %s\n\n%s against %s\n\n", upper(s.Headline()), code(s.Name), code(s.Target))
	b.WriteString("| | | |\n|---|---|---|\n")
	for _, c := range strip(s) {
		fmt.Fprintf(&b, "| %s %s | %s | %s |\n", mark(c.Tone), escaped(c.Label), escaped(c.State), escaped(c.Detail))
	}
	if len(s.Reasons) > 0 {
		b.WriteByte('\n')
	}
	for _, r := range s.Reasons {
		fmt.Fprintf(&b, "- %s\n", escaped(r))
	}
	judged(&b, s.Load)
	broken(&b, s, run)
	_, err := io.WriteString(w, b.String())
	return err
}

// judged writes what became of each threshold.
func judged(b *strings.Builder, l *Load) {
	if l == nil || len(l.Thresholds) == 0 {
		return
	}
	b.WriteString("\n### Thresholds\n\n| | threshold | measured |\n|---|---|---|\n")
	for _, j := range l.Thresholds {
		fmt.Fprintf(b, "| %s | %s | %s |\n", mark(statusTone(j.Status)), code(j.Threshold), escaped(remarked(j.Shown(), j.Note)))
	}
}

// broken writes each broken clause, the ones that count first, with its first violation to fold out.
func broken(b *strings.Builder, s Summary, run *record.Run) {
	if s.Conformance == nil || len(s.Conformance.Failed)+len(s.Conformance.Lesser)+len(s.Conformance.Known) == 0 {
		return
	}
	b.WriteString("\n### Clauses broken\n\n")
	left := mostDetailed
	for _, counts := range []bool{true, false} {
		for _, f := range run.Findings {
			if f.Status != record.Fail || counts != s.Conformance.counts(f) {
				continue
			}
			if left--; left >= 0 {
				fmt.Fprintf(b, "<details><summary><b>%s</b> <code>%s</code></summary>\n\n%s\n</details>\n\n",
					angled(f.Level), angled(f.ID), fenced(cut(evidenceText(f), mostEvidence)))
			}
		}
	}
	if left < 0 {
		fmt.Fprintf(b, "And %s more, in the report.\n", count(int64(-left), "clause"))
	}
}

// counts says whether a broken clause fails the run.
func (c *Conformance) counts(f record.Finding) bool {
	return f.Known == nil && level(f.Level) >= level(c.FailOn)
}

// Annotations writes a workflow command for each broken clause, an error when it fails the run and a warning otherwise,
// and for each other reason why the run did not pass. As many as GitHub shows of each kind are written, and the last of
// them says how many more there are.
func Annotations(w io.Writer, s Summary, run *record.Run) error {
	lines := map[string][]string{}
	add := func(kind, title, message string) { lines[kind] = append(lines[kind], annotation(kind, title, message)) }
	for _, f := range run.Findings {
		if s.Conformance == nil || f.Status != record.Fail {
			continue
		}
		add(kindOf(s.Conformance.counts(f)), f.Level+" "+f.ID, f.Duty+"\n"+headline(f))
	}
	for _, r := range s.Reasons {
		told := s.Conformance != nil && s.Conformance.Verdict == NonConformant && s.Verdict == Failed && slices.Contains(s.Conformance.Reasons, r)
		if s.Verdict != Passed && !told {
			add(kindOf(s.Verdict == Failed || s.Verdict == Drifted), "muster: "+s.Headline(), r)
		}
	}
	_, err := io.WriteString(w, atMost(lines["error"], "error")+atMost(lines["warning"], "warning"))
	return err
}

func kindOf(grave bool) string {
	if grave {
		return "error"
	}
	return "warning"
}

// atMost joins as many annotations as are shown.
func atMost(all []string, kind string) string {
	if more := len(all) - mostAnnotated + 1; more > 1 {
		all = append(all[:mostAnnotated-1:mostAnnotated-1], annotation(kind, "muster", fmt.Sprintf("and %d more, in the job summary", more)))
	}
	return strings.Join(all, "")
}

// annotation is one workflow command, as a line. Whatever could end a property or the line is escaped as GitHub asks.
func annotation(kind, title, message string) string {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	return fmt.Sprintf("::%s title=%s::%s\n", kind, property.Replace(title), data.Replace(message))
}

// cut returns the first bytes of text, and says when there are more.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// escaped writes words, which a target may have chosen, so that they stay words within a line or a table's cell.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range angled(oneLine(text)) {
		if strings.ContainsRune("\\`*_{}[]|~@#", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func angled(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// code writes text as code within a line.
func code(text string) string { return "<code>" + escaped(text) + "</code>" }

// fenced writes text as a block of code, behind a fence that is longer than any in it.
func fenced(text string) string {
	longest, length := 2, 0
	for _, r := range text {
		if r != '`' {
			length = 0
			continue
		}
		length++
		longest = max(longest, length)
	}
	fence := strings.Repeat("`", longest+1)
	return fence + "text\n" + strings.TrimRight(text, "\n") + "\n" + fence + "\n"
}
