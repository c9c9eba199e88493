package picture

import (
	"fmt"
	"html"
	"io"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/numeral"
)

// Page is an SVG with a heading and charts below each other.
type Page struct {
	Title string
	About string   // one line below the title
	Lines []string // of text, at the bottom
	Chart []Chart
}

// The measures of a page, in its own units.
const (
	pageWidth  = 960
	left       = 64
	right      = 24
	heading    = 84
	plotHeight = 190
	below      = 66 // of a plot, for the axis and the next one's title
	lineHeight = 20
	points     = 448 // most points along a plot; two units each
	plotWidth  = pageWidth - left - right
)

// style colours a page by what its reader prefers. The colours of the layers are told apart by those, too, who see fewer
// of them (Okabe and Ito's palette).
const style = `<style>
svg{--paper:#fff;--ink:#1b1f24;--faint:#667;--grid:#e3e6ea;--area:#0072b2;--l0:#0072b2;--l1:#009e73;--l2:#e69f00;--l3:#cc79a7;background:var(--paper)}
@media (prefers-color-scheme:dark){svg{--paper:#14171b;--ink:#e8eaed;--faint:#9aa3ad;--grid:#2b3138;--area:#56b4e9;--l0:#56b4e9;--l1:#1fc79a;--l2:#f0b93a;--l3:#e39bc4}}
text{font:13px system-ui,sans-serif;fill:var(--ink)}.title{font-size:22px;font-weight:600}.chart{font-size:15px;font-weight:600}.faint{fill:var(--faint)}
.end{text-anchor:end}.mid{text-anchor:middle}.grid{stroke:var(--grid)}.line{fill:none;stroke:var(--ink);stroke-width:1;opacity:.55}.area{fill:var(--area);fill-opacity:.3}.edge{fill:none;stroke:var(--area);stroke-width:2}
.l0{fill:var(--l0)}.l1{fill:var(--l1)}.l2{fill:var(--l2)}.l3{fill:var(--l3)}
</style>
`

// SVG draws p. It needs nothing but itself: no script, no font, no network.
func SVG(w io.Writer, p Page) error {
	height := heading + len(p.Chart)*(plotHeight+below) + len(p.Lines)*lineHeight
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="title about">`+"\n",
		pageWidth, height, pageWidth, height)
	fmt.Fprintf(&b, "<title id=\"title\">%s</title>\n<desc id=\"about\">%s</desc>\n%s", html.EscapeString(p.Title), html.EscapeString(p.About), style)
	fmt.Fprintf(&b, "<rect width=\"%d\" height=\"%d\" fill=\"var(--paper)\"/>\n", pageWidth, height)
	words(&b, left, 34, "title", p.Title)
	words(&b, left, 56, "faint", p.About)
	top := heading
	for _, c := range p.Chart {
		plot(&b, c, top)
		top += plotHeight + below
	}
	for i, line := range p.Lines {
		words(&b, left, top+i*lineHeight-4, "faint", line)
	}
	b.WriteString("</svg>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func words(b *strings.Builder, x, y int, class, text string) {
	fmt.Fprintf(b, "<text x=\"%d\" y=\"%d\" class=\"%s\">%s</text>\n", x, y, class, html.EscapeString(text))
}

// plot draws one chart with its upper edge at top.
func plot(b *strings.Builder, c Chart, top int) {
	words(b, left, top+6, "chart", fmt.Sprintf("%s, at most %s", c.Title, numeral.Thousands(int64(peak(c.Values)))))
	top += 18
	most := ceiling(c.Values)
	for i := range intervals + 1 {
		y := top + plotHeight - i*plotHeight/intervals
		x := left + i*plotWidth/intervals
		fmt.Fprintf(b, "<path class=\"grid\" d=\"M%d %dH%d\"/>\n", left, y, left+plotWidth)
		words(b, left-8, y+4, "faint end", short(most*i/intervals))
		words(b, x, top+plotHeight+20, "faint mid", instant(c.Span*time.Duration(i)/intervals))
	}
	n := min(points, len(c.Values))
	if n == 0 {
		return
	}
	s := surface{top: top, most: float64(most), n: n}
	if len(c.Layers) == 0 {
		roof := floats(greatest(c.Values, n))
		fmt.Fprintf(b, "<path class=\"area\" d=\"%s\"/>\n<path class=\"edge\" d=\"%s\"/>\n", s.band(make([]float64, n), roof), s.ridge(roof))
		return
	}
	s.stack(b, c)
	fmt.Fprintf(b, "<path class=\"line\" d=\"%s\"><title>busiest second</title></path>\n", s.ridge(floats(greatest(c.Values, n))))
}

// surface is where the curves of a plot are drawn.
type surface struct {
	top, n int
	most   float64
}

// stack draws layers upon each other, each as high as its mean over a share of time, and says what they are.
func (s surface) stack(b *strings.Builder, c Chart) {
	floor := make([]float64, s.n)
	legend := left + plotWidth
	for i, l := range c.Layers {
		roof := make([]float64, s.n)
		for k := range roof {
			roof[k] = floor[k] + mean(l.Values, k, s.n)
		}
		fmt.Fprintf(b, "<path class=\"l%d\" d=\"%s\"><title>%s</title></path>\n", i%4, s.band(floor, roof), html.EscapeString(l.Name))
		floor = roof
	}
	for i := len(c.Layers) - 1; i >= 0; i-- {
		name := c.Layers[i].Name
		legend -= 8*len(name) + 26
		fmt.Fprintf(b, "<rect x=\"%d\" y=\"%d\" width=\"11\" height=\"11\" class=\"l%d\"/>\n", legend, s.top-22, i%4)
		words(b, legend+16, s.top-12, "faint", name)
	}
}

// at returns the place of a value of share k.
func (s surface) at(k int, value float64) (x, y float64) {
	if s.n > 1 {
		x = float64(k) / float64(s.n-1)
	}
	return left + x*plotWidth, float64(s.top) + plotHeight*(1-value/s.most)
}

// ridge returns the path along values.
func (s surface) ridge(values []float64) string {
	var b strings.Builder
	for k, v := range values {
		x, y := s.at(k, v)
		fmt.Fprintf(&b, "%c%.1f %.1f", "ML"[min(k, 1)], x, y)
	}
	return b.String()
}

// band returns the path round what lies between two rows of values.
func (s surface) band(floor, roof []float64) string {
	var b strings.Builder
	b.WriteString(s.ridge(roof))
	for k := len(floor) - 1; k >= 0; k-- {
		x, y := s.at(k, floor[k])
		fmt.Fprintf(&b, "L%.1f %.1f", x, y)
	}
	return b.String() + "Z"
}

// mean returns the mean of share k of width of values.
func mean(values []uint32, k, width int) float64 {
	from, to := share(len(values), k, width)
	sum := 0.0
	for _, v := range values[from:to] {
		sum += float64(v)
	}
	return sum / float64(max(1, to-from))
}

func floats(values []int) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}
