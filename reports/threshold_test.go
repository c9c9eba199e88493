package reports

import (
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/record"
)

func TestParseThreshold(t *testing.T) {
	for _, c := range []struct {
		text string
		want Threshold
	}{
		{"playtime.heartbeat response p99 < 250ms", Threshold{Operation: "playtime.heartbeat", Quantity: "response", Statistic: "p99", Comparison: "<", Unit: Micros, Bound: 250_000}},
		{"service p99.9 <= 1.5s", Threshold{Quantity: "service", Statistic: "p99.9", Comparison: "<=", Unit: Micros, Bound: 1_500_000}},
		{"response max<2s abort", Threshold{Quantity: "response", Statistic: "max", Comparison: "<", Unit: Micros, Bound: 2e6, Abort: true}},
		{"errors < 0.1%", Threshold{Quantity: "errors", Comparison: "<", Unit: Share, Bound: 0.001}},
		{"playtime.heartbeat errors < 1%", Threshold{Operation: "playtime.heartbeat", Quantity: "errors", Comparison: "<", Unit: Share, Bound: 0.01}},
		{"errors == 0", Threshold{Quantity: "errors", Comparison: "==", Unit: Count}},
		{" lost==0 ", Threshold{Quantity: "lost", Comparison: "==", Unit: Count}},
		{"duplicated >= 3", Threshold{Quantity: "duplicated", Comparison: ">=", Unit: Count, Bound: 3}},
	} {
		got, err := ParseThreshold(c.text)
		c.want.Text = strings.TrimSpace(c.text)
		if err != nil || got != c.want {
			t.Errorf("%q: got %+v, %v; want %+v", c.text, got, err, c.want)
		}
	}
}

func TestParseThresholdRefuses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "want for example"},
		{"response p98 < 1ms", "want for example"},
		{"response < 1ms", "want for example"},
		{"speed > 9000", "want for example"},
		{"errors = 0", "want for example"},
		{"response p99 < 250", `bound "250": want a duration`},
		{"errors < 200%", "0% to 100%"},
		{"errors < 0.1", "want a whole number or a share such as 0.1%"},
		{"lost < 1%", `bound "1%": want a whole number`},
		{"ingest.kafka lost == 0", "the ledger is one for all operations"},
	} {
		_, err := ParseThreshold(c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: got %v, want one line with %q", c.text, err, c.want)
		}
	}
}

func FuzzParseThreshold(f *testing.F) {
	f.Add("playtime.heartbeat response p99 < 250ms")
	f.Add("errors < 0.1% abort")
	f.Fuzz(func(t *testing.T, text string) {
		if th, err := ParseThreshold(text); err == nil && (th.Bound < 0 || th.Quantity == "") {
			t.Errorf("%q: accepted as %+v", text, th)
		}
	})
}

func TestMeets(t *testing.T) {
	for _, c := range []struct {
		comparison string
		below      bool
		equal      bool
		above      bool
	}{
		{"<", true, false, false}, {"<=", true, true, false}, {"==", false, true, false}, {">=", false, true, true}, {">", false, false, true},
	} {
		th := Threshold{Comparison: c.comparison, Bound: 10}
		if th.meets(9) != c.below || th.meets(10) != c.equal || th.meets(11) != c.above {
			t.Errorf("%s 10: met by 9, 10, 11: %v, %v, %v", c.comparison, th.meets(9), th.meets(10), th.meets(11))
		}
	}
}

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
		{threshold: "response p99 < 1s", status: NotJudged, measured: "1.00 ms", note: "the run is invalid", change: func(r *testRun) { r.m.Ended = record.Interrupted }},
		{threshold: "nonsense", status: NotJudged, note: "parse threshold"},
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
