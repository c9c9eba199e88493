package chart

import (
	"encoding/json"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// A page that applies patches must come to hold what a page that is opened later holds.
func TestPatchesLeadToTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 6).Draw(t, "points")
		before, now := someChart(t, "before", n), someChart(t, "now", n+rapid.IntRange(0, 3).Draw(t, "more"))
		a, b := NewBlock(Time{Seconds: 9}, []Chart{before}), NewBlock(Time{Seconds: 9, Late: [][2]int{{1, 2}}}, []Chart{now})
		patch, ok := b.Since(a)
		if !ok {
			t.Fatal("two charts of one shape are told to be different ones")
		}
		for _, c := range patch.Charts {
			apply(a.Charts[0].Points, c.Points, c.From)
			apply(a.Charts[0].Variants[0].Points, c.Variants[0].Points, c.From)
			a.Charts[0].Heat.Columns = spliced(a.Charts[0].Heat.Columns, c.Heat, c.From)
		}
		a.Seconds, a.Warmup, a.Late = patch.Seconds, patch.Warmup, patch.Late
		if got, want := text(t, a), text(t, b); got != want {
			t.Errorf("patched:\n%s\nwant:\n%s", got, want)
		}
	})
}

func someChart(t *rapid.T, label string, n int) Chart {
	points := func() []float64 {
		all := rapid.SliceOfN(rapid.SampledFrom([]float64{0, 1, 2, math.NaN()}), n, n).Draw(t, label)
		return all
	}
	heat := make([][]int64, n)
	heat[0], heat[1] = []int64{1}, []int64{0, int64(rapid.IntRange(0, 3).Draw(t, label))}
	return Chart{ID: "a", Series: []Series{{Name: "x", Points: points()}, {Name: "y", Points: points()}},
		Variants: []Variant{{"v", [][]float64{points(), nil}}}, Heat: &Heat{Lowest: 10, PerDecade: 1, Columns: heat}}
}

func apply(to, from Columns, at int) {
	for i := range from {
		to[i] = spliced(to[i], from[i], at)
	}
}

// spliced puts some values into a list from an index on, and makes it longer where they reach beyond its end.
func spliced[S ~[]T, T any](list, some S, at int) S {
	if list == nil {
		return nil
	}
	for i, v := range some {
		if at+i < len(list) {
			list[at+i] = v
		} else {
			list = append(list, v)
		}
	}
	return list
}

func text(t *rapid.T, b Block) string {
	got, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

func TestAPatchIsEmptyWhenNothingHasChanged(t *testing.T) {
	b := NewBlock(Time{Seconds: 9}, []Chart{{ID: "a", Series: []Series{{Name: "x", Points: []float64{1, math.NaN()}}}}})
	if p, ok := b.Since(b); !ok || len(p.Charts) != 0 {
		t.Errorf("got %+v, %v", p, ok)
	}
}

func TestAnotherSeriesNeedsTheWholeBlock(t *testing.T) {
	a := NewBlock(Time{}, []Chart{{ID: "a", Series: []Series{{Name: "x", Points: []float64{1}}}}})
	for name, other := range map[string]Chart{
		"series": {ID: "a", Series: []Series{{Name: "z", Points: []float64{1}}}},
		"length": {ID: "a", Series: []Series{{Name: "x"}}},
		"limit":  {ID: "a", Series: []Series{{Name: "x", Points: []float64{1}}}, Limit: Limit{Value: 3}},
		"chart":  {ID: "b", Series: []Series{{Name: "x", Points: []float64{1}}}},
	} {
		if _, ok := NewBlock(Time{}, []Chart{other}).Since(a); ok {
			t.Errorf("another %s is told as a patch", name)
		}
	}
}
