package strict

import (
	"fmt"
	"strings"
)

// longestName bounds the names that are compared: what is longer is no slip of the finger.
const longestName = 64

// Nearest returns the known name that name is most probably a slip of, if there is one: at most every third letter
// is missing, added, wrong or swapped with its neighbour. Case, hyphens and underscores do not count.
func Nearest(name string, known []string) (string, bool) {
	best, least := "", longestName
	for _, candidate := range known {
		if len(name) > longestName || len(candidate) > longestName {
			continue
		}
		d := distance(fold(name), fold(candidate))
		if d <= (max(len(name), len(candidate))+1)/3 && d < least {
			best, least = candidate, d
		}
	}
	return best, best != ""
}

// Suggest returns `, did you mean "x"?` for the known name nearest to name, or nothing.
func Suggest(name string, known []string) string {
	if near, ok := Nearest(name, known); ok {
		return fmt.Sprintf(", did you mean %q?", near)
	}
	return ""
}

// fold takes away what people mix up without noticing.
func fold(name string) string {
	return strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(name))
}

// distance counts the single-letter edits (insert, delete, replace, swap of neighbours) between a and b, byte by byte.
func distance(a, b string) int {
	var before []int
	above := make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replace := above[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			row[j] = min(replace, above[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above = above, row
	}
	return above[len(b)]
}
