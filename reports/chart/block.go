package chart

import (
	"math"
	"strconv"
	"strings"
)

// Block is what a page's script draws charts from, as JSON: columns of numbers, rounded to what can be seen.
type Block struct {
	Version int      `json:"version"`
	Seconds float64  `json:"seconds"` // length of the time axis
	Step    float64  `json:"step"`    // seconds that a point stands for
	Warmup  float64  `json:"warmup"`
	Late    [][2]int `json:"late"`
	Charts  []Data   `json:"charts"`
}

// BlockVersion is the version of Block and Patch.
const BlockVersion = 1

// Data is one chart of a Block.
type Data struct {
	ID       string      `json:"id"`
	Title    string      `json:"title"`
	Unit     Unit        `json:"unit"`
	Right    Unit        `json:"right,omitempty"`
	Log      bool        `json:"log,omitempty"`
	Stacked  bool        `json:"stacked,omitempty"`
	Series   []Line      `json:"series"`
	Points   Columns     `json:"points"` // by series
	Variants []Variation `json:"variants,omitempty"`
	Limit    *LimitLine  `json:"limit,omitempty"`
	Nines    Column      `json:"nines,omitempty"`
	Heat     *HeatData   `json:"heat,omitempty"`
}

// Line is how a series looks.
type Line struct {
	Name    string `json:"name"`
	Class   string `json:"class"`
	Filled  bool   `json:"filled,omitempty"`
	Band    bool   `json:"band,omitempty"`
	Dots    bool   `json:"dots,omitempty"`
	OnRight bool   `json:"right,omitempty"`
}

// Variation is a Variant; a null column is a series that it does not have.
type Variation struct {
	Name   string  `json:"name"`
	Points Columns `json:"points"`
}

// LimitLine is a Limit.
type LimitLine struct {
	Value float64 `json:"value"`
	Text  string  `json:"text"`
}

// HeatData is a Heat: a column is a text of one digit for each bucket, its shade from 0 to 8, without the zeros at its
// end; empty where nothing was measured.
type HeatData struct {
	Lowest    float64  `json:"lowest"`
	PerDecade int      `json:"per_decade"`
	Columns   []string `json:"columns"`
}

// Columns are the points of several series.
type Columns []Column

// Column is the points of a series; as JSON a gap is null. A nil column is null.
type Column []float64

// figures is to how many significant figures numbers are kept: more than a picture or its legend shows.
const figures = 4

// MarshalJSON writes the numbers as short as they go.
func (c Column) MarshalJSON() ([]byte, error) {
	if c == nil {
		return []byte("null"), nil
	}
	b := []byte{'['}
	for i, v := range c {
		if i > 0 {
			b = append(b, ',')
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			b = append(b, "null"...)
			continue
		}
		b = strconv.AppendFloat(b, significant(v), 'f', -1, 64)
	}
	return append(b, ']'), nil
}

// significant rounds to so many figures.
func significant(v float64) float64 {
	if v == 0 {
		return 0
	}
	power := math.Pow(10, figures-1-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*power) / power
}

// NewBlock returns the charts as data.
func NewBlock(t Time, charts []Chart) Block {
	b := Block{Version: BlockVersion, Seconds: t.Seconds, Step: t.Step, Warmup: t.Warmup, Late: t.Late, Charts: []Data{}}
	if b.Late == nil {
		b.Late = [][2]int{}
	}
	for _, c := range charts {
		b.Charts = append(b.Charts, c.data())
	}
	return b
}

func (c Chart) data() Data {
	d := Data{ID: c.ID, Title: c.Title, Unit: c.Unit, Right: c.Right, Log: c.Log, Stacked: c.Stacked, Nines: c.Nines, Series: []Line{}, Points: Columns{}}
	for _, s := range c.Series {
		d.Series = append(d.Series, Line{s.Name, s.Class, s.Filled, s.Band, s.Dots, s.OnRight})
		d.Points = append(d.Points, s.Points)
	}
	for _, v := range c.Variants {
		points := make(Columns, len(v.Points))
		for i, p := range v.Points {
			points[i] = p
		}
		d.Variants = append(d.Variants, Variation{v.Name, points})
	}
	if c.Limit.Value > 0 {
		d.Limit = &LimitLine{c.Limit.Value, c.Limit.Text}
	}
	if !c.Heat.empty() {
		d.Heat = c.Heat.data()
	}
	return d
}

func (h *Heat) data() *HeatData {
	d := &HeatData{Lowest: h.Lowest, PerDecade: h.PerDecade, Columns: make([]string, len(h.Columns))}
	for i, column := range h.Columns {
		var b strings.Builder
		for _, level := range shades(column) {
			b.WriteByte(byte('0' + level))
		}
		d.Columns[i] = strings.TrimRight(b.String(), "0")
	}
	return d
}
