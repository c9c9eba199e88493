package chart

import (
	"math"
	"strings"
)

// lines draws the series, each with its shade below it.
func (d *drawing) lines() {
	if d.chart.Stacked {
		d.stack()
		return
	}
	for i, s := range d.chart.Series {
		a := d.y
		if s.OnRight {
			a = d.right
		}
		switch {
		case s.Band && i > 0:
			d.path(d.between(a, s.Points, d.chart.Series[i-1].Points), "band "+s.Class)
		case s.Filled:
			d.path(d.area(a, s.Points), "area "+s.Class)
		}
		if s.Dots {
			d.path(d.dots(a, s.Points), "dots "+s.Class)
			continue
		}
		d.path(d.curve(a, s.Points), "curve "+s.Class)
	}
}

// stack draws the sums from the highest down, each over the one before.
func (d *drawing) stack() {
	sums := d.chart.sums()
	for i := len(sums) - 1; i >= 0; i-- {
		d.path(d.area(d.y, sums[i]), "layer "+d.chart.Series[i].Class)
	}
}

// gap says whether there is nothing to draw on the axis.
func (a axis) gap(v float64) bool { return math.IsNaN(v) || a.log && v <= 0 }

// curve joins the points, with gaps where nothing was measured.
func (d *drawing) curve(a axis, points []float64) string {
	var p pen
	for i, v := range points {
		if a.gap(v) {
			p.lift()
			continue
		}
		p.to(d.place(i), d.yAt(a, v))
	}
	return p.String()
}

// dots is a path of points that are not joined; a round line cap makes each a dot.
func (d *drawing) dots(a axis, points []float64) string {
	var p pen
	for i, v := range points {
		if !a.gap(v) {
			p.lift()
			p.to(d.place(i), d.yAt(a, v))
		}
	}
	return p.String()
}

// area is the space between the points and the axis.
func (d *drawing) area(a axis, points []float64) string {
	floor := make([]float64, len(points))
	for i, v := range points {
		if floor[i] = a.lo; a.gap(v) {
			floor[i] = math.NaN()
		}
	}
	return d.between(a, points, floor)
}

// between is the space between two lines, where both are.
func (d *drawing) between(a axis, upper, lower []float64) string {
	var b strings.Builder
	for from := 0; from < len(upper); {
		to := from
		for to < len(upper) && !a.gap(upper[to]) && !math.IsNaN(lower[to]) {
			to++
		}
		if to > from {
			b.WriteString(d.ring(a, upper, lower, from, to))
		}
		from = to + 1
	}
	return b.String()
}

// ring goes along the upper line and back along the lower one. A floor needs no points but its ends.
func (d *drawing) ring(a axis, upper, lower []float64, from, to int) string {
	var p pen
	for i := from; i < to; i++ {
		p.to(d.place(i), d.yAt(a, upper[i]))
	}
	for i := to - 1; i >= from; i-- {
		if lower[i] != a.lo || i == from || i == to-1 {
			p.to(d.place(i), d.yAt(a, lower[i]))
		}
	}
	return p.String() + "Z"
}
