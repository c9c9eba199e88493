package chart

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Heat is how values were spread over time. The buckets of a column are even on a logarithmic scale.
type Heat struct {
	Lowest    float64   // lower end of the first bucket
	PerDecade int       // buckets
	Columns   [][]int64 // how many values were in each bucket, by interval; nil where there were none
}

// heatShares are the shares of a column's values from which on a cell gets the next darker shade. They rise by powers, so
// that a slow minority shows beside the mass of the quick.
func heatShares() []float64 { return []float64{0, 0.001, 0.003, 0.01, 0.03, 0.08, 0.2, 0.4} }

// shade is from 1 to 8, or 0 when there is nothing.
func shade(n, all int64) int {
	if n <= 0 || all <= 0 {
		return 0
	}
	level := 0
	for _, share := range heatShares() {
		if float64(n) > share*float64(all) {
			level++
		}
	}
	return level
}

func (h *Heat) empty() bool {
	return h == nil || !slices.ContainsFunc(h.Columns, func(c []int64) bool { return c != nil })
}

// shades returns the shade of every cell of a column; nil when it has none.
func shades(column []int64) []int {
	all := int64(0)
	for _, n := range column {
		all += n
	}
	if all == 0 {
		return nil
	}
	levels := make([]int, len(column))
	for i, n := range column {
		levels[i] = shade(n, all)
	}
	return levels
}

// used returns the first bucket that holds anything, and the one after the last.
func (h *Heat) used() (first, after int) {
	first = math.MaxInt
	for _, column := range h.Columns {
		for i, n := range column {
			if n > 0 {
				first, after = min(first, i), max(after, i+1)
			}
		}
	}
	return min(first, after), after
}

// edge is the lower end of a bucket.
func (h *Heat) edge(bucket int) float64 {
	return h.Lowest * math.Pow(10, float64(bucket)/float64(h.PerDecade))
}

// merged adds up neighbouring columns so that there are at most n.
func (h *Heat) merged(n int) [][]int64 {
	if len(h.Columns) <= n {
		return h.Columns
	}
	few := make([][]int64, n)
	for i := range few {
		for _, column := range h.Columns[i*len(h.Columns)/n : (i+1)*len(h.Columns)/n] {
			if few[i] == nil && column != nil {
				few[i] = make([]int64, len(column))
			}
			for k, v := range column {
				few[i][k] += v
			}
		}
	}
	return few
}

// paths returns for each shade, from 1, the path of its cells: upright strokes a column wide, in a plane where columns
// and buckets are a unit wide and high and buckets are counted upwards from 0.
func heatPaths(columns [][]int64) []string {
	paths := make([]strings.Builder, len(heatShares())+1)
	for x, column := range columns {
		levels := shades(column)
		for from := 0; from < len(levels); {
			to := from
			for to < len(levels) && levels[to] == levels[from] {
				to++
			}
			if level := levels[from]; level > 0 {
				paths[level].WriteString("M" + strconv.Itoa(x) + " " + strconv.Itoa(from) + "v" + strconv.Itoa(to-from))
			}
			from = to
		}
	}
	all := make([]string, 0, len(paths)-1)
	for i := range paths[1:] {
		all = append(all, paths[i+1].String())
	}
	return all
}
