// Package numeral writes whole numbers as people read them.
//
// Numbers flow in, text flows out. The package imports nothing of the project, so that whatever is shown anywhere is
// written alike.
package numeral

import "strconv"

// Thousands writes n with commas: 28,232.
func Thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	for at := len(text) - 3; at > 0 && text[at-1] != '-'; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
