package figures

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func series(cpuMicros ...int64) Series {
	s := Series{Name: "s"}
	for _, us := range cpuMicros {
		s.Readings = append(s.Readings, Reading{Units: 1, CPU: time.Duration(us) * time.Microsecond, Wall: time.Second})
	}
	return s
}

func TestReading(t *testing.T) {
	r := Reading{Units: 3000, Wall: 3 * time.Second, CPU: 1500 * time.Millisecond}
	if got := []float64{r.CPUPerUnit(), r.PerSecond(), r.PerCore()}; !slices.Equal(got, []float64{500, 1000, 2000}) {
		t.Errorf("3000 units in 3 s with 1.5 s of CPU are %v", got)
	}
	if got := (Reading{}); got.CPUPerUnit() != 0 || got.PerSecond() != 0 || got.PerCore() != 0 {
		t.Errorf("an empty reading is not zero in every measure")
	}
}

func TestRatiosAreOfTheSameRound(t *testing.T) {
	// The machine is twice as slow in the second round; every ratio is 2 all the same.
	got := Ratios(series(20, 40, 22), series(10, 20, 11), Reading.CPUPerUnit)
	if !slices.Equal(got, []float64{2, 2, 2}) {
		t.Errorf("ratios are %v", got)
	}
	if got := Ratios(series(20, 40), series(10), Reading.CPUPerUnit); len(got) != 1 {
		t.Errorf("a round that one of the two lacks counts: %v", got)
	}
	if got := Ratios(series(20), Series{Readings: []Reading{{}}}, Reading.CPUPerUnit); len(got) != 0 {
		t.Errorf("a round without a figure counts: %v", got)
	}
}

func TestMedianLiesInTheMiddle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 1, 9).Draw(t, "values")
		before := slices.Clone(values)
		s, ok := Of(values)
		if !ok || !slices.Equal(values, before) {
			t.Fatalf("Of(%v) is %v, %v and left %v", before, s, ok, values)
		}
		below, above := 0, 0
		for _, v := range values {
			if v < s.Median {
				below++
			}
			if v > s.Median {
				above++
			}
		}
		if half := len(values) / 2; below > half || above > half || s.Min != slices.Min(values) || s.Max != slices.Max(values) {
			t.Errorf("Of(%v) is %+v: %d are below, %d above", values, s, below, above)
		}
	})
}

func TestGoals(t *testing.T) {
	for _, tc := range []struct {
		goal  Goal
		value float64
		want  State
		text  string
	}{
		{AtMost(1.5, ""), 1.5, Met, "≤ 1.5"},
		{AtMost(1.5, "x"), 1.5, Met, "≤ 1.5 x"},
		{AtMost(1.5, "x"), 1.51, Missed, "≤ 1.5 x"},
		{AtLeast(150_000, "records/s"), 150_000, Met, "≥ 150,000 records/s"},
		{AtLeast(150_000, "records/s"), 149_999, Missed, "≥ 150,000 records/s"},
		{AtMost(0, "errors"), 0, Met, "≤ 0 errors"},
		{AtMost(0, "errors"), 1, Missed, "≤ 0 errors"},
		{AtMost(1, "x"), math.NaN(), Missed, "≤ 1 x"},
		{Goal{}, 7, Shown, ""},
		{Goal{Unit: "records/s"}, 7, Shown, ""},
	} {
		if got := tc.goal.met(tc.value); got != tc.want {
			t.Errorf("%v of %v is %q, want %q", tc.value, tc.goal, got, tc.want)
		}
		if got := tc.goal.String(); got != tc.text {
			t.Errorf("goal reads %q, want %q", got, tc.text)
		}
	}
}

func TestRowSaysWhyThereIsNoFigure(t *testing.T) {
	lacking := Series{Name: "wrk", Missing: "not installed"}
	row := Ratio("CPU", "how", AtMost(1.5, "x"), series(1), lacking, Reading.CPUPerUnit)
	if row.State != Missing || row.Today != "wrk: not installed" {
		t.Errorf("row is %+v", row)
	}
	lacking.Faulty = true
	if row := Ratio("CPU", "how", AtMost(1.5, "x"), series(1), lacking, Reading.CPUPerUnit); row.State != Faulty {
		t.Errorf("row of a contestant that failed is %+v", row)
	}
	if row := Single("CPU", "how", AtMost(1.5, "x"), Series{Name: "empty"}, Reading.CPUPerUnit); row.State != Faulty {
		t.Errorf("row of a series without readings is %+v", row)
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 0.0123: "0.0123", 0.8: "0.8", 1.478: "1.48", 12.34: "12.3", 123.4: "123", 999.6: "1000",
		1234: "1,234", 1234567.8: "1,234,568", -4321: "-4,321", math.Inf(1): "–",
	} {
		if got := Number(v); got != want {
			t.Errorf("Number(%v) is %q, want %q", v, got, want)
		}
	}
}

func TestTableKeepsItsShapeWhateverIsInIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringMatching(`[a-zµ≤| \n]{0,12}`)
		row := []string{cell.Draw(t, "a"), cell.Draw(t, "b")}
		lines := strings.Split(strings.TrimSuffix(Table([]string{"one", "two"}, [][]string{row}), "\n"), "\n")
		if len(lines) != 3 {
			t.Fatalf("a table of one row has the lines %q", lines)
		}
		for _, l := range lines {
			if strings.Count(strings.ReplaceAll(l, `\|`, ""), "|") != 3 {
				t.Errorf("line %q has not two cells", l)
			}
		}
	})
}
