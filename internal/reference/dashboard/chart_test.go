package dashboard

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestAxes(t *testing.T) {
	plain, whole := frame{}, frame{whole: true}
	times := frame{whole: true, unit: unitOf}
	for _, c := range []struct {
		name  string
		frame frame
		most  float64
		step  float64
		steps int
	}{
		{"nothing", plain, 0, 1, 1},
		{"a fraction", plain, 0.3, 0.1, 3},
		{"a fraction of what has none", whole, 0.3, 1, 1},
		{"few", whole, 2, 1, 2},
		{"exactly four steps", whole, 20, 5, 4},
		{"many", whole, 1_234_567, 500_000, 3},
		{"seconds", times, 45, 20, 3},
		{"minutes", times, 600, 300, 2},
		{"hours", times, 5 * 3600, 2 * 3600, 3},
	} {
		if step, steps := c.frame.scale(c.most); step != c.step || steps != c.steps {
			t.Errorf("%s: up to %v in %d steps of %v, want %d of %v", c.name, c.most, steps, step, c.steps, c.step)
		}
	}
}

func TestAxesHoldEveryValueInFewSteps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := frame{whole: rapid.Bool().Draw(t, "whole")}
		if rapid.Bool().Draw(t, "times") {
			f.unit = unitOf
		}
		most := rapid.Float64Range(0, 1e9).Draw(t, "most")
		step, steps := f.scale(most)
		if end := step * float64(steps); end < most*(1-1e-6) || steps < 1 || steps > 4 {
			t.Fatalf("the axis of %v ends at %v after %d steps", most, end, steps)
		}
	})
}

func TestChartsReachBackOneMinuteToFive(t *testing.T) {
	for _, c := range []struct {
		seconds int
		first   string // the oldest label
		begins  float64
	}{
		{10, "−1 min", 285.7}, {61, "−1 min", left}, {200, "−2 min", left}, {300, "−4 min", left},
	} {
		h, _ := past(c.seconds)
		now := noon.Add(time.Duration(c.seconds-1) * time.Second)
		marks := h.line(func(p point) float64 { return p.insights[players] })
		drawn := frame{width: 340, height: 132, whole: true, format: brief}.draw(now, "Players", []line{{"Players", "first", marks}})
		if got := drawn.Columns[len(drawn.Columns)-1].Text; got != c.first {
			t.Errorf("after %d s the time axis begins with %q, want %q", c.seconds, got, c.first)
		}
		if path := drawn.Curves[0].Path; !strings.HasPrefix(path, "M"+px(c.begins)+" ") || strings.Count(path, "L") != c.seconds-1 {
			t.Errorf("after %d s the line of %d points is %.30s…, want it to begin at %s", c.seconds, strings.Count(path, "L")+1, path, px(c.begins))
		}
	}
}

func TestChartsAreToldInWords(t *testing.T) {
	h, last := past(90)
	got := requests(noon.Add(89*time.Second), h).Chart.Label
	want := "Requests per second, the last 88 s. 2xx: now 50, lowest 50, highest 50. 4xx: now 1, lowest 1, highest 1."
	if got != want {
		t.Errorf("the label is %q, want %q", got, want)
	}
	legend := events(noon.Add(89*time.Second), last.Accepted, h).Legend
	if len(legend) != 3 || legend[1] != (entry{Name: "kafka", Class: looks[1], Now: "12"}) {
		t.Errorf("the legend is %+v", legend)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	h, _ := past(maxPoints + 7)
	if len(h) != maxPoints || !h[0].at.Equal(noon.Add(7*time.Second)) {
		t.Errorf("%d points from %s on, want %d from the 8th second on", len(h), h[0].at, maxPoints)
	}
	rates := h.rate(func(p point) int64 { return p.accepted[0] })
	if len(rates) != maxPoints-1 || rates[0].value != 25 {
		t.Errorf("%d rates, the first %v; want %d and 25", len(rates), rates[0], maxPoints-1)
	}
}

func TestFiguresReadWell(t *testing.T) {
	for got, want := range map[string]string{
		number(0): "0", number(2.345): "2.35", number(31.25): "31.2", number(456.7): "457", number(12345.6): "12,346",
		brief(9999): "9,999", brief(25000): "25k", brief(1.5e6): "1.5M",
		span(0): "0 s", span(12.34): "12.3 s", span(631): "10 min 31 s", span(7500): "2 h 05 min",
		briefSpan(30): "30 s", briefSpan(600): "10 min", briefSpan(9000): "2.5 h",
		took(40 * time.Microsecond): "40 µs", took(1500 * time.Microsecond): "1.5 ms", took(2340 * time.Millisecond): "2.34 s",
		bucket("0_5_min"): "0–5 min", bucket("2_h_or_more"): "2 h or more",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
