package reports

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFormats(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{thousands(0), "0"}, {thousands(999), "999"}, {thousands(1000), "1,000"}, {thousands(-1234567), "-1,234,567"},
		{count(1, "event"), "1 event"}, {count(2500, "event"), "2,500 events"},
		{micros(0), "0 µs"}, {micros(999), "999 µs"}, {micros(1000), "1.00 ms"}, {micros(99_960), "100 ms"}, {micros(999_499), "999 ms"},
		{micros(999_500), "1.00 s"}, {micros(61_000_000), "61.0 s"},
		{percent(0), "0 %"}, {percent(0.1), "10 %"}, {percent(1), "100 %"}, {percent(0.00123456), "0.123 %"}, {percent(1e-7), "0.00001 %"},
		{seconds(0), "0 s"}, {seconds(30.5), "30.5 s"}, {seconds(120), "2 min"}, {seconds(150), "2 min 30 s"}, {seconds(7260), "2 h 1 min"},
		{bytesText(2048), "2 KiB"}, {bytesText(5 << 20), "5.00 MiB"}, {bytesText(3 << 29), "1.50 GiB"},
		{spans([]int{4}), "second 4"}, {spans([]int{1, 2, 3, 7, 9, 10}), "seconds 1-3, 7, 9-10"},
		{spans([]int{0, 2, 4, 6, 8, 10, 12, 14, 16, 18}), "seconds 0, 2, 4, 6, 8, 10, 12, 14 and 2 more"},
		{figure(1811.75), "1,811.75"}, {figure(-0.5), "-0.50"}, {figure(12), "12"},
		{difference(100, 99), "−1 %"}, {difference(0, 3), "+3"}, {difference(2, 2), "none"}, {difference(0, 0), "none"},
		{short(0), "0"}, {short(0.5), "0.5"}, {short(1500), "1,500"}, {short(20_000), "20k"}, {short(1.5e6), "1.5M"},
		{shortMicros(100), "100 µs"}, {shortMicros(1e4), "10 ms"}, {shortMicros(1e7), "10 s"},
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
		for name, a := range map[string]axis{"linear": linearAxis(most), "log": logAxis(least, most), "time": timeAxis(most)} {
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
	c := lineChart{width: 100, height: 100, seconds: 5, y: logAxis(1, 100)}
	d := c.curve(timeAxis(5), []float64{10, 20, 0, 30, 0})
	if strings.Count(d, "M") != 2 || strings.Count(d, "L") != 1 {
		t.Errorf("path %q, want two pieces, the first with one step", d)
	}
}

func TestABarShowsHoweverLittle(t *testing.T) {
	for _, c := range []struct {
		from, to, whole int64
		want            string
	}{
		{0, 50, 100, `x="0" y="0" width="500"`}, {9_999_999, 10_000_000, 10_000_000, `x="996" y="0" width="4"`},
	} {
		if got := string(bar(c.from, c.to, c.whole, "alarm")); !strings.Contains(got, c.want) {
			t.Errorf("%d to %d of %d: %s, want %s", c.from, c.to, c.whole, got, c.want)
		}
	}
	if got := string(bar(3, 3, 10, "alarm")); strings.Contains(got, "alarm") {
		t.Errorf("nothing is shown as something: %s", got)
	}
}

func TestPrettyShowsEqualValuesOnce(t *testing.T) {
	for raw, want := range map[string]string{
		`{"a":["x","x","x"],"b":["y"]}`: "{\n  \"a\": [\n    \"x\", (and 2 more like it)\n  ],\n  \"b\": [\n    \"y\"\n  ]\n}",
		`[{},{}]`:                       "[\n  {},\n  {}\n]",
		`no json`:                       "no json",
	} {
		if got := pretty([]byte(raw)); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", raw, got, want)
		}
	}
}
