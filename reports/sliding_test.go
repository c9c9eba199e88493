package reports

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestSlidingSumsWhatIsInTheQueue compares the queue with a list, by a sum in which the order shows.
func TestSlidingSumsWhatIsInTheQueue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		added, pushed := 0, 0
		q := sliding[string]{plus: func(a, b string) string { added++; return a + b }}
		var list []string
		for _, push := range rapid.SliceOfN(rapid.Bool(), 0, 200).Draw(t, "pushes") {
			switch {
			case push:
				x := rapid.StringMatching(`[a-z]{0,2}`).Draw(t, "x")
				q.push(x)
				list = append(list, x)
				pushed++
			case len(list) > 0:
				q.pop()
				list = list[1:]
			}
			before := added
			if got, want := q.sum(), strings.Join(list, ""); got != want || q.len() != len(list) {
				t.Fatalf("%d things with the sum %q, want %d with %q", q.len(), got, len(list), want)
			}
			if added-before > 1 {
				t.Fatalf("%d additions for a sum, want 1 at most", added-before)
			}
			added = before
		}
		if added > 2*pushed {
			t.Errorf("%d additions for %d things, want two each at most", added, pushed)
		}
	})
}
