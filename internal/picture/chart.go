// Package picture draws values over time: as text of block characters, and as an SVG that stands by itself.
//
// Charts flow in, text flows out. It knows nothing of what the values mean. The package imports internal/numeral alone.
package picture

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Chart is values over time, none below 0.
type Chart struct {
	Title  string        // such as "players at once"
	Values []int         // one for each of equal steps; drawn as an area
	Layers []Layer       // what the values are made of, from the bottom up; an SVG shows them. May be empty
	Span   time.Duration // of all values together
}

// Layer is a part of the values of a chart.
type Layer struct {
	Name   string
	Values []uint32 // as many as the chart has
}

// intervals is into how many parts axes are divided.
const intervals = 4

// ceiling returns a number at or above the greatest of the values, whose quarter is round.
func ceiling(values []int) int {
	most := slices.Max(append([]int{0}, values...))
	for unit := 1; ; unit *= 10 {
		for _, tenths := range []int{10, 15, 20, 25, 30, 40, 50, 60, 80} {
			quarter := tenths * unit / 10
			if tenths*unit%10 == 0 && intervals*quarter >= most {
				return intervals * quarter
			}
		}
	}
}

// greatest returns the greatest of each of width equal shares of values; there is at least one value in each.
func greatest(values []int, width int) []int {
	out := make([]int, width)
	for i := range out {
		from, to := share(len(values), i, width)
		out[i] = slices.Max(append([]int{0}, values[from:to]...))
	}
	return out
}

// share returns where share i of width of n values begins and ends. With fewer values than shares, neighbours share
// one.
func share(n, i, width int) (from, to int) {
	from, to = i*n/width, (i+1)*n/width
	return from, min(n, max(to, from+1))
}

// short writes a number with at most four figures: 950, 1.5k, 100k, 2.5M.
func short(n int) string {
	switch {
	case n >= 1_000_000:
		return strconv.FormatFloat(float64(n)/1e6, 'g', 4, 64) + "M"
	case n >= 10_000 || n >= 1000 && n%100 == 0:
		return strconv.FormatFloat(float64(n)/1e3, 'g', 4, 64) + "k"
	default:
		return strconv.Itoa(n)
	}
}

// instant writes a time of an axis: 2h40m, 7m30s, 15m, 0.5s.
func instant(d time.Duration) string {
	switch {
	case d >= time.Hour:
		d = d.Round(time.Minute)
		return parts(d/time.Hour, "h", d%time.Hour/time.Minute, "m")
	case d >= time.Minute:
		d = d.Round(time.Second)
		return parts(d/time.Minute, "m", d%time.Minute/time.Second, "s")
	default:
		return strconv.FormatFloat(d.Round(100*time.Millisecond).Seconds(), 'g', -1, 64) + "s"
	}
}

// parts joins a larger unit and, unless there are none of it, a smaller one.
func parts(large time.Duration, unit string, small time.Duration, smaller string) string {
	if small == 0 {
		return fmt.Sprintf("%d%s", large, unit)
	}
	return fmt.Sprintf("%d%s%02d%s", large, unit, small, smaller)
}
