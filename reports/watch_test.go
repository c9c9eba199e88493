package reports

import (
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/record"
)

// watched feeds a Watch a minute of two operations, ten actions each a second, by two attackers; bad says what the second
// holds. It returns the first breach and the second in whose Closed it came.
func watched(thresholds []string, bad func(second int, f *record.Frame), known func(second int) *record.Ledger) (b *Breach, at int) {
	w := &Watch{}
	plan := &record.LoadPlan{
		PlannedWall: time.Minute, Warmup: 5 * time.Second, Thresholds: thresholds,
		Planned: map[string]int{"playtime.start": 1200, "playtime.heartbeat": 1200},
	}
	w.Observe(record.Entry{Manifest: &record.Manifest{Load: plan}})
	for second := range 60 {
		for range 2 {
			for _, name := range []string{"playtime.start", "playtime.heartbeat"} {
				f := record.NewFrame(second, name)
				f.Planned, f.Outcomes["acknowledged"] = 10, 10
				for range 10 {
					record1(f, 1000, 400, 600)
				}
				if bad != nil && name == "playtime.start" {
					bad(second, f)
				}
				w.Observe(record.Entry{Frames: []*record.Frame{f}})
			}
		}
		if b := w.Closed(second+1, known(second)); b != nil {
			return b, second + 1
		}
	}
	return nil, 0
}

// slowFrom makes every action slow from a second on, failsFrom fails three of ten.
func slowFrom(from int) func(int, *record.Frame) {
	return func(second int, f *record.Frame) {
		if second >= from {
			f.Response = record.NewHistogram()
			_ = f.Response.RecordValues(900_000, 10)
		}
	}
}

func failsFrom(from int) func(int, *record.Frame) {
	return func(second int, f *record.Frame) {
		if second >= from {
			f.Outcomes["acknowledged"], f.Outcomes["failed"], f.Classes["server-error"] = 7, 3, 3
		}
	}
}

func TestWatchFindsTheSecond(t *testing.T) {
	for _, c := range []struct {
		name, thresholds string
		bad              func(int, *record.Frame)
		known            func(int) *record.Ledger
		second           int
		measured         string
	}{
		{name: "nothing is wrong", thresholds: "response p99 < 2ms abort|errors < 1% over any 5s abort|corrupt == 0 abort"},
		{name: "nobody asked to abort", thresholds: "response p99 < 2ms over any 5s", bad: slowFrom(20)},
		// At the end of second 21, one of two operations was slow for one of five seconds, which is more than 1 % of them.
		{name: "window", thresholds: "response p99 < 2ms over any 5s abort", bad: slowFrom(20), second: 21, measured: "901 ms in 16–21 s, of 200 actions"},
		{name: "window of one operation", thresholds: "playtime.start response p50 < 2ms over any 4s abort", bad: slowFrom(20), second: 23, measured: "901 ms in 19–23 s, of 80 actions"},
		{name: "other operation", thresholds: "playtime.heartbeat response p50 < 2ms over any 4s abort", bad: slowFrom(20)},
		{name: "warm-up is over before the first window begins", thresholds: "response p99 < 2ms over any 5s abort", bad: slowFrom(0), second: 10, measured: "901 ms in 5–10 s, of 200 actions"},
		{name: "errors count during the warm-up", thresholds: "errors < 10% over any 2s abort", bad: failsFrom(1), second: 3, measured: "15 % in 1–3 s, of 80 actions"},
		{name: "share of a window", thresholds: "playtime.start errors < 20% over any 10s abort", bad: failsFrom(20), second: 27, measured: "21 % in 17–27 s, of 200 actions"},
		// 1 % of the 1,200 starts are 12; as the first five seconds are not measured and are over, 1 % of 1,100: the 12th slow one is one too many.
		{name: "whole run", thresholds: "playtime.start response p99 < 2ms abort", bad: slowFrom(20), second: 21, measured: "901 ms so far, of 320 actions"},
		{name: "whole run, half", thresholds: "playtime.start response p50 < 2ms abort", bad: slowFrom(20), second: 48, measured: "901 ms so far, of 860 actions"},
		{name: "share of the whole run", thresholds: "errors < 1% abort", bad: failsFrom(20), second: 24, measured: "2.5 % so far, of 960 actions"},
		{name: "count", thresholds: "errors <= 18 abort", bad: failsFrom(20), second: 24, measured: "24 so far, of 960 actions"},
		{name: "at least so many, which no end can bring", thresholds: "playtime.start errors >= 90% abort", second: 7, measured: "0 % so far, of 140 actions"},
		{name: "of what there is none", thresholds: "ingest.sns errors > 0 abort|ingest.sns errors > 0 over any 2s abort|ingest.sns response p99 < 1ms abort"},
		{name: "ledger", thresholds: "duplicated <= 3 abort", known: func(second int) *record.Ledger { return &record.Ledger{Duplicated: int64(second) / 10} }, second: 41, measured: "4 so far"},
		{name: "the first of several", thresholds: "errors <= 18 abort|errors < 10% over any 2s abort", bad: failsFrom(20), second: 22, measured: "15 % in 20–22 s, of 80 actions"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.known == nil {
				c.known = func(int) *record.Ledger { return nil }
			}
			b, at := watched(strings.Split(c.thresholds, "|"), c.bad, c.known)
			if b == nil {
				b = &Breach{}
			}
			if b.Second != c.second || at != c.second || b.Measured != c.measured || c.second > 0 && (b.Of != 60 || !strings.Contains(b.Error(), b.Threshold)) {
				t.Errorf("told at the end of second %d: %+v; want second %d, %q", at, b, c.second, c.measured)
			}
		})
	}
}

// TestWatchNamesTheFirstBrokenWindow has several seconds closed at once, as on a machine that was busy.
func TestWatchNamesTheFirstBrokenWindow(t *testing.T) {
	w := &Watch{}
	w.Observe(record.Entry{Manifest: &record.Manifest{Load: &record.LoadPlan{
		PlannedWall: 20 * time.Second, Planned: map[string]int{"playtime.start": 200}, Thresholds: []string{"errors == 0 over any 2s abort"},
	}}})
	for second := range 10 {
		f := record.NewFrame(second, "playtime.start")
		f.Outcomes["acknowledged"] = 10
		if second >= 3 {
			f.Outcomes["failed"] = int64(second)
		}
		w.Observe(record.Entry{Frames: []*record.Frame{f}})
	}
	b := w.Closed(10, nil)
	if b == nil || b.Second != 4 || b.Measured != "3 in 2–4 s, of 23 actions" {
		t.Fatalf("got %+v, want the window that ends with second 4", b)
	}
	if again := w.Closed(11, nil); again != b {
		t.Errorf("later %+v, want what was found first", again)
	}
}
