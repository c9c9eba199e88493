package compare

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"math"

	"github.com/passmuster/muster/reports"
)

//go:embed template
var templates embed.FS

var layout = template.Must(template.New("compare.html.tmpl").Funcs(template.FuncMap{"upper": capital}).ParseFS(templates, "template/*.tmpl"))

// page is what the template lays out.
type page struct {
	Comparison
	Style           template.CSS
	Tone            string
	Headline        string
	Footnote, Scale string
	Groups          []picturedGroup
}

type picturedGroup struct {
	Operation string
	Rows      []pictured
}

type pictured struct {
	view
	Picture template.HTML
}

// HTML writes the comparison as one page that needs nothing else. The same comparison gives the same bytes.
func HTML(w io.Writer, c Comparison) error {
	p := page{Comparison: c, Style: reports.Style(), Tone: tone(c.Verdict), Headline: c.headline(), Footnote: c.footnote()}
	reach := c.reach()
	p.Scale = fmt.Sprintf("%g %%", math.Round(100*reach))
	for _, g := range c.groups() {
		drawn := picturedGroup{Operation: g.Operation}
		for _, v := range g.Rows {
			drawn.Rows = append(drawn.Rows, pictured{v, interval(v.Row, reach)})
		}
		p.Groups = append(p.Groups, drawn)
	}
	return layout.Execute(w, p)
}

// reach is the largest change, up or down, that the pictures show: that of the widest interval, but at least 10 % and at
// most 100 %.
func (c Comparison) reach() float64 {
	reach := 0.1
	for _, r := range c.Rows {
		if r.judged() && r.Clock != Errors {
			reach = max(reach, math.Abs(r.Low), math.Abs(r.High))
		}
	}
	return min(reach, 1)
}

// interval draws a row's change as a dot on its interval, with no change in the middle. Those of errors are in points of
// their own and have no picture.
func interval(r Row, reach float64) template.HTML {
	if !r.judged() || r.Clock == Errors {
		return ""
	}
	const width, middle = 240.0, 120.0
	x := func(change float64) float64 { return middle + middle*0.96*max(-1, min(1, change/reach)) }
	return template.HTML(fmt.Sprintf(
		`<svg class="interval %s" viewBox="0 0 %g 20" role="img" aria-label="from %s to %s per cent">`+
			`<path class="grid" d="M%g 0V20"/><path class="whisker" d="M%.1f 10H%.1f"/><circle cx="%.1f" cy="10" r="4"/></svg>`,
		tone(r.Verdict), width, signed(r.Low), signed(r.High), middle, x(r.Low), x(r.High), x(r.Change)))
}
