package chart

import (
	"math"
	"strconv"
	"strings"
)

// pen writes the path of a line in steps relative to the point before, which takes half the bytes of absolute ones. It
// keeps to tenths of a pixel, and rounds where it stands, not its steps, so that errors do not add up.
type pen struct {
	b    strings.Builder
	x, y int // tenths
	down bool
}

// to draws to a point, or sets out from it after lift. A point between two gaps becomes a dot.
func (p *pen) to(x, y float64) {
	nx, ny := int(math.Round(10*x)), int(math.Round(10*y))
	if !p.down {
		p.b.WriteString("M" + tenths(nx) + " " + tenths(ny) + "h0")
		p.x, p.y, p.down = nx, ny, true
		return
	}
	dx, dy := tenths(nx-p.x), tenths(ny-p.y)
	p.b.WriteString("l" + dx)
	if !strings.HasPrefix(dy, "-") {
		p.b.WriteByte(' ')
	}
	p.b.WriteString(dy)
	p.x, p.y = nx, ny
}

func (p *pen) lift() { p.down = false }

func (p *pen) String() string { return p.b.String() }

// tenths writes n tenths as short as it goes: 12.3, .5, -.5, 7.
func tenths(n int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	whole, rest := n/10, n%10
	switch {
	case rest == 0:
		if whole == 0 {
			return "0"
		}
		return sign + strconv.Itoa(whole)
	case whole == 0:
		return sign + "." + strconv.Itoa(rest)
	default:
		return sign + strconv.Itoa(whole) + "." + strconv.Itoa(rest)
	}
}
