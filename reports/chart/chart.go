// Package chart draws values over time, and percentile curves, as SVG that stands in a page and as one block of JSON from
// which the page's script draws them again, so that a reader can move about in them.
//
// Charts flow in; pictures and a Block flow out. It knows nothing of runs and judges nothing. All of it is pure: the same
// charts give the same bytes. Looks come from the page's style sheet by class. The package imports internal/numeral alone.
package chart

import (
	"math"
	"slices"
)

// Chart is a few lines over one axis. All series and variants have the same number of points.
type Chart struct {
	ID    string // stable, and an element's id in the page: letters, digits and hyphens
	Title string
	Note  string // one or two sentences below the title
	Unit  Unit   // of the left axis
	Size  Size

	Log     bool // the left axis is logarithmic; what is not above 0 is a gap
	Stacked bool // the series are parts of a whole, the first at the bottom
	Right   Unit // of the right axis, which starts at 0; for series that are OnRight

	Series   []Series
	Variants []Variant // the same lines of something else; only a script shows them
	Limit    Limit
	Heat     *Heat // behind the lines; nil is none

	// Nines says where the points lie on an axis of nines: 1 is 90 %, 2 is 99 %. Nil is a chart over time, whose points lie
	// in the middle of their steps.
	Nines []float64
}

// Series is one line.
type Series struct {
	Name   string
	Class  string    // the hue, and thin or dash
	Points []float64 // NaN is a gap

	Filled  bool // shade down to the axis
	Band    bool // shade down to the series before
	Dots    bool // single points, not joined
	OnRight bool // measured on the right axis
}

// Variant is other points for every series of a chart, in their order; nil for a series that the variant does not have.
type Variant struct {
	Name   string
	Points [][]float64
}

// Limit is a horizontal line; none when Value is 0.
type Limit struct {
	Value float64
	Text  string
}

// Time is the axis that all charts over time share.
type Time struct {
	Seconds float64  // its length
	Step    float64  // seconds that each point stands for, the first for the first of them
	Warmup  float64  // of that, at the beginning, to shade
	Late    [][2]int // first and last of consecutive seconds to mark
}

// Size is how much of the page's width a chart takes.
type Size int

// The sizes.
const (
	Half Size = iota
	Wide
	Third
)

// Class is the size as the style sheet names it.
func (s Size) Class() string { return [...]string{"half", "wide", "third"}[s] }

// measures are the width and the height of a picture in CSS pixels when the page is at its widest.
func (s Size) measures() (width, height float64) {
	m := [...][2]float64{{490, 210}, {1040, 300}, {308, 150}}[s]
	return m[0], m[1]
}

// Absent is a gap.
func Absent() float64 { return math.NaN() }

// Empty says whether nothing was measured.
func (c Chart) Empty() bool {
	for _, s := range c.Series {
		if slices.ContainsFunc(s.Points, func(v float64) bool { return !math.IsNaN(v) && (!c.Log || v > 0) }) {
			return false
		}
	}
	return c.Heat.empty()
}

// length is how many points a line has.
func (c Chart) length() int {
	if len(c.Series) == 0 {
		return 0
	}
	return len(c.Series[0].Points)
}

// sums returns for each series the sum of it and of those below it, with gaps as nothing.
func (c Chart) sums() [][]float64 {
	all, sum := make([][]float64, len(c.Series)), make([]float64, c.length())
	for i, s := range c.Series {
		for k, v := range s.Points {
			if !math.IsNaN(v) {
				sum[k] += v
			}
		}
		all[i] = slices.Clone(sum)
	}
	return all
}

// extent is the smallest value above 0 and the largest on one of the axes; both are 0 when there is none.
func (c Chart) extent(right bool) (least, most float64) {
	least = math.Inf(1)
	take := func(points []float64) {
		for _, v := range points {
			if v > 0 {
				least, most = min(least, v), max(most, v)
			}
		}
	}
	for _, s := range c.Series {
		if s.OnRight == right {
			take(s.Points)
		}
	}
	if c.Stacked && !right {
		for _, s := range c.sums() {
			take(s)
		}
	}
	if !right {
		take([]float64{c.Limit.Value})
		if !c.Heat.empty() {
			first, after := c.Heat.used()
			take([]float64{c.Heat.edge(first), c.Heat.edge(after)})
		}
	}
	if most == 0 {
		least = 0
	}
	return least, most
}
