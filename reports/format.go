package reports

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/passmuster/muster/internal/numeral"
	"github.com/passmuster/muster/reports/chart"
)

// count writes n and what it counts, in the plural where it is due.
func count(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return numeral.Thousands(n) + " " + noun
}

// micros writes a time in microseconds with three digits and the unit that suits it.
func micros(us int64) string {
	switch {
	case us < 1000:
		return strconv.FormatInt(us, 10) + " µs"
	case us < 999_500:
		return digits3(float64(us)/1e3) + " ms"
	default:
		return digits3(float64(us)/1e6) + " s"
	}
}

// digits3 writes v with three significant digits, more before the point if need be.
func digits3(v float64) string {
	switch {
	case v < 9.995:
		return fmt.Sprintf("%.2f", v)
	case v < 99.95:
		return fmt.Sprintf("%.1f", v)
	default:
		return fmt.Sprintf("%.0f", v)
	}
}

// seconds writes a time in seconds as people say it.
func seconds(s float64) string { return chart.Seconds(s) }

// percent writes a share of 1 with at most three significant digits.
func percent(share float64) string {
	v := share * 100
	if v <= 0 {
		return "0 %"
	}
	decimals := max(0, 2-int(math.Floor(math.Log10(v))))
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text + " %"
}

// bytesText writes a size in binary units.
func bytesText(n int64) string {
	switch {
	case n < 1<<20:
		return numeral.Thousands(n>>10) + " KiB"
	case n < 1<<30:
		return digits3(float64(n)/(1<<20)) + " MiB"
	default:
		return digits3(float64(n)/(1<<30)) + " GiB"
	}
}

// upper writes the first letter large.
func upper(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// mostSpans bounds how many stretches a sentence lists.
const mostSpans = 8

// spans writes ascending seconds as stretches, such as "seconds 3, 7-9".
func spans(ascending []int) string {
	var parts []string
	for _, s := range stretches(ascending) {
		part := strconv.Itoa(s.first)
		if s.last > s.first {
			part += "-" + strconv.Itoa(s.last)
		}
		parts = append(parts, part)
	}
	word := "seconds "
	if len(ascending) == 1 {
		word = "second "
	}
	return word + some(parts, mostSpans)
}

// stretch is a run of seconds without a gap.
type stretch struct{ first, last int }

// stretches puts ascending seconds together where there is no gap between them.
func stretches(ascending []int) []stretch {
	var all []stretch
	for _, second := range ascending {
		if n := len(all); n > 0 && all[n-1].last+1 >= second {
			all[n-1].last = second
			continue
		}
		all = append(all, stretch{second, second})
	}
	return all
}

// some lists the first of the parts and says how many more there are.
func some(parts []string, most int) string {
	if len(parts) <= most {
		return strings.Join(parts, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(parts[:most], ", "), len(parts)-most)
}
