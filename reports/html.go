package reports

import (
	"io"

	"github.com/passmuster/muster/internal/record"
)

// HTML writes the report as one page; so far the text alone.
func HTML(w io.Writer, s Summary, _ *record.Run) error { return Text(w, s, TextOptions{}) }
