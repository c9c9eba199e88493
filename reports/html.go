package reports

import (
	"embed"
	"html/template"
	"io"

	"github.com/passmuster/muster/internal/record"
)

//go:embed template
var templates embed.FS

//go:embed template/report.css
var style string

var layout = template.Must(template.New("report.html.tmpl").Funcs(template.FuncMap{
	"thousands": thousands, "measured": measured, "upper": upper,
}).ParseFS(templates, "template/*.tmpl"))

// HTML writes the report as one page that needs nothing else: no script, no network, no other file. It follows the
// reader's light or dark scheme and prints. The same run gives the same bytes.
func HTML(w io.Writer, s Summary, run *record.Run) error {
	p := newPage(s, run)
	p.Style = template.CSS(style)
	return layout.Execute(w, p)
}
