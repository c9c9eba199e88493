package plan

import (
	"fmt"
	"math"
	"math/bits"
	"time"
)

// Point is one corner of a curve.
type Point struct {
	At      time.Duration
	Players int
}

// Curve is the intended number of concurrent players over time: straight lines between its points, level before the
// first and after the last. Two points at one instant are a step. The arithmetic on it is exact.
type Curve []Point

func (c Curve) validate() error {
	if c.Peak() < 1 {
		return fmt.Errorf("plan: the curve of players never rises above 0")
	}
	if c.Peak() >= math.MaxUint32 {
		return fmt.Errorf("plan: %d players, want fewer than %d", c.Peak(), uint32(math.MaxUint32))
	}
	for i, p := range c {
		if p.Players < 0 || p.At < 0 || i > 0 && p.At < c[i-1].At {
			return fmt.Errorf("plan: point %d of the curve (%v, %d), want players and instants from 0, instants never falling", i, p.At, p.Players)
		}
	}
	return nil
}

// Peak returns the highest number of concurrent players.
func (c Curve) Peak() int {
	peak := 0
	for _, p := range c {
		peak = max(peak, p.Players)
	}
	return peak
}

// Value returns how many players are on line at t: the line's value, rounded up.
func (c Curve) Value(t time.Duration) int {
	for i := len(c); i >= 0; i-- {
		if s := c.line(i); t >= s.from {
			return s.value(t)
		}
	}
	return 0
}

// span returns the first interval [from, to) within [after, until) in which player p is on line.
func (c Curve) span(p uint32, after, until time.Duration) (from, to time.Duration, ok bool) {
	for i := range len(c) + 1 {
		lo, hi := c.line(i).above(int(p))
		lo, hi = max(lo, after), min(hi, until)
		switch {
		case lo >= hi:
		case !ok:
			from, to, ok = lo, hi, true
		case lo == to:
			to = hi
		default:
			return from, to, true
		}
	}
	return from, to, ok
}

// line is one straight piece of a curve, over [from, to).
type line struct {
	from, to time.Duration
	a, b     int // players at its two ends
}

// line returns piece i of the len(c)+1 pieces that cover all time.
func (c Curve) line(i int) line {
	switch {
	case len(c) == 0:
		return line{from: 0, to: never}
	case i == 0:
		return line{from: 0, to: c[0].At, a: c[0].Players, b: c[0].Players}
	case i == len(c):
		return line{from: c[i-1].At, to: never, a: c[i-1].Players, b: c[i-1].Players}
	default:
		return line{from: c[i-1].At, to: c[i].At, a: c[i-1].Players, b: c[i].Players}
	}
}

// value returns the line's value at t, which lies on it, rounded up.
func (s line) value(t time.Duration) int {
	if s.b >= s.a {
		return s.a + int(mulDivUp(s.b-s.a, t-s.from, int(s.to-s.from)))
	}
	return s.a - int(mulDiv(s.a-s.b, t-s.from, int(s.to-s.from)))
}

// above returns the part [lo, hi) of the line on which it is above p; lo >= hi when there is none.
func (s line) above(p int) (lo, hi time.Duration) {
	switch {
	case s.a <= p && s.b <= p:
		return s.to, s.to
	case s.a > p && s.b > p:
		return s.from, s.to
	case s.b > s.a:
		return s.from + mulDiv(p-s.a, s.to-s.from, s.b-s.a) + 1, s.to
	default:
		return s.from, s.from + mulDivUp(s.a-p, s.to-s.from, s.a-s.b)
	}
}

// mulDiv returns a*b/c rounded down; the quotient must fit and c be positive. The product may be as wide as 128 bits.
func mulDiv(a int, b time.Duration, c int) time.Duration {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	quotient, _ := bits.Div64(hi, lo, uint64(c))
	return time.Duration(quotient)
}

// mulDivUp returns a*b/c rounded up, under the conditions of mulDiv.
func mulDivUp(a int, b time.Duration, c int) time.Duration {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	quotient, rest := bits.Div64(hi, lo, uint64(c))
	if rest > 0 {
		quotient++
	}
	return time.Duration(quotient)
}
