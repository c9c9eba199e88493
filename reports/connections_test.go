package reports

import (
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/record"
)

// TestTransportsWithoutConnectionsAreNotTold has one transport connect, one fail to, and one that has nothing to send.
func TestTransportsWithoutConnectionsAreNotTold(t *testing.T) {
	text := textOf(t, runWith(t, nil, func(w *record.Writer) {
		must(t, w.Links([]*record.Links{
			{Second: 1, Transport: "kafka", Dials: 3, Open: 2},
			{Second: 1, Transport: "http", Dials: 7, DialErrors: 7},
			{Second: 1, Transport: "sns"},
		}))
	}))
	var rows []string
	_, table, _ := strings.Cut(text, "  Connections ")
	for line := range strings.Lines(table) {
		if fields := strings.Fields(line); len(fields) > 3 {
			rows = append(rows, strings.Join(fields[:4], " "))
		}
	}
	const want = "open dials errors full\nhttp 0 7 7\nkafka 2 3 0"
	if got := strings.Join(rows, "\n"); !strings.HasPrefix(got, want) || strings.Contains(got, "sns") {
		t.Errorf("connections\n%s\nwant\n%s", got, want)
	}
}
