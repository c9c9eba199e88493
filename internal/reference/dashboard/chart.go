package dashboard

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// mark is one value of a line.
type mark struct {
	at    time.Time
	value float64
}

// line is one line of a chart. Class decides its looks, never its colour alone.
type line struct {
	Name, Class string
	marks       []mark
}

// frame is the room of a chart and how its values read. Lengths are in the units of the picture.
type frame struct {
	width, height float64
	whole         bool                       // the steps of the axis are whole units
	unit          func(most float64) float64 // that the steps count in; nil is 1
	format        func(float64) string       // of a value on the axis and in words
}

// chart is a drawing ready for the template.
type chart struct {
	Width, Height float64
	Label         string // the chart in words, for those who cannot see it
	Rows, Columns []tick
	Curves        []curve
	Left, Right   string // ends of the grid
}

type tick struct{ X, Y, Anchor, Text string }

type curve struct{ Class, Path, Area string }

// The room around the plot.
const (
	left, right = 46.0, 12.0
	top, bottom = 8.0, 22.0
	minSpan     = time.Minute
	maxSpan     = maxPoints * time.Second
)

// draw draws the lines as of now. The time axis covers what there is, from one minute up to five.
func (f frame) draw(now time.Time, title string, lines []line) chart {
	reach, most := minSpan, 0.0
	for _, l := range lines {
		for _, m := range l.marks {
			reach, most = max(reach, now.Sub(m.at)), max(most, m.value)
		}
	}
	reach = min(reach, maxSpan)
	x := func(at time.Time) float64 {
		return f.width - right - (f.width-left-right)*max(0, min(1, now.Sub(at).Seconds()/reach.Seconds()))
	}
	step, steps := f.scale(most)
	y := func(v float64) float64 {
		return f.height - bottom - (f.height-top-bottom)*min(1, max(0, v)/(step*float64(steps)))
	}
	c := chart{Width: f.width, Height: f.height, Left: px(left), Right: px(f.width - right), Label: f.words(title, reach, lines)}
	for i := range steps + 1 {
		v := step * float64(i)
		c.Rows = append(c.Rows, tick{X: px(left - 7), Y: px(y(v)), Text: f.format(v)})
	}
	for ago := time.Duration(0); ago <= reach; ago += stride(reach) {
		at := x(now.Add(-ago))
		c.Columns = append(c.Columns, tick{X: px(at), Y: px(f.height - 5), Anchor: f.anchor(at), Text: since(ago)})
	}
	for _, l := range lines {
		c.Curves = append(c.Curves, trace(l, x, y))
	}
	return c
}

// anchor keeps the labels of the time axis below the plot, and away from those of the other axis.
func (f frame) anchor(x float64) string {
	switch {
	case x < left+20:
		return "start"
	case x > f.width-right-20:
		return "end"
	default:
		return "middle"
	}
}

// trace joins the marks, and closes the area below them.
func trace(l line, x func(time.Time) float64, y func(float64) float64) curve {
	if len(l.marks) == 0 {
		return curve{Class: l.Class}
	}
	var b strings.Builder
	for i, m := range l.marks {
		b.WriteByte("ML"[min(i, 1)])
		b.WriteString(px(x(m.at)) + " " + px(y(m.value)))
	}
	path := b.String()
	first, last := l.marks[0], l.marks[len(l.marks)-1]
	area := fmt.Sprintf("%sL%s %sL%s %sZ", path, px(x(last.at)), px(y(0)), px(x(first.at)), px(y(0)))
	return curve{Class: l.Class, Path: path + "h0", Area: area}
}

// words says what the chart shows: each line's present value and its range.
func (f frame) words(title string, reach time.Duration, lines []line) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, the last %s.", title, span(reach.Seconds()))
	for _, l := range lines {
		if len(l.marks) == 0 {
			continue
		}
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, m := range l.marks {
			lo, hi = min(lo, m.value), max(hi, m.value)
		}
		fmt.Fprintf(&b, " %s: now %s, lowest %s, highest %s.", l.Name, f.format(l.marks[len(l.marks)-1].value), f.format(lo), f.format(hi))
	}
	return b.String()
}

// scale returns the length and the number of the steps, at most four, of an axis from 0 to a round number not below most.
func (f frame) scale(most float64) (step float64, steps int) {
	unit := 1.0
	if f.unit != nil {
		unit = f.unit(most)
	}
	if most <= 0 {
		return unit, 1
	}
	power := math.Pow(10, math.Floor(math.Log10(most/unit/4)))
	for _, m := range []float64{1, 2, 5, 10} {
		if step = m * power * unit; step >= most/4*(1-1e-9) {
			break
		}
	}
	if f.whole {
		step = max(step, unit)
	}
	return step, max(1, int(math.Ceil(most/step-1e-9)))
}

// stride is the time between two labels of the time axis.
func stride(reach time.Duration) time.Duration {
	switch {
	case reach <= 90*time.Second:
		return 30 * time.Second
	case reach <= 3*time.Minute:
		return time.Minute
	default:
		return 2 * time.Minute
	}
}

// since labels an instant of the time axis.
func since(ago time.Duration) string {
	switch {
	case ago == 0:
		return "now"
	case ago < time.Minute:
		return fmt.Sprintf("−%d s", int(ago.Seconds()))
	default:
		return fmt.Sprintf("−%s min", strconv.FormatFloat(ago.Minutes(), 'f', -1, 64))
	}
}

// px writes a coordinate with one decimal at most.
func px(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
}
