package reports

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/scenarios"
)

// condition is a threshold that is known to be sound.
func condition(t interface{ Fatal(...any) }, text string) scenarios.Condition {
	c, err := scenarios.Threshold(text).Parse()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// bruteForce judges every window by merging its frames anew.
func bruteForce(c scenarios.Condition, frames []*record.Frame, seconds int, warmup time.Duration, ended string) (worst *Window, short bool) {
	first, width := 0, int(c.Window/time.Second)
	if c.Statistic != "" {
		first = int((warmup + time.Second - 1) / time.Second)
	}
	if seconds-first < width {
		width, short = seconds-first, true
	}
	if width <= 0 {
		return nil, false
	}
	for from := first; from+width <= seconds; from++ {
		sum := record.NewFrame(0, "sum")
		for _, f := range frames {
			if f.Second >= from && f.Second < from+width && (c.Operation == "" || c.Operation == f.Operation) {
				_ = sum.Merge(f)
			}
		}
		var value float64
		var of int64
		if c.Statistic != "" {
			h := map[string]int64{"p50": 50, "p90": 90, "p99": 99, "max": 100}[c.Statistic]
			value, of = float64(timesOf(c, sum).ValueAtPercentile(float64(h))), timesOf(c, sum).TotalCount()
		} else {
			var errors int64
			errors, of = operation(sum, 0).errors(ended)
			value = float64(errors)
			if c.Unit == scenarios.Share {
				value /= float64(max(of, 1))
			}
		}
		if of == 0 {
			continue
		}
		now := &Window{From: from, To: from + width, Count: of, value: value}
		windows, broken := 1, 0
		if !c.Meets(value) {
			broken = 1
		}
		if worst != nil {
			windows, broken = windows+worst.Windows, broken+worst.Broken
			if !worse(c, value, worst.value) {
				now = worst
			}
		}
		worst = now
		worst.Windows, worst.Broken = windows, broken
	}
	return worst, short
}

func TestWindowsAreWhatBruteForceFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := condition(t, fmt.Sprintf("%s over any %ds", rapid.SampledFrom([]string{
			"response p99 < 300ms", "playtime.start service p50 >= 1ms", "response max == 5ms", "errors < 20%", "ingest.kafka errors <= 1", "errors > 0",
		}).Draw(t, "condition"), rapid.IntRange(1, 12).Draw(t, "width")))
		seconds := rapid.IntRange(1, 40).Draw(t, "seconds")
		warmup := time.Duration(rapid.IntRange(0, 5000).Draw(t, "warmup")) * time.Millisecond
		ended := rapid.SampledFrom([]string{record.Complete, record.Aborted}).Draw(t, "ended")
		frames := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) *record.Frame {
			f := drawnFrame(t, seconds)
			f.Outcomes["never_sent"] = rapid.Int64Range(0, 2).Draw(t, "never sent")
			f.Classes["cancelled"] = f.Outcomes["never_sent"]
			return f
		}), 0, 40).Draw(t, "frames")
		w := newWindows(c, warmup)
		reach := 0
		for _, f := range frames {
			w.add(f)
			reach = max(reach, f.Second+1)
			if rapid.Bool().Draw(t, "look") {
				w.read(rapid.IntRange(0, seconds).Draw(t, "until"), rapid.SampledFrom([]string{ended, record.Running}).Draw(t, "as"))
			}
		}
		got, short := w.readAll(ended)
		want, wantShort := bruteForce(c, frames, reach, warmup, ended)
		if (got == nil) != (want == nil) || got != nil && short != wantShort {
			t.Fatalf("got %+v (short: %v), want %+v (short: %v)", got, short, want, wantShort)
		}
		if got == nil {
			return
		}
		g := *got
		if g.ends = (Operation{}); fmt.Sprint(g) != fmt.Sprint(*want) {
			t.Errorf("got %+v, want %+v", g, *want)
		}
	})
}

