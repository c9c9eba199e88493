package scenarios_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/scenarios"
)

const ms = 1000.0 // of microseconds

func TestParseThreshold(t *testing.T) {
	for _, c := range []struct {
		text string
		want scenarios.Condition
	}{
		{"playtime.heartbeat response p99 < 250ms", scenarios.Condition{Operation: "playtime.heartbeat", Quantity: "response", Statistic: "p99", Comparison: "<", Unit: scenarios.Micros, Bound: 250 * ms}},
		{"service p99.9 <= 1.5s", scenarios.Condition{Quantity: "service", Statistic: "p99.9", Comparison: "<=", Unit: scenarios.Micros, Bound: 1500 * ms}},
		{"response max<2s abort", scenarios.Condition{Quantity: "response", Statistic: "max", Comparison: "<", Unit: scenarios.Micros, Bound: 2000 * ms, Abort: true}},
		{"ingest.kafka ack p99.9 < 100ms", scenarios.Condition{Operation: "ingest.kafka", Quantity: "ack", Statistic: "p99.9", Comparison: "<", Unit: scenarios.Micros, Bound: 100 * ms}},
		{"visible p50 < 1m30s over any 1m", scenarios.Condition{Quantity: "visible", Statistic: "p50", Comparison: "<", Unit: scenarios.Micros, Bound: 90_000 * ms, Window: time.Minute}},
		{"visible max < 2s abort", scenarios.Condition{Quantity: "visible", Statistic: "max", Comparison: "<", Unit: scenarios.Micros, Bound: 2000 * ms, Abort: true}},
		{"errors < 0.1%", scenarios.Condition{Quantity: "errors", Comparison: "<", Unit: scenarios.Share, Bound: 0.001}},
		{"playtime.heartbeat errors<1%  over any  10s   abort", scenarios.Condition{Operation: "playtime.heartbeat", Quantity: "errors", Comparison: "<", Unit: scenarios.Share, Bound: 0.01, Window: 10 * time.Second, Abort: true}},
		{"errors == 0", scenarios.Condition{Quantity: "errors", Comparison: "=="}},
		{" lost==0 ", scenarios.Condition{Quantity: "lost", Comparison: "=="}},
		{"duplicated >= 3", scenarios.Condition{Quantity: "duplicated", Comparison: ">=", Bound: 3}},
		{"corrupt == 0 abort", scenarios.Condition{Quantity: "corrupt", Comparison: "==", Abort: true}},
	} {
		got, err := scenarios.Threshold(c.text).Parse()
		c.want.Text = strings.TrimSpace(c.text)
		if err != nil || got != c.want {
			t.Errorf("%q: got %+v, %v; want %+v", c.text, got, err, c.want)
		}
		if schema := compiled(t); !accepts(t, schema, minimal+"thresholds: [\""+c.text+"\"]\n") {
			t.Errorf("%q: the schema refuses it", c.text)
		}
	}
}

