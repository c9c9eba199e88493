package reports

import "html/template"

// Style returns the style sheet of the HTML report, for pages that are to look alike.
func Style() template.CSS { return template.CSS(style) }

// Duration writes a time in microseconds with three digits and the unit that suits it.
func Duration(us int64) string { return micros(us) }

// Percent writes a share of 1 with at most three significant digits.
func Percent(share float64) string { return percent(share) }
