package selftest

import (
	"slices"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// fates makes so many results of one level and fate.
func fates(n int, level contract.Level, fate Fate) []Result {
	return slices.Repeat([]Result{{Level: level.String(), level: level, Fate: fate}}, n)
}

func TestWhenTheSuitePasses(t *testing.T) {
	good := []record.Finding{{ID: "a/b/c", Status: record.Pass}, {ID: "a/b/d", Status: record.Unobservable}}
	for _, c := range []struct {
		name    string
		clean   []record.Finding
		results []Result
		want    bool
	}{
		{"all attributed", good, fates(20, contract.Must, Attributed), true},
		{"a survivor of a MUST", good, slices.Concat(fates(99, contract.Must, Attributed), fates(1, contract.Must, Survived)), false},
		{"a survivor of a SHOULD among many", good, slices.Concat(fates(19, contract.Must, Attributed), fates(1, contract.Should, Survived)), true},
		{"two of them", good, slices.Concat(fates(18, contract.Must, Attributed), fates(2, contract.Should, Survived)), false},
		{"killed, but by others", good, slices.Concat(fates(18, contract.Must, Attributed), fates(2, contract.Must, Elsewhere)), false},
		{"a false alarm", []record.Finding{{ID: "a/b/c", Status: record.Fail}}, fates(20, contract.Must, Attributed), false},
		{"a clean clause that was not judged", []record.Finding{{ID: "a/b/c", Status: record.Inconclusive}}, fates(20, contract.Must, Attributed), false},
		{"nothing judged", nil, fates(20, contract.Must, Attributed), false},
		{"nothing tried", good, nil, false},
	} {
		r := newReport(c.clean, c.results, time.Second)
		if r.Passed != c.want || r.Passed != (len(r.Reasons) == 0) {
			t.Errorf("%s: passed is %v with reasons %q, want %v", c.name, r.Passed, r.Reasons, c.want)
		}
	}
}

func TestScoresAddUp(t *testing.T) {
	r := newReport(nil, slices.Concat(fates(3, contract.Must, Attributed), fates(2, contract.Must, Elsewhere), fates(1, contract.May, Survived)), 0)
	if r.All != (Score{"all", 6, 5, 3, 1}) || len(r.Levels) != 2 || r.Levels[0] != (Score{"MUST", 5, 5, 3, 0}) || r.Levels[1] != (Score{"MAY", 1, 0, 0, 1}) {
		t.Errorf("got %+v and %+v", r.All, r.Levels)
	}
}