func TestWindowsAreTold(t *testing.T) {
	for _, c := range []struct {
		threshold, status, shown, note string
		change                         func(*testRun)
	}{
		{threshold: "response p99 < 2ms over any 3s", status: Passed, shown: "1.00 ms in 0–3 s, of 30 actions"},
		{threshold: "response p99 < 300ms over any 3s", status: Failed, shown: "901 ms in 0–3 s, of 31 actions; 3 of 8 windows not met",
			change: func(r *testRun) { record1(r.frames[2], 900_000, 900_000, 0) }},
		{threshold: "response p99 < 300ms over any 3s", status: Passed, shown: "1.00 ms in 3–6 s, of 30 actions",
			change: func(r *testRun) {
				record1(r.frames[2], 900_000, 900_000, 0)
				r.m.Load.Warmup = 2100 * time.Millisecond
			}},
		{threshold: "errors < 10% over any 2s", status: Failed, shown: "35 % in 0–2 s, of 20 actions; 1 of 9 windows not met", change: func(r *testRun) {
			r.fail(7, "failed", "rejected")
			r.m.Load.Warmup = 9 * time.Second // how actions ended counts from the first second on
		}},
		{threshold: "errors <= 6 over any 10m", status: Failed, shown: "7 in 0–10 s, of 100 actions", note: "the run is shorter than 10 min, so it is judged as one window",
			change: func(r *testRun) { r.fail(7, "failed", "rejected") }},
		{threshold: "ingest.sns errors < 1% over any 2s", status: NotJudged, note: "the run has no ingest.sns"},
		{threshold: "visible p99 < 1s over any 2s", status: NotJudged, note: "read-back saw no event while the run went on"},
		{threshold: "visible p50 < 1s over any 2s", status: Passed, shown: "2.01 ms in 0–2 s, of 1 event", change: func(r *testRun) { _ = r.frames[1].Part(record.KafkaSeen).RecordValue(2000) }},
		{threshold: "ack p99 < 100us over any 10s", status: Failed, shown: "401 µs in 0–10 s, of 100 actions"},
		{threshold: "ack p99 < 100us", status: Failed, shown: "401 µs"},
		{threshold: "visible max < 1ms", status: Failed, shown: "2.01 ms", change: func(r *testRun) { _ = r.frames[1].Part(record.KafkaSeen).RecordValue(2000) }},
	} {
		r := newTestRun()
		r.m.Load.Thresholds = []string{c.threshold}
		if c.change != nil {
			c.change(r)
		}
		got := Summarize(r.open(t)).Thresholds[0]
		if got.Status != c.status || got.Shown() != c.shown || got.Note != c.note {
			t.Errorf("%q: got %+v, %q; want %s, %q, note %q", c.threshold, got, got.Shown(), c.status, c.shown, c.note)
		}
	}
}

// A line of a run directory may name any second of a year. What lies between costs nothing: it is neither kept nor gone through.
func TestFarAwaySecondsCostNothing(t *testing.T) {
	const far = 31_000_000
	for text, windows := range map[string]int{"errors <= 3 over any 10s": 5, "response max < 2ms over any 10s": 4} { // times, but for the first second
		w := newWindows(condition(t, text), time.Second)
		for _, second := range []int{far, 3} {
			f := record.NewFrame(second, "playtime.start")
			f.Outcomes["acknowledged"], f.Outcomes["failed"] = 1, int64(second%5)
			record1(f, int64(1000+second%5), 400, 600)
			w.add(f)
		}
		added := 0
		w.slide = slide{ended: record.Complete, queue: sliding[amount]{plus: func(a, b amount) amount { added++; return a.plus(b) }}}
		got, short := w.readAll(record.Complete)
		if short || got == nil || got.To > 13 || got.Windows != windows || len(w.seconds) != 2 || added > 100 {
			t.Errorf("%s: got %+v of %d seconds by %d additions, want the %d windows that hold something", text, got, len(w.seconds), added, windows)
		}
	}
}

func TestAnEmptyWindowSaysNothing(t *testing.T) {
	c := condition(t, "errors == 0 over any 2s")
	w := newWindows(c, 0)
	for _, second := range []int{0, 7} {
		f := record.NewFrame(second, "playtime.start")
		f.Outcomes["acknowledged"] = 3
		w.add(f)
	}
	if got, _ := w.readAll(record.Complete); got == nil || got.Windows != 2 || got.Broken != 0 {
		t.Errorf("got %+v, want the two windows judged in which something ended", got)
	}
}
