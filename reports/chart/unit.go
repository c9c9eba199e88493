package chart

import (
	"fmt"
	"math"
	"strconv"

	"github.com/passmuster/muster/internal/numeral"
)

// Unit is what an axis measures.
type Unit string

// The units. They stand in the JSON as they are.
const (
	Number Unit = "number"
	Micros Unit = "us" // times in microseconds
	Share  Unit = "share"
	Bytes  Unit = "bytes"
)

// text writes the value at a tick.
func (u Unit) text(v float64) string {
	switch u {
	case Micros:
		return shortMicros(v)
	case Share:
		return strconv.FormatFloat(round(100*v), 'f', -1, 64) + " %"
	case Bytes:
		return shortBytes(v)
	default:
		return short(v)
	}
}

func short(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%gM", round(v/1e6))
	case v >= 1e4:
		return fmt.Sprintf("%gk", round(v/1e3))
	case v >= 1e3:
		return numeral.Thousands(int64(v + 0.5))
	default:
		return fmt.Sprintf("%g", round(v))
	}
}

func shortMicros(us float64) string {
	switch {
	case us == 0:
		return "0"
	case us < 1e3:
		return fmt.Sprintf("%g µs", round(us))
	case us < 1e6:
		return fmt.Sprintf("%g ms", round(us/1e3))
	default:
		return fmt.Sprintf("%g s", round(us/1e6))
	}
}

func shortBytes(n float64) string {
	switch {
	case n == 0:
		return "0"
	case n < 1<<20:
		return fmt.Sprintf("%g KiB", round(n/(1<<10)))
	case n < 1<<30:
		return fmt.Sprintf("%g MiB", round(n/(1<<20)))
	default:
		return fmt.Sprintf("%g GiB", round(n/(1<<30)))
	}
}

func round(v float64) float64 { return math.Round(v*1000) / 1000 }

// Seconds writes a time in seconds as people say it.
func Seconds(s float64) string {
	whole := int64(s)
	switch {
	case s < 120:
		return strconv.FormatFloat(s, 'f', -1, 64) + " s"
	case whole < 2*3600 && whole%60 == 0:
		return fmt.Sprintf("%d min", whole/60)
	case whole < 2*3600:
		return fmt.Sprintf("%d min %d s", whole/60, whole%60)
	default:
		return fmt.Sprintf("%d h %d min", whole/3600, whole/60%60)
	}
}

// clock writes an instant of the time axis, shorter than Seconds: 45 s, 1:30 min, 2:05 h.
func clock(s float64) string {
	whole := int64(s + 0.5)
	switch {
	case whole < 60:
		return fmt.Sprintf("%d s", whole)
	case whole < 3600 && whole%60 == 0:
		return fmt.Sprintf("%d min", whole/60)
	case whole < 3600:
		return fmt.Sprintf("%d:%02d min", whole/60, whole%60)
	case whole%3600 == 0:
		return fmt.Sprintf("%d h", whole/3600)
	default:
		return fmt.Sprintf("%d:%02d h", whole/3600, whole/60%60)
	}
}

// nine writes a percentile of the axis of nines: 0 %, 90 %, 99.9 %.
func nine(v float64) string {
	return strconv.FormatFloat(100*(1-math.Pow(10, -v)), 'f', max(0, int(v+1e-9)-2), 64) + " %"
}
