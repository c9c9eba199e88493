package chart

import "math"

// axis maps values to the unit interval.
type axis struct {
	lo, hi float64
	log    bool
	ticks  []float64
	text   func(float64) string
}

// at returns where v lies between lo (0) and hi (1); values beyond are moved to the end.
func (a axis) at(v float64) float64 {
	lo, hi := a.lo, a.hi
	if a.log {
		v, lo, hi = math.Log10(max(v, a.lo)), math.Log10(lo), math.Log10(hi)
	}
	return min(1, max(0, (v-lo)/(hi-lo)))
}

// linearAxis reaches from 0 to a round number at or above most, with about four steps. Of bytes, the round numbers are
// those of binary units.
func linearAxis(most float64, unit Unit) axis {
	if most <= 0 {
		most = 1
	}
	scale := 1.0
	for unit == Bytes && most/scale >= 1024 {
		scale *= 1024
	}
	step := niceStep(most/scale/4) * scale
	a := axis{hi: math.Ceil(most/step-1e-9) * step, text: unit.text}
	for i := 0.0; i*step < a.hi+step/2; i++ {
		a.ticks = append(a.ticks, i*step)
	}
	return a
}

// niceStep is the smallest of 1, 2 and 5 times a power of ten that is not below v.
func niceStep(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= v*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// logAxis covers least to most in whole decades, at least one; without any value, 100 to 1000.
func logAxis(least, most float64, unit Unit) axis {
	if most <= 0 {
		least, most = 100, 1000
	}
	first, last := math.Floor(math.Log10(least)+1e-9), math.Ceil(math.Log10(most)-1e-9)
	last = max(last, first+1)
	a := axis{lo: math.Pow(10, first), hi: math.Pow(10, last), log: true, text: unit.text}
	for e := first; e <= last; e++ {
		a.ticks = append(a.ticks, math.Pow(10, e))
	}
	return a
}

// timeAxis covers total seconds with at most most steps of a length that people count in.
func timeAxis(total float64, most float64) axis {
	a := axis{hi: max(total, 1), text: clock}
	step := 86400.0
	for _, s := range []float64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800} {
		if a.hi/s <= most {
			step = s
			break
		}
	}
	step *= math.Ceil(a.hi / step / most)
	for v := 0.0; v <= a.hi; v += step {
		a.ticks = append(a.ticks, v)
	}
	return a
}

// ninesAxis reaches from 0 % to the last of the points, with a tick at each nine.
func ninesAxis(points []float64) axis {
	a := axis{hi: 1, text: nine}
	if n := len(points); n > 0 {
		a.hi = max(a.hi, points[n-1])
	}
	for v := 0.0; v <= a.hi+1e-9; v++ {
		a.ticks = append(a.ticks, v)
	}
	return a
}
