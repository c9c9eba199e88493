package compare

import (
	"strings"
	"testing"
)

func TestThresholdsOfBothRunsAreTold(t *testing.T) {
	before, after := quiet, quiet
	before.thresholds = []string{"errors < 5%", "lost == 0"}
	after.thresholds, after.errors = []string{"response max < 10s over any 10s", "errors < 5%"}, 0.2
	c, err := Runs(before.run(t, 1), after.run(t, 2), Options{})
	must(t, err)
	var got []string
	for _, j := range c.Thresholds {
		got = append(got, j.Threshold+" | "+j.Before()+" | "+j.After())
	}
	for i, want := range []string{
		"errors < 5% | met: 0 % | not met: ", "lost == 0 | not judged: the target offers no read-back, so there is no ledger | –", "response max < 10s over any 10s | – | met: ",
	} {
		if i >= len(got) || !strings.HasPrefix(got[i], want) {
			t.Fatalf("got %q, want entry %d to begin with %q", got, i, want)
		}
	}
	if len(got) != 3 || !strings.Contains(got[2], " s, of 1,000 actions") {
		t.Errorf("got %q, want three, and the worst window of the last", got)
	}
}
