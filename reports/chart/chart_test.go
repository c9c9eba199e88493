package chart

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTicksReadAsPeopleSayThem(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Number.text(0), "0"}, {Number.text(0.5), "0.5"}, {Number.text(1500), "1,500"}, {Number.text(20_000), "20k"}, {Number.text(1.5e6), "1.5M"},
		{Micros.text(0), "0"}, {Micros.text(100), "100 µs"}, {Micros.text(1e4), "10 ms"}, {Micros.text(1e7), "10 s"},
		{Share.text(0.25), "25 %"}, {Bytes.text(0), "0"}, {Bytes.text(64 << 10), "64 KiB"}, {Bytes.text(50 << 20), "50 MiB"}, {Bytes.text(2 << 30), "2 GiB"},
		{Seconds(0), "0 s"}, {Seconds(30.5), "30.5 s"}, {Seconds(120), "2 min"}, {Seconds(150), "2 min 30 s"}, {Seconds(7260), "2 h 1 min"},
		{clock(45), "45 s"}, {clock(120), "2 min"}, {clock(90), "1:30 min"}, {clock(7200), "2 h"}, {clock(5400), "1:30 h"},
		{nine(0), "0 %"}, {nine(1), "90 %"}, {nine(2), "99 %"}, {nine(3), "99.9 %"}, {nine(5), "99.999 %"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestAxesHoldWhatTheyAreMadeFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.Float64Range(1e-3, 1e12).Draw(t, "most")
		least := most * rapid.Float64Range(1e-6, 1).Draw(t, "share")
		for name, a := range map[string]axis{
			"linear": linearAxis(most, Number), "bytes": linearAxis(most, Bytes), "log": logAxis(least, most, Micros), "time": timeAxis(most, 8),
		} {
			if a.hi < most*(1-1e-9) || a.hi <= a.lo {
				t.Errorf("%s axis to %v ends at %v", name, most, a.hi)
			}
			if n := len(a.ticks); n < 1 || n > 14 {
				t.Errorf("%s axis to %v has %d ticks", name, most, n)
			}
			if low, high := a.at(a.lo), a.at(a.hi); low != 0 || math.Abs(high-1) > 1e-9 {
				t.Errorf("%s axis runs from %v to %v, want 0 to 1", name, low, high)
			}
			if least >= a.lo && a.at(least) > a.at(most) {
				t.Errorf("%s axis is not rising between %v and %v", name, least, most)
			}
		}
	})
}

func TestACurveHasGapsWhereNothingWasMeasured(t *testing.T) {
	d := drawing{chart: Chart{Log: true, Series: []Series{{Points: make([]float64, 5)}}}, time: Time{Seconds: 5, Step: 1}, width: 200, height: 100, x: timeAxis(5, 8)}
	path := d.curve(logAxis(1, 100, Number), []float64{10, 20, 0, 30, math.NaN()})
	if strings.Count(path, "M") != 2 || strings.Count(path, "l") != 1 {
		t.Errorf("path %q, want two pieces, the first with one step", path)
	}
}

// A path in relative steps must end where its points end, however many small steps were rounded on the way.
func TestAPenDoesNotDrift(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p pen
		n := rapid.IntRange(1, 500).Draw(t, "points")
		x, y := 0.0, 0.0
		for range n {
			x += rapid.Float64Range(0, 3).Draw(t, "dx")
			y += rapid.Float64Range(-3, 3).Draw(t, "dy")
			p.to(x, y)
		}
		if gotX, gotY := walk(t, p.String()); math.Abs(gotX-x) > 0.051 || math.Abs(gotY-y) > 0.051 {
			t.Errorf("the path ends at %v %v, want %v %v", gotX, gotY, x, y)
		}
	})
}

// walk follows a path of M, h0 and l with one pair of numbers each.
func walk(t *rapid.T, path string) (x, y float64) {
	for _, step := range strings.FieldsFunc(strings.NewReplacer("M", "|M", "l", "|l", "h0", "").Replace(path), func(r rune) bool { return r == '|' }) {
		pair := strings.Fields(strings.ReplaceAll(step[1:], "-", " -"))
		if len(pair) != 2 {
			t.Fatalf("step %q has no two numbers", step)
		}
		dx, dy := number(t, pair[0]), number(t, pair[1])
		if step[0] == 'M' {
			x, y = 0, 0
		}
		x, y = x+dx, y+dy
	}
	return x, y
}

func number(t *rapid.T, text string) float64 {
	var v float64
	if strings.HasPrefix(text, "-.") {
		text = "-0" + text[1:]
	} else if strings.HasPrefix(text, ".") {
		text = "0" + text
	}
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%q is no number: %v", text, err)
	}
	return v
}

func TestShadesTellASlowMinority(t *testing.T) {
	column := make([]int64, 4)
	column[0], column[1], column[3] = 9_000, 990, 10
	got := shades(column)
	if got[0] != 8 || got[2] != 0 || got[1] <= got[3] || got[3] < 1 {
		t.Errorf("shades %v, want the mass darkest, nothing at nothing, and a trace of the few", got)
	}
	if shades(make([]int64, 4)) != nil {
		t.Error("a column of nothing has shades")
	}
}

func TestAHeatMapKeepsItsCountsWhenItIsMadeNarrower(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := Heat{Lowest: 10, PerDecade: 10, Columns: make([][]int64, rapid.IntRange(1, 700).Draw(t, "columns"))}
		before := int64(0)
		for i := range h.Columns {
			if rapid.Bool().Draw(t, "there") {
				h.Columns[i] = []int64{1, int64(i), 0}
				before += 1 + int64(i)
			}
		}
		few, after := h.merged(160), int64(0)
		for _, column := range few {
			for _, n := range column {
				after += n
			}
		}
		if len(few) > 160 || after != before {
			t.Errorf("%d columns with %d values, want at most 160 with %d", len(few), after, before)
		}
	})
}

func TestColumnsAreRoundedAndGapsAreNull(t *testing.T) {
	got, err := json.Marshal(Column{0, 1, 99_873, 0.123456, math.NaN(), math.Inf(1), -12.3456})
	if err != nil || string(got) != "[0,1,99870,0.1235,null,null,-12.35]" {
		t.Errorf("got %s, %v", got, err)
	}
}
