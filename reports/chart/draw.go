package chart

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// The room around the plot for the labels, in the units of the picture. The page's script keeps to the same.
const (
	roomLeft, roomRight = 56.0, 26.0
	roomTop, roomBottom = 12.0, 26.0
)

// mostHeatColumns bounds the columns of a heat map in a picture; a script draws all of them.
const mostHeatColumns = 160

// drawing is one picture under way.
type drawing struct {
	canvas
	chart         Chart
	time          Time
	width, height float64
	room          float64 // at the right
	x, y, right   axis
}

// SVG draws the chart. A chart over time lies on the axis t.
func (c Chart) SVG(t Time) template.HTML {
	d := &drawing{chart: c, time: t, room: roomRight}
	d.width, d.height = c.Size.measures()
	least, most := c.extent(false)
	if c.Log {
		d.y = logAxis(least, most, c.Unit)
	} else {
		d.y = linearAxis(most, c.Unit)
	}
	if c.Right != "" {
		_, most = c.extent(true)
		d.right, d.room = linearAxis(most, c.Right), roomLeft
	}
	if c.Nines != nil {
		d.x = ninesAxis(c.Nines)
	} else {
		d.x = timeAxis(t.Seconds, math.Floor(d.width/75))
		d.past()
	}
	d.axes()
	d.heat()
	d.lines()
	d.limit()
	return d.picture(d.width, d.height, c.label())
}

// label says in words what the picture shows.
func (c Chart) label() string {
	names := make([]string, len(c.Series))
	for i, s := range c.Series {
		names[i] = s.Name
	}
	over := "over time"
	if c.Nines != nil {
		over = "by percentile"
	}
	return fmt.Sprintf("%s %s: %s", c.Title, over, strings.Join(names, ", "))
}

func (d *drawing) xAt(v float64) float64 { return roomLeft + d.x.at(v)*(d.width-roomLeft-d.room) }

func (d *drawing) yAt(a axis, v float64) float64 {
	return d.height - roomBottom - a.at(v)*(d.height-roomTop-roomBottom)
}

func (d *drawing) floor() float64 { return d.height - roomBottom }

// place is where point i lies.
func (d *drawing) place(i int) float64 {
	if d.chart.Nines != nil {
		return d.xAt(d.chart.Nines[i])
	}
	return d.xAt((float64(i) + 0.5) * d.time.Step)
}

// past shades the warm-up and marks late seconds.
func (d *drawing) past() {
	if d.time.Warmup > 0 {
		d.rect(d.xAt(0), roomTop, d.xAt(d.time.Warmup)-d.xAt(0), d.floor()-roomTop, "warmup")
		if d.chart.Size != Third {
			d.text(d.xAt(0)+5, roomTop+13, "start", "note", "warm-up")
		}
	}
	for _, late := range d.time.Late {
		x := d.xAt(float64(late[0]))
		d.rect(x, d.floor(), max(1.5, d.xAt(float64(late[1]+1))-x), 5, "late")
	}
}

func (d *drawing) axes() {
	for _, v := range d.y.ticks {
		d.line(roomLeft, d.yAt(d.y, v), d.width-d.room, d.yAt(d.y, v), "grid")
		d.text(roomLeft-8, d.yAt(d.y, v)+4, "end", "tick", d.y.text(v))
	}
	for _, v := range d.right.ticks {
		d.text(d.width-d.room+8, d.yAt(d.right, v)+4, "start", "tick", d.right.text(v))
	}
	for _, v := range d.x.ticks {
		d.text(d.xAt(v), d.height-7, "middle", "tick", d.x.text(v))
	}
}

// heat draws the cells in a plane of columns and buckets that is stretched over the plot.
func (d *drawing) heat() {
	h := d.chart.Heat
	if h.empty() {
		return
	}
	columns := h.merged(mostHeatColumns)
	width := (d.xAt(float64(len(h.Columns))*d.time.Step) - roomLeft) / float64(len(columns))
	top := func(bucket int) float64 { // beyond the ends of the axis too
		return d.floor() - (math.Log10(h.edge(bucket))-math.Log10(d.y.lo))/(math.Log10(d.y.hi)-math.Log10(d.y.lo))*(d.floor()-roomTop)
	}
	fmt.Fprintf(&d.b, `<g class="heat" transform="translate(%s %s) scale(%s %s)">`,
		px(roomLeft+width/2), px(top(0)), exact(width), exact(top(1)-top(0)))
	for i, path := range heatPaths(columns) {
		d.path(path, "heat-"+strconv.Itoa(i+1))
	}
	d.b.WriteString("</g>")
}

func exact(v float64) string { return strconv.FormatFloat(v, 'f', 4, 64) }

func (d *drawing) limit() {
	l := d.chart.Limit
	if l.Value <= 0 {
		return
	}
	y := d.yAt(d.y, l.Value)
	d.line(roomLeft, y, d.width-d.room, y, "limit")
	d.text(d.width-d.room, y-5, "end", "note", l.Text)
}
