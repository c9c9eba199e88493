package chart

import (
	"math"
	"slices"
)

// Patch is what of a Block has changed since an earlier one.
type Patch struct {
	Version int      `json:"version"`
	Seconds float64  `json:"seconds"`
	Warmup  float64  `json:"warmup"`
	Late    [][2]int `json:"late"`
	Charts  []Change `json:"charts"`
}

// Change is the points of one chart from an index on that are not as they were.
type Change struct {
	ID       string      `json:"id"`
	From     int         `json:"from"`
	Points   Columns     `json:"points"`
	Variants []Variation `json:"variants,omitempty"`
	Heat     []string    `json:"heat,omitempty"`
}

// Since returns what has changed since before. Lines may have grown longer. It is false when the charts are not the same ones
// with the same series, steps and limits: then the page needs the whole Block.
func (b Block) Since(before Block) (Patch, bool) {
	p := Patch{Version: b.Version, Seconds: b.Seconds, Warmup: b.Warmup, Late: b.Late, Charts: []Change{}}
	if len(b.Charts) != len(before.Charts) || b.Step != before.Step {
		return p, false
	}
	for i, now := range b.Charts {
		if !now.alike(before.Charts[i]) {
			return p, false
		}
		if c, changed := now.since(before.Charts[i]); changed {
			p.Charts = append(p.Charts, c)
		}
	}
	return p, true
}

// alike says whether two charts differ in nothing but their values.
func (d Data) alike(other Data) bool {
	same := d.ID == other.ID && slices.Equal(d.Series, other.Series) && len(d.Variants) == len(other.Variants) &&
		len(d.first()) >= len(other.first()) && slices.Equal(d.Nines, other.Nines) && (d.Heat == nil) == (other.Heat == nil) &&
		(d.Limit == nil) == (other.Limit == nil) && (d.Limit == nil || *d.Limit == *other.Limit)
	for i := range d.Variants {
		same = same && d.Variants[i].Name == other.Variants[i].Name && len(d.Variants[i].Points) == len(other.Variants[i].Points)
	}
	return same
}

func (d Data) first() Column {
	if len(d.Points) == 0 {
		return nil
	}
	return d.Points[0]
}

// since returns the points from the first to the last that changed in any series.
func (d Data) since(before Data) (Change, bool) {
	from, after := math.MaxInt, 0
	widen := func(a, b int) { from, after = min(from, a), max(after, b) }
	d.Points.differ(before.Points, widen)
	for i, v := range d.Variants {
		v.Points.differ(before.Variants[i].Points, widen)
	}
	if d.Heat != nil {
		differ(d.Heat.Columns, before.Heat.Columns, func(a, b string) bool { return a == b }, widen)
	}
	if from >= after {
		return Change{}, false
	}
	c := Change{ID: d.ID, From: from, Points: d.Points.part(from, after)}
	for _, v := range d.Variants {
		c.Variants = append(c.Variants, Variation{v.Name, v.Points.part(from, after)})
	}
	if d.Heat != nil {
		c.Heat = d.Heat.Columns[from:after]
	}
	return c, true
}

func (c Columns) differ(before Columns, widen func(from, after int)) {
	for i := range c {
		differ(c[i], before[i], func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }, widen)
	}
}

// differ tells the stretch outside of which two lists are the same.
func differ[T any](a, b []T, same func(T, T) bool, widen func(from, after int)) {
	for i := range a {
		if i >= len(b) || !same(a[i], b[i]) {
			widen(i, i+1)
		}
	}
}

func (c Columns) part(from, after int) Columns {
	parts := make(Columns, len(c))
	for i := range c {
		if c[i] != nil {
			parts[i] = c[i][min(from, len(c[i])):min(after, len(c[i]))]
		}
	}
	return parts
}
