package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Whatever was measured, or was not, a picture is well-formed and holds no number that is none.
func TestEveryPictureCanBeDrawn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "points")
		values := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(0, 1e9), rapid.SampledFrom([]float64{0, math.NaN()})), n, n)
		c := Chart{
			ID: "a", Title: `<b> & "so on"`, Unit: rapid.SampledFrom([]Unit{Number, Micros, Share, Bytes}).Draw(t, "unit"),
			Size: rapid.SampledFrom([]Size{Half, Wide, Third}).Draw(t, "size"), Log: rapid.Bool().Draw(t, "log"), Stacked: rapid.Bool().Draw(t, "stacked"),
			Series: []Series{
				{Name: "one", Class: "first", Points: values.Draw(t, "one"), Filled: true},
				{Name: "two", Class: "second", Points: values.Draw(t, "two"), Band: true},
				{Name: "three", Class: "third", Points: values.Draw(t, "three"), Dots: true},
			},
		}
		if rapid.Bool().Draw(t, "limited") {
			c.Limit = Limit{Value: 250, Text: "late above <250>"}
		}
		if rapid.Bool().Draw(t, "right") {
			c.Right, c.Series[2].OnRight = Number, true
		}
		if c.Log && rapid.Bool().Draw(t, "heat") {
			c.Heat = &Heat{Lowest: 10, PerDecade: 10, Columns: make([][]int64, n)}
			for i := range c.Heat.Columns {
				c.Heat.Columns[i] = rapid.SampledFrom([][]int64{nil, {0, 1, 5}, {0, 0, 0}}).Draw(t, "column")
			}
		}
		if rapid.Bool().Draw(t, "nines") {
			c.Nines, c.Heat = make([]float64, n), nil
			for i := range c.Nines {
				c.Nines[i] = float64(i) / 10
			}
		}
		wellFormed(t, string(c.SVG(Time{Seconds: float64(n), Step: 1, Warmup: 2, Late: [][2]int{{0, 1}, {7, 7}}})))
	})
}

func wellFormed(t *rapid.T, svg string) {
	if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
		t.Errorf("the picture holds a number that is none:\n%s", svg)
	}
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
	}
}

func TestAPictureIsEmptyWhenNothingWasMeasured(t *testing.T) {
	nothing := Chart{Log: true, Series: []Series{{Points: []float64{math.NaN(), 0}}}}
	if !nothing.Empty() {
		t.Error("gaps, and nothing on a logarithmic axis, are taken for something")
	}
	if zero := (Chart{Series: []Series{{Points: []float64{0}}}}); zero.Empty() {
		t.Error("a measured nothing is taken for a gap")
	}
}

func TestBarsShowWhateverIsThere(t *testing.T) {
	if got := string(Bar(0, 1, 1_000_000, "alarm")); !strings.Contains(got, `class="alarm" x="0" y="0" width="4"`) {
		t.Errorf("one of a million is not to be seen: %s", got)
	}
	if got := string(Bar(999_999, 1_000_000, 1_000_000, "alarm")); !strings.Contains(got, `x="996" y="0" width="4"`) {
		t.Errorf("the last of a million is not to be seen: %s", got)
	}
	if got := string(Bar(0, 0, 10, "alarm")); strings.Contains(got, "alarm") {
		t.Errorf("nothing is to be seen: %s", got)
	}
	if got := Spark([]float64{0, math.NaN()}, "first"); got != "" {
		t.Errorf("a line of nothing: %s", got)
	}
}
