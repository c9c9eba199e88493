package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/passmuster/muster/loadgen"
)

// How large the pictures of a preview are, in characters.
const (
	previewWidth  = 72
	previewHeight = 8
)

// scenariosPreviewCmd draws what a scenario plans.
type scenariosPreviewCmd struct {
	loadFlags
}

// Run prints the figures and two pictures: players, and actions per second.
func (c scenariosPreviewCmd) Run(v *voice) error {
	s, err := c.scenario()
	if err != nil {
		return err
	}
	p, err := loadgen.Look(s)
	if err != nil {
		return err
	}
	wall := time.Duration(float64(s.Duration) / s.TimeScale)
	_, err = fmt.Fprintf(v.stdout, "%s  %s on the wall, time scale %g, %d players, peak %d at once\n%d actions, %d in the busiest second, schedule %s\n",
		s.Name, wall.Round(time.Millisecond), s.TimeScale, p.Players, p.PeakCCU, p.Actions, p.PeakRate(), p.ScheduleHash)
	if err == nil {
		err = draw(v.stdout, "players at once", p.CCU)
	}
	if err == nil {
		err = draw(v.stdout, "actions per second", p.Rate)
	}
	return err
}

// draw prints a series of values over time as columns of blocks.
func draw(w io.Writer, title string, values []int) error {
	columns := shrink(values, previewWidth)
	top := max(1, slices.Max(columns))
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s, at most %d\n", title, slices.Max(values))
	for row := previewHeight; row > 0; row-- {
		label := ""
		if row == previewHeight {
			label = fmt.Sprint(top)
		}
		fmt.Fprintf(&b, "%9s │", label)
		for _, value := range columns {
			b.WriteRune(block(value, top, row))
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%9d └%s\n", 0, strings.Repeat("─", len(columns)))
	_, err := io.WriteString(w, b.String())
	return err
}

// block returns the part of a column of this height that lies in a row, rows counted from 1 at the bottom.
func block(value, top, row int) rune {
	eighths := value*previewHeight*8/top - (row-1)*8
	return []rune(" ▁▂▃▄▅▆▇█")[min(max(eighths, 0), 8)]
}

// shrink returns at most width values, each the greatest of an equal share of the given ones.
func shrink(values []int, width int) []int {
	if len(values) <= width {
		return values
	}
	out := make([]int, width)
	for i := range out {
		out[i] = slices.Max(values[i*len(values)/width : (i+1)*len(values)/width])
	}
	return out
}
