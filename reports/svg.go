package reports

import (
	"fmt"
	"html"
	"html/template"
	"strconv"
	"strings"
)

// canvas gathers the elements of one SVG picture. Looks come from the page's style sheet by class, so that a picture
// follows the reader's light or dark scheme.
type canvas struct{ b strings.Builder }

func (c *canvas) rect(x, y, w, h float64, class string) {
	fmt.Fprintf(&c.b, `<rect class="%s" x="%s" y="%s" width="%s" height="%s"/>`, class, px(x), px(y), px(w), px(h))
}

func (c *canvas) line(x1, y1, x2, y2 float64, class string) {
	fmt.Fprintf(&c.b, `<path class="%s" d="M%s %sL%s %s"/>`, class, px(x1), px(y1), px(x2), px(y2))
}

// text writes a label; anchor is start, middle or end.
func (c *canvas) text(x, y float64, anchor, class, text string) {
	fmt.Fprintf(&c.b, `<text class="%s" x="%s" y="%s" text-anchor="%s">%s</text>`, class, px(x), px(y), anchor, html.EscapeString(text))
}

func (c *canvas) path(d, class string) { fmt.Fprintf(&c.b, `<path class="%s" d="%s"/>`, class, d) }

// picture closes the canvas. label says in words what the picture shows, for those who cannot see it.
func (c *canvas) picture(w, h float64, label string) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg viewBox="0 0 %s %s" role="img" aria-label="%s">%s</svg>`,
		px(w), px(h), html.EscapeString(label), c.b.String()))
}

// bar returns a strip of the full width on which the stretch from..to of whole is filled. A stretch that is not empty
// stays visible however small it is.
func bar(from, to, whole int64, class string) template.HTML {
	const width, least = 1000.0, 4.0
	var c canvas
	c.rect(0, 0, width, 10, "track")
	if whole > 0 && to > from {
		x, w := width*float64(from)/float64(whole), width*float64(to-from)/float64(whole)
		w = max(w, least)
		c.rect(min(x, width-w), 0, w, 10, class)
	}
	return template.HTML(`<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">` + c.b.String() + `</svg>`)
}

// marks returns a strip of the full width for so many seconds: those in which something showed, and over them those in
// which it had an effect.
func marks(length int, shown, touched []int) template.HTML {
	const width, least = 1000.0, 4.0
	var c canvas
	c.rect(0, 0, width, 10, "track")
	for _, layer := range []struct {
		seconds []int
		class   string
	}{{shown, "amber"}, {touched, "alarm"}} {
		for _, s := range stretches(layer.seconds) {
			if s.first < length {
				x := width * float64(s.first) / float64(length)
				c.rect(x, 0, max(least, width*float64(min(s.last+1, length))/float64(length)-x), 10, layer.class)
			}
		}
	}
	return template.HTML(`<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">` + c.b.String() + `</svg>`)
}

// px writes a coordinate with one decimal at most.
func px(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
}
