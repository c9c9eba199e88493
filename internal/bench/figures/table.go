package figures

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Table writes rows as a Markdown table whose columns are aligned, so that it reads well as plain text too.
func Table(head []string, rows [][]string) string {
	width := make([]int, len(head))
	all := append([][]string{head}, rows...)
	for _, row := range all {
		for i := range head {
			width[i] = max(width[i], utf8.RuneCountInString(escape(row[i])), 3)
		}
	}
	var b strings.Builder
	line := func(cells []string) {
		for i, cell := range cells {
			cell = escape(cell)
			b.WriteString("| " + cell + strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell)) + " ")
		}
		b.WriteString("|\n")
	}
	rule := make([]string, len(head))
	for i := range rule {
		rule[i] = strings.Repeat("-", width[i])
	}
	line(head)
	line(rule)
	for _, row := range rows {
		line(row)
	}
	return b.String()
}

func escape(cell string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(cell), " "), "|", `\|`)
}

// Goals is the table of goals and of today's figures.
func Goals(rows []Row) string {
	cells := make([][]string, len(rows))
	for i, r := range rows {
		cells[i] = []string{r.What, r.Goal, r.Today, string(r.State)}
	}
	return Table([]string{"what", "goal", "today", ""}, cells)
}

// Contestants is the table of what each contestant took.
func Contestants(all []Series) string {
	var cells [][]string
	for _, s := range all {
		if s.Missing != "" {
			cells = append(cells, []string{s.Name, s.Unit, "not measured: " + s.Missing, "", ""})
			continue
		}
		cells = append(cells, []string{
			s.Name, s.Unit, spread(s, Reading.CPUPerUnit), spread(s, Reading.PerSecond),
			spread(s, func(r Reading) float64 { return float64(r.RSS) / (1 << 20) }),
		})
	}
	return Table([]string{"contestant", "unit", "CPU µs per unit", "units/s", "peak RSS MiB"}, cells)
}

func spread(s Series, by Measure) string {
	v, ok := Of(s.Values(by))
	if !ok {
		return ""
	}
	return v.text("")
}

// Count says how many rows came to each state, in one line.
func Count(rows []Row) string {
	n := map[State]int{}
	for _, r := range rows {
		n[r.State]++
	}
	text := fmt.Sprintf("%d met, %d missed", n[Met], n[Missed])
	if n[Missing] > 0 {
		text += fmt.Sprintf(", %d not measured", n[Missing])
	}
	if n[Faulty] > 0 {
		text += fmt.Sprintf(", %d without a reading", n[Faulty])
	}
	return text
}
