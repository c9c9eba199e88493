package chart

import (
	"html/template"
	"math"
	"strings"
)

// The strips are a thousand units wide, whatever the width that they get in the page; nothing that is there is drawn
// thinner than can be seen.
const stripWidth, stripLeast = 1000.0, 4.0

// Bar returns a strip of the full width on which the stretch from..to of whole is filled.
func Bar(from, to, whole int64, class string) template.HTML {
	var c canvas
	c.rect(0, 0, stripWidth, 10, "track")
	if whole > 0 && to > from {
		x, w := stripWidth*float64(from)/float64(whole), stripWidth*float64(to-from)/float64(whole)
		w = max(w, stripLeast)
		c.rect(min(x, stripWidth-w), 0, w, 10, class)
	}
	return c.strip()
}

// Marks returns a strip of the full width for so many seconds, with layers of stretches from a first to a last second,
// the later ones over the earlier ones.
func Marks(length int, layers ...Layer) template.HTML {
	var c canvas
	c.rect(0, 0, stripWidth, 10, "track")
	for _, layer := range layers {
		for _, s := range layer.Stretches {
			if s[0] < length {
				x := stripWidth * float64(s[0]) / float64(length)
				c.rect(x, 0, max(stripLeast, stripWidth*float64(min(s[1]+1, length))/float64(length)-x), 10, layer.Class)
			}
		}
	}
	return c.strip()
}

// Layer is what a strip shows in one colour.
type Layer struct {
	Stretches [][2]int // first and last second
	Class     string
}

func (c *canvas) strip() template.HTML {
	return template.HTML(`<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">` + c.b.String() + `</svg>`)
}

// Spark returns a small line without axes, from 0 to its greatest value, of at most width points; nothing when there is
// none.
func Spark(points []float64, class string) template.HTML {
	const width, height = 120.0, 24.0
	most := 0.0
	for _, v := range points {
		if v > most {
			most = v
		}
	}
	if most == 0 {
		return ""
	}
	points = greatest(points, int(width)/2)
	var p pen
	for i, v := range points {
		if math.IsNaN(v) {
			p.lift()
			continue
		}
		p.to(2+(width-4)*(float64(i)+0.5)/float64(len(points)), height-2-(height-4)*v/most)
	}
	var b strings.Builder
	b.WriteString(`<svg class="spark" viewBox="0 0 120 24" aria-hidden="true"><path class="curve ` + class + `" d="` + p.String() + `"/></svg>`)
	return template.HTML(b.String())
}

// greatest returns the greatest of each of at most n equal shares of the points.
func greatest(points []float64, n int) []float64 {
	if len(points) <= n {
		return points
	}
	few := make([]float64, n)
	for i := range few {
		few[i] = math.NaN()
		for _, v := range points[i*len(points)/n : (i+1)*len(points)/n] {
			if !math.IsNaN(v) && !(v <= few[i]) {
				few[i] = v
			}
		}
	}
	return few
}
