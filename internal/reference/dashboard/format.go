package dashboard

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/numeral"
)

// number writes a value with as many decimals as its size asks for, at most two.
func number(v float64) string {
	switch {
	case v >= 1000:
		return numeral.Thousands(int64(v + 0.5))
	case v >= 100:
		return trimmed(v, 0)
	case v >= 10:
		return trimmed(v, 1)
	default:
		return trimmed(v, 2)
	}
}

// brief writes a value for an axis: thousands and millions by their letters.
func brief(v float64) string {
	switch {
	case v >= 1e6:
		return trimmed(v/1e6, 1) + "M"
	case v >= 1e4:
		return trimmed(v/1e3, 1) + "k"
	default:
		return number(v)
	}
}

// span writes seconds as people say them.
func span(seconds float64) string {
	switch whole := int64(seconds + 0.5); {
	case seconds < 2*minute:
		return trimmed(seconds, 1) + " s"
	case seconds < 2*hour:
		return fmt.Sprintf("%d min %02d s", whole/60, whole%60)
	default:
		return fmt.Sprintf("%d h %02d min", whole/3600, whole%3600/60)
	}
}

// briefSpan writes seconds for an axis.
func briefSpan(seconds float64) string {
	switch unit := unitOf(seconds); unit {
	case hour:
		return trimmed(seconds/unit, 1) + " h"
	case minute:
		return trimmed(seconds/unit, 1) + " min"
	default:
		return trimmed(seconds, 1) + " s"
	}
}

const minute, hour = 60.0, 3600.0

// unitOf returns the unit, in seconds, that such a span is told in.
func unitOf(seconds float64) float64 {
	switch {
	case seconds >= 2*hour:
		return hour
	case seconds >= 2*minute:
		return minute
	default:
		return 1
	}
}

// took writes how long an answer took.
func took(d time.Duration) string {
	switch {
	case d >= time.Second:
		return trimmed(d.Seconds(), 2) + " s"
	case d >= time.Millisecond:
		return trimmed(d.Seconds()*1e3, 1) + " ms"
	default:
		return strconv.FormatInt(d.Microseconds(), 10) + " µs"
	}
}

func clock(t time.Time) string { return t.UTC().Format("15:04:05") }

// rangeForm finds the two ends of a range in the name of a bucket, such as 5_30_min.
var rangeForm = regexp.MustCompile(`(\d)_(\d)`)

// bucket makes the name of a bucket readable: 5_30_min becomes 5–30 min.
func bucket(name string) string {
	return strings.ReplaceAll(rangeForm.ReplaceAllString(name, "$1–$2"), "_", " ")
}

func trimmed(v float64, decimals int) string {
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	if decimals > 0 {
		text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	return text
}
