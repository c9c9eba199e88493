package reports

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Screen is where a run that goes on is shown to a person at a terminal.
type Screen struct {
	Columns, Rows int           // of the terminal; 0 rows is as many as it takes
	Color         bool          // mark what is good and bad with ANSI colours, beside their signs
	Elapsed       time.Duration // since the plan began, on the wall; 0 before
}

// The least and the most columns that the view is laid out for. On a narrower terminal lines are cut.
const (
	leastColumns = 24
	mostColumns  = 140
)

// words are a few words that stay together in a line, with their tone.
type words struct{ tone, text string }

// viewRow is one subject of the view; what does not fit into a line goes on in the next.
type viewRow struct {
	label string
	cells []words
}

// Lines are how the run stands, each shorter than the terminal is wide, and fewer than it is high; the most important ones
// come first.
func (o Screen) Lines(s Summary) []string {
	o.Columns = min(max(o.Columns-1, leastColumns), mostColumns) // the last column is left free: some terminals wrap there
	lines := []string{o.progress(s)}
	for _, r := range o.rows(s) {
		lines = append(lines, o.layOut(r)...)
	}
	if o.Rows > 1 {
		lines = lines[:min(len(lines), o.Rows-1)]
	}
	return lines
}

// progress is the bar with the time left.
func (o Screen) progress(s Summary) string {
	name := shortened(s.Name, 16)
	if s.Load == nil || o.Elapsed <= 0 {
		return shortened(name+"  about to begin", o.Columns)
	}
	share, left := 1.0, "answers and read-back to come"
	if o.Elapsed < s.Planned {
		share, left = float64(o.Elapsed)/float64(s.Planned), spoken(s.Planned-o.Elapsed)+" left"
	}
	text := fmt.Sprintf("%3.0f %%  %s of %s, %s", 100*share, spoken(min(o.Elapsed, s.Planned)), spoken(s.Planned), left)
	if room := o.Columns - utf8.RuneCountInString(name+text) - 4; room >= 8 {
		room = min(room, 40)
		full := int(share*float64(room) + 0.5)
		return name + "  " + strings.Repeat("█", full) + strings.Repeat("░", room-full) + "  " + text
	}
	return shortened(name+"  "+strings.TrimSpace(text), o.Columns)
}

// spoken writes a time in whole seconds.
func spoken(d time.Duration) string { return d.Round(time.Second).String() }

func (o Screen) rows(s Summary) []viewRow {
	rows := []viewRow{{"verdict", verdictWords(s)}}
	if s.Load == nil || s.Reach == 0 {
		return rows
	}
	l := s.Load
	return append(rows,
		viewRow{"players", playerWords(l, o.Elapsed)},
		viewRow{"actions/s", []words{{"", rate(l.Recent.Planned) + " planned"}, {"", rate(l.Recent.Sent) + " sent"}, {"", rate(l.Recent.Acknowledged) + " acknowledged"}}},
		viewRow{"response", append(clockWords("", l.Recent.Response), clockWords("service ", l.Recent.Service)...)},
		viewRow{"errors", errorWords(s)},
		viewRow{"generator", generatorWords(l)},
		viewRow{"threshold", thresholdWords(l)})
}

// labelled is how wide the labels are.
const labelled = 11

// layOut writes a row in as few lines as it takes.
func (o Screen) layOut(r viewRow) []string {
	if len(r.cells) == 0 {
		return nil
	}
	t, room := terminal{color: o.Color}, o.Columns-labelled
	var lines []string
	line, used := fmt.Sprintf("%-*s", labelled, r.label), 0
	for _, c := range r.cells {
		text := fitted(c.text, room)
		width := utf8.RuneCountInString(text)
		switch {
		case used == 0:
		case used+3+width > room:
			lines = append(lines, line)
			line, used = strings.Repeat(" ", labelled), 0
		default:
			line, used = line+"   ", used+3
		}
		line, used = line+t.paint(c.tone, text), used+width
	}
	return append(lines, line)
}

// fitted cuts text to so many characters, and spares the value at its end, which is what people look for.
func fitted(text string, most int) string {
	at := strings.LastIndex(text, ": ")
	if at < 0 || utf8.RuneCountInString(text[at:]) > most/2 {
		return shortened(text, most)
	}
	return shortened(text[:at], most-utf8.RuneCountInString(text[at:])) + text[at:]
}

// shortened cuts text to so many characters.
func shortened(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:max(0, most-1)]) + "…"
}
