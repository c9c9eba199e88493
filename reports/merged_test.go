package reports

import (
	"testing"
	"time"

	"github.com/passmuster/muster/internal/record"
)

func TestWhatAMergedRunIsWithout(t *testing.T) {
	missing := func(accepted float64, slices ...int) *record.Missing {
		return &record.Missing{Slices: slices, Of: 4, Players: 25_000, Actions: 12_345, Whole: record.Whole{Players: 100_000, Actions: 49_000}, Accepted: accepted}
	}
	for _, c := range []struct {
		name          string
		plan          *record.LoadPlan
		fault, remark string
	}{
		{"whole", &record.LoadPlan{Apart: time.Second}, "", ""},
		{"no load half", nil, "", ""},
		{"one slice", &record.LoadPlan{Missing: missing(0, 2)}, "Slice 2/4 is missing: 25.0 % of 100,000 players, 12,345 planned actions.", ""},
		{"too much", &record.LoadPlan{Missing: missing(25.1, 2, 3)}, "Slices 2/4, 3/4 are missing: 25.0 % of 100,000 players, 12,345 planned actions.", ""},
		{"accepted", &record.LoadPlan{Missing: missing(25.2, 2)}, "", "Slice 2/4 is missing: 25.0 % of 100,000 players, 12,345 planned actions; up to 25.2 % was accepted"},
		{"a slice alone", &record.LoadPlan{Slice: record.Slice{Index: 1, Count: 4}, Players: 5, Whole: &record.Whole{Players: 20}}, "", "This is slice 1/4 alone, 5 of 20 players: 'muster report DIR DIR...' merges the slices of a run"},
		{"far apart", &record.LoadPlan{Apart: 3 * time.Second}, "", "The slices began up to 3.00 s apart, so what stands in one second did not happen at once"},
	} {
		faults, remarks := mergedFaults(c.plan)
		if first(faults) != c.fault || first(remarks) != c.remark {
			t.Errorf("%s: %q and %q, want %q and %q", c.name, faults, remarks, c.fault, c.remark)
		}
	}
}

func first(l Lines) string {
	if len(l) == 0 {
		return ""
	}
	return l[0]
}
