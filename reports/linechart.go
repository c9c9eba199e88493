package reports

import (
	"html/template"
	"strings"
)

// series is one line of a chart.
type series struct {
	Name, Class string
	points      []float64 // at even distances; on a log axis, what is not above 0 is a gap
	filled      bool      // shade the area below
}

// lineChart is a chart over wall time.
type lineChart struct {
	label     string // what it shows, in words
	width     float64
	height    float64
	seconds   float64 // length of the time axis
	warmup    float64 // seconds at the beginning to shade
	y         axis
	format    func(float64) string // of the y axis
	series    []series
	limit     float64 // a horizontal line; 0 is none
	limitText string
}

// The room around the plot for the labels, in the units of the picture.
const (
	roomLeft, roomRight = 62.0, 14.0
	roomTop, roomBottom = 12.0, 26.0
)

// svg draws the chart.
func (l lineChart) svg() template.HTML {
	var c canvas
	x := timeAxis(l.seconds)
	if l.warmup > 0 {
		c.rect(l.x(x, 0), roomTop, l.x(x, l.warmup)-l.x(x, 0), l.height-roomTop-roomBottom, "warmup")
		c.text(l.x(x, 0)+5, roomTop+13, "start", "note", "warm-up")
	}
	for _, v := range l.y.ticks {
		c.line(roomLeft, l.yAt(v), l.width-roomRight, l.yAt(v), "grid")
		c.text(roomLeft-8, l.yAt(v)+4, "end", "tick", l.format(v))
	}
	for _, v := range x.ticks {
		c.text(l.x(x, v), l.height-8, "middle", "tick", seconds(v))
	}
	for _, s := range l.series {
		if s.filled {
			c.path(l.area(x, s.points), "area "+s.Class)
		}
		c.path(l.curve(x, s.points), "curve "+s.Class)
	}
	if l.limit > 0 {
		c.line(roomLeft, l.yAt(l.limit), l.width-roomRight, l.yAt(l.limit), "limit")
		c.text(l.width-roomRight, l.yAt(l.limit)-5, "end", "note", l.limitText)
	}
	return c.picture(l.width, l.height, l.label)
}

func (l lineChart) x(a axis, v float64) float64 {
	return roomLeft + a.at(v)*(l.width-roomLeft-roomRight)
}

func (l lineChart) yAt(v float64) float64 {
	return l.height - roomBottom - l.y.at(v)*(l.height-roomTop-roomBottom)
}

// middle is the instant that point i of n stands for: the middle of its interval.
func (l lineChart) middle(i, n int) float64 { return (float64(i) + 0.5) * l.seconds / float64(n) }

// curve joins the points, with gaps where nothing was measured. A point between two gaps becomes a dot.
func (l lineChart) curve(x axis, points []float64) string {
	var b strings.Builder
	gap := true
	for i, v := range points {
		if l.y.log && v <= 0 {
			gap = true
			continue
		}
		command := "L"
		if gap {
			command = "M"
		}
		b.WriteString(command + px(l.x(x, l.middle(i, len(points)))) + " " + px(l.yAt(v)))
		if gap {
			b.WriteString("h0")
		}
		gap = false
	}
	return b.String()
}

// area is the space between the points and the axis.
func (l lineChart) area(x axis, points []float64) string {
	if len(points) == 0 {
		return ""
	}
	floor := px(l.yAt(l.y.lo))
	first, last := px(l.x(x, l.middle(0, len(points)))), px(l.x(x, l.middle(len(points)-1, len(points))))
	var b strings.Builder
	b.WriteString("M" + first + " " + floor)
	for i, v := range points {
		b.WriteString("L" + px(l.x(x, l.middle(i, len(points)))) + " " + px(l.yAt(v)))
	}
	b.WriteString("L" + last + " " + floor + "Z")
	return b.String()
}