func TestParseThresholdRefuses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "want a quantity, one of response service ack visible errors lost duplicated reordered corrupt phantom, got nothing"},
		{"speed > 9000", `want a quantity, one of response .*, got "speed"`},
		{"respons p99 < 1ms", `got "respons", did you mean "response"\?`},
		{"playtime.start lag p99 < 50ms", "the lag is the generator's own: generator.max_lag"},
		{"response p98 < 1ms", `want a statistic after "response", one of p50 p90 p99 p99.9 max, got "p98"`},
		{"response < 1ms", `want a statistic after "response", .* got "<"`},
		{"errors = 0", `want a comparison after "errors", one of < <= == >= >, got "="`},
		{"errors", `want a comparison after "errors", .* got nothing`},
		{"errors <", `bound "": want a whole number or a share`},
		{"response p99 < 250", `bound "250": want a duration`},
		{"response p99 < -5ms", `bound "-5ms": want a duration`},
		{"errors < 200%", "0% to 100%"},
		{"errors < 1e-3%", "0% to 100%"},
		{"errors < 0.1", "want a whole number or a share such as 0.1%"},
		{"lost < 1%", `bound "1%": want a whole number`},
		{"errors == 0 over 10s", `want "over any" and a window, such as over any 10s, got "over 10s"`},
		{"errors == 0 over any", `window "": want whole seconds, 1s to 10m`},
		{"errors == 0 over any 1500ms", `window "1500ms": want whole seconds`},
		{"errors == 0 over any 0s", "1s to 10m"},
		{"errors == 0 over any 11m", "1s to 10m"},
		{"errors == 0 please", `want over any 10s, abort or nothing after "errors == 0", got "please"`},
		{"errors == 0 over any 5s please", `want abort or nothing after "errors == 0 over any 5s"`},
		{"errors == 0 abort over any 5s", `want nothing more after "errors == 0 abort", got "over"`},
		{"ingest.kafka corrupt == 0", "the ledger is one for all operations, want corrupt without ingest.kafka"},
		{"corrupt == 0 over any 1m", "the ledger is of the run as a whole, want corrupt without over any 1m$"},
		{"lost == 0 abort", "what is lost is known when everything was read back"},
		{"visible p99 < 1s abort", "how many events will be seen is not known beforehand"},
		{"visible max > 1s abort", "how many events will be seen is not known beforehand"},
		{"errors == 0" + strings.Repeat(" ", 200) + "abort", "want at most 128 characters"},
	} {
		_, err := scenarios.Threshold(c.text).Parse()
		if err == nil || !regexp.MustCompile(c.want).MatchString(err.Error()) || strings.Contains(err.Error(), "\n") || !strings.HasPrefix(err.Error(), "threshold \"") {
			t.Errorf("%q: got %v, want one line with %q", c.text, err, c.want)
		}
	}
}

func FuzzParseThreshold(f *testing.F) {
	f.Add("playtime.heartbeat response p99 < 250ms")
	f.Add("errors < 0.1% over any 10s abort")
	f.Add("lost==0")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := scenarios.Threshold(text).Parse()
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("%q: an error of several lines: %v", text, err)
			}
			return
		}
		if c.Bound < 0 || c.Quantity == "" || c.Window < 0 || c.Window%time.Second != 0 || (c.Statistic != "") != (c.Unit == scenarios.Micros) {
			t.Errorf("%q: accepted as %+v", text, c)
		}
		again, err := scenarios.Threshold(c.Text).Parse()
		if err != nil || again != c {
			t.Errorf("%q: read again as %+v, %v; want %+v", c.Text, again, err, c)
		}
	})
}

func TestMeets(t *testing.T) {
	for _, c := range []struct {
		comparison          string
		below, equal, above bool
		wants               int
	}{
		{"<", true, false, false, -1}, {"<=", true, true, false, -1}, {"==", false, true, false, 0}, {">=", false, true, true, 1}, {">", false, false, true, 1},
	} {
		th := scenarios.Condition{Comparison: c.comparison, Bound: 10}
		if th.Meets(9) != c.below || th.Meets(10) != c.equal || th.Meets(11) != c.above || th.Wants() != c.wants {
			t.Errorf("%s 10: met by 9, 10, 11: %v, %v, %v; wants %d", c.comparison, th.Meets(9), th.Meets(10), th.Meets(11), th.Wants())
		}
	}
}

func TestChecksAreToldAmongTheFaultsOfTheFile(t *testing.T) {
	_, err := scenarios.Decode("x.yaml", []byte(minimal+"seed: none\nthresholds:\n  - errors == 0\n  - fast\n  - lost == 0\n"),
		func(s scenarios.Scenario, fault func(path, format string, args ...any)) {
			fault("thresholds[2]", "%s of %d is not liked", s.Thresholds[2], len(s.Thresholds))
		})
	want := `x.yaml:6:7: seed: want a whole number from 0 to 18446744073709551615, got "none"
x.yaml:9:5: thresholds[1]: threshold "fast": want a quantity, one of response service ack visible errors lost duplicated reordered corrupt phantom, got "fast"
x.yaml:10:5: thresholds[2]: lost == 0 of 3 is not liked`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}
