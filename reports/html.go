package reports

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"slices"

	"github.com/passmuster/muster/internal/numeral"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/reports/chart"
)

//go:embed template
var templates embed.FS

//go:embed template/report.css
var style string

var layout = template.Must(template.New("report.html.tmpl").Funcs(template.FuncMap{
	"thousands": numeral.Thousands, "measured": measured, "upper": upper,
}).ParseFS(templates, "template/*.tmpl"))

// HTML writes the report of a run as one page that needs nothing else: no network, no other file, and scripts only to
// move about in its pictures. It follows the reader's light or dark scheme and prints. The same run gives the same bytes.
func HTML(w io.Writer, s Summary, run *record.Run) error {
	return NewPage(s, ExhibitsOf(run)).Write(w, Frame{})
}

// Page is the report ready to be laid out, as a whole or panel by panel. It is safe for concurrent use.
type Page struct {
	page  page
	block chart.Block
}

// NewPage lays out a summary. The summary may be of a run that still goes on.
func NewPage(s Summary, x Exhibits) *Page {
	groups, t := map[string][]chart.Chart{}, chart.Time{}
	if s.Load != nil {
		groups, t = charts(s.Load), timeAxis(s.Load)
	}
	var all []chart.Chart
	for _, name := range Groups() {
		all = append(all, groups[name]...)
	}
	return &Page{newPage(s, x, groups), chart.NewBlock(t, all)}
}

// Block returns the data of all charts, in the order of the page.
func (p *Page) Block() chart.Block { return p.block }

// Panels are the parts of the page that can be rendered by themselves; each is one element whose id is its name. An
// element that has nothing to tell is empty. Charts lie in none of them.
func Panels() []string {
	return []string{
		"panel-verdict", "panel-contents", "panel-operations", "panel-percentiles", "panel-thresholds", "panel-errors", "panel-samples", "panel-ledger",
		"panel-insights", "panel-buffers", "panel-connections", "panel-generator", "panel-conformance", "panel-setup", "panel-problems",
	}
}

// Panel renders one of Panels.
func (p *Page) Panel(name string) (string, error) {
	if !slices.Contains(Panels(), name) {
		return "", fmt.Errorf("render panel %q: want one of %q", name, Panels())
	}
	var b bytes.Buffer
	err := layout.ExecuteTemplate(&b, name, p.page)
	return b.String(), err
}

// Group renders the charts of one group of Groups, as SVG, in one element whose id is "charts-" and the group's name.
func (p *Page) Group(name string) (string, error) {
	if !slices.Contains(Groups(), name) {
		return "", fmt.Errorf("render charts %q: want one of %q", name, Groups())
	}
	var b bytes.Buffer
	err := layout.ExecuteTemplate(&b, "charts", p.page.Group(name))
	return b.String(), err
}
