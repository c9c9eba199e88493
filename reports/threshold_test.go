package reports

import (
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/record"
)

func TestThresholdsAreJudged(t *testing.T) {
	for _, c := range []struct {
		threshold, status, measured, note string
		change                            func(*testRun)
	}{
		{threshold: "response p50 < 1ms", status: Failed, measured: "1.00 ms"},
		{threshold: "playtime.start response max <= 1100us", status: Passed, measured: "1.00 ms"},
		{threshold: "service p99 < 500us", status: Passed, measured: "401 µs"},
		{threshold: "errors == 0", status: Passed, measured: "0"},
		{threshold: "errors < 5%", status: Failed, measured: "10 %", change: func(r *testRun) { r.fail(10, "failed", "rejected") }},
		{threshold: "errors <= 9", status: Failed, measured: "10", change: func(r *testRun) { r.fail(10, "indeterminate", "timeout") }},
		{threshold: "ingest.sns errors < 1%", status: NotJudged, note: "no ingest.sns"},
		{threshold: "duplicated == 0", status: Failed, measured: "4", change: func(r *testRun) { r.ledger.Duplicated = 4 }},
		{threshold: "lost == 0", status: NotJudged, note: "no read-back", change: func(r *testRun) { r.ledger = nil }},
		{threshold: "lost == 0", status: NotJudged, note: "did not reach its end", change: func(r *testRun) { r.ledger.Complete = false }},
		{threshold: "response p99 < 1s", status: NotJudged, measured: "1.00 ms", note: "the run was cut short", change: func(r *testRun) { r.m.Ended = record.Interrupted }},
		{threshold: "nonsense", status: NotJudged, note: `threshold "nonsense": want a quantity`},
	} {
		r := newTestRun()
		r.m.Load.Thresholds = []string{c.threshold}
		if c.change != nil {
			c.change(r)
		}
		got := Summarize(r.open(t)).Thresholds[0]
		if got.Status != c.status || got.Measured != c.measured || !strings.Contains(got.Note, c.note) {
			t.Errorf("%q: got %+v, want %s, %q, note with %q", c.threshold, got, c.status, c.measured, c.note)
		}
	}
}
