package reports

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/passmuster/muster/internal/record"
)

// underWay is the fixture's run as it was before its ledger was closed.
func underWay(t *testing.T) *Account {
	t.Helper()
	run := openV1(t)
	run.Ledger, run.Manifest.Ended, run.Manifest.Load.Readback = nil, record.Running, true
	a := accountOf(run)
	told := record.InsightsFigures{ConcurrentPlayers: 2290}
	must(t, a.Add(record.Entry{Track: &record.InsightsSecond{Second: 20, Truth: record.InsightsFigures{ConcurrentPlayers: 2301}, Target: &told}}))
	must(t, a.Add(record.Entry{Track: &record.InsightsSecond{Second: 23, Truth: record.InsightsFigures{ConcurrentPlayers: 2250}}}))
	must(t, a.Add(record.Entry{Health: []record.Health{{Second: 22, Facts: map[string]float64{record.Exhausted: 3}}}}))
	return a
}

func TestGoldenOfTheTerminalView(t *testing.T) {
	s := underWay(t).SoFar()
	s.Planned = 40 * time.Second
	var b strings.Builder
	for _, columns := range []int{40, 80, 120} {
		fmt.Fprintf(&b, "-- %d columns --\n%s\n", columns, strings.Join(Screen{Columns: columns, Elapsed: 23 * time.Second}.Lines(s), "\n"))
	}
	fmt.Fprintf(&b, "-- colour --\n%q\n", Screen{Columns: 80, Color: true, Elapsed: 41 * time.Second}.Lines(s))
	m := openV1(t).Manifest
	m.Ended = record.Running
	begun := NewAccount(m).SoFar()
	fmt.Fprintf(&b, "-- before the first second --\n%s\n", strings.Join(Screen{Columns: 80}.Lines(begun), "\n"))
	golden(t, "screen.txt", []byte(b.String()))
}

func TestTerminalViewFitsTheTerminal(t *testing.T) {
	s := underWay(t).SoFar()
	s.Name, s.Thresholds = strings.Repeat("long name ", 9), append(s.Thresholds, s.Thresholds...)
	escapes := regexp.MustCompile("\x1b\\[[0-9;]*m")
	for columns := 1; columns < 200; columns += 7 {
		for rows := 2; rows < 30; rows += 9 {
			lines := Screen{Columns: columns, Rows: rows, Color: true, Elapsed: time.Hour}.Lines(s)
			if len(lines) >= rows || len(lines) == 0 {
				t.Errorf("%d lines on a terminal of %d rows", len(lines), rows)
			}
			for _, line := range lines {
				if n := utf8.RuneCountInString(escapes.ReplaceAllString(line, "")); n >= max(columns, leastColumns+1) {
					t.Errorf("on %d columns a line of %d: %q", columns, n, line)
				}
				if strings.Count(line, "\x1b[")%2 != 0 {
					t.Errorf("a colour does not end in its line: %q", line)
				}
			}
		}
	}
}
