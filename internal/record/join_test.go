package record

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// slice is one of four slices of a run, with ten players and a hundred planned actions of the whole's forty and four
// hundred; change may make it another's.
func slice(t *testing.T, index int, change func(*Manifest)) *Run {
	t.Helper()
	dir := filepath.Join(t.TempDir(), fmt.Sprint("slice", index))
	m := Manifest{
		Ended: Complete, Began: time.Unix(100+int64(index), 0).UTC(), Finished: time.Unix(200+int64(index), 0).UTC(),
		Generator: &Generator{CPUSeconds: 1, MaxRSSBytes: int64(index)},
		Load: &LoadPlan{
			Run: "00000000000000aa", ScheduleHash: "hash", ScenarioDigest: "digest", Slice: Slice{Index: index, Count: 4}, Players: 10, PeakCCU: 10,
			Planned: map[string]int{"a": 60, "b": 40}, CCU: []int{index, 5}, Operations: []string{"a", "b"}, Readback: true,
			Whole: &Whole{Players: 40, Actions: 400},
		},
	}
	if change != nil {
		change(&m)
	}
	w, err := Create(dir, m)
	must(t, err)
	must(t, w.Frames([]*Frame{frame(0, "a", 3), frame(1, "b", int64(index))}))
	must(t, w.Links([]*Links{{Second: 1, Transport: "http", Open: 2}}))
	must(t, w.Health([]Health{{Second: 1, Facts: map[string]float64{CPUShare: 0.5}}}))
	must(t, w.Failure(Failure{Second: 9 - index}))
	must(t, w.Ledger(Ledger{Planned: 100, Acknowledged: 90, Failed: 10, Found: 90, Foreign: 300, Complete: true, Examples: []Example{{ID: fmt.Sprint(index)}}}))
	must(t, w.Manifest(m))
	must(t, w.Close())
	return open(t, dir)
}

func TestJoinAddsUp(t *testing.T) {
	var parts []*Run
	for _, i := range []int{2, 0, 3, 1} {
		parts = append(parts, slice(t, i, nil))
	}
	joined, err := Join(parts, 0)
	must(t, err)
	dir := filepath.Join(t.TempDir(), "whole")
	must(t, joined.Save(dir))
	got := open(t, dir)
	m := got.Manifest
	want := &LoadPlan{
		Scenario: []byte("null"), Run: "00000000000000aa", ScheduleHash: "hash", ScenarioDigest: "digest", Slice: Slice{Count: 1}, Players: 40, PeakCCU: 40,
		Planned: map[string]int{"a": 240, "b": 160}, CCU: []int{6, 20}, Operations: []string{"a", "b"}, Readback: true, Apart: 3 * time.Second,
	}
	if !reflect.DeepEqual(m.Load, want) {
		t.Errorf("plan\n%+v, want\n%+v", m.Load, want)
	}
	if m.Ended != Complete || m.Began.Unix() != 100 || m.Finished.Unix() != 203 || m.Generator.CPUSeconds != 4 || m.Generator.MaxRSSBytes != 3 {
		t.Errorf("manifest %+v, generator %+v", m, m.Generator)
	}
	l := Ledger{Version: 1, Planned: 400, Acknowledged: 360, Failed: 40, Found: 360, Complete: true, Examples: []Example{{ID: "0"}, {ID: "1"}, {ID: "2"}, {ID: "3"}}}
	if !reflect.DeepEqual(*got.Ledger, l) {
		t.Errorf("ledger %+v, want %+v", *got.Ledger, l)
	}
	sent := map[string]int64{}
	for f, err := range got.Frames() {
		must(t, err)
		sent[f.Operation] += f.Sent
	}
	if len(got.frames) != 2 || sent["a"] != 12 || sent["b"] != 6 || len(got.links) != 4 || len(got.health) != 4 {
		t.Errorf("%d frames with %v sent, %d links, %d of health", len(got.frames), sent, len(got.links), len(got.health))
	}
	if len(got.Failures) != 4 || got.Failures[0].Second != 6 {
		t.Errorf("failures %+v, want four from the earliest on", got.Failures)
	}
}

func TestJoinSaysWhatIsMissing(t *testing.T) {
	joined, err := Join([]*Run{slice(t, 2, nil), slice(t, 0, func(m *Manifest) { m.Load.Players, m.Load.Planned = 12, map[string]int{"a": 50} })}, 30)
	must(t, err)
	want := Missing{Slices: []int{1, 3}, Of: 4, Players: 18, Actions: 250, Whole: Whole{Players: 40, Actions: 400}, Accepted: 30}
	if m := joined.Manifest.Load.Missing; m == nil || !reflect.DeepEqual(*m, want) || m.Percent() != 62.5 {
		t.Errorf("missing %+v, want %+v", m, want)
	}
	if joined.Manifest.Load.Players != 22 {
		t.Errorf("%d players, want those that are there", joined.Manifest.Load.Players)
	}
}

func TestJoinEndsAsTheWorstSlice(t *testing.T) {
	ends := []string{Interrupted, Broken, Complete, Running}
	for n, want := range map[int]string{1: Interrupted, 2: Broken, 4: Running} {
		var parts []*Run
		for i := range n {
			parts = append(parts, slice(t, i, func(m *Manifest) { m.Ended, m.Fault = ends[i], ends[i] }))
		}
		joined, err := Join(parts, 0)
		must(t, err)
		if m := joined.Manifest; m.Ended != want || m.Fault != want {
			t.Errorf("%v: ended %q for %q, want %q", ends[:n], m.Ended, m.Fault, want)
		}
	}
}

func TestJoinKeepsTheFirstAbort(t *testing.T) {
	var parts []*Run
	for i, second := range []int{0, 31, 12} { // slice 0 came to its end
		parts = append(parts, slice(t, i, func(m *Manifest) {
			if second > 0 {
				m.Ended, m.Abort = Aborted, &Abort{Threshold: "errors == 0 abort", Second: second, Of: 60}
			}
		}))
	}
	joined, err := Join(parts, 30)
	must(t, err)
	if m := joined.Manifest; m.Ended != Aborted || m.Abort == nil || m.Abort.Second != 12 {
		t.Errorf("ended %q, abort %+v; want aborted in second 12", m.Ended, m.Abort)
	}
	interrupted, err := Join(append(parts, slice(t, 3, func(m *Manifest) { m.Ended = Interrupted })), 0)
	must(t, err)
	if m := interrupted.Manifest; m.Ended != Interrupted {
		t.Errorf("ended %q with a slice that was interrupted, want that", m.Ended)
	}
}

// What could not be read of a slice is not forgotten when the merged run is read again, and a slice without a ledger
// leaves none of the whole.
func TestJoinKeepsProblems(t *testing.T) {
	a, b := slice(t, 0, nil), slice(t, 1, nil)
	a.Problems, b.Ledger = []Problem{{File: FramesFile, Line: 7, Text: "bad"}}, nil
	joined, err := Join([]*Run{a, b}, 0)
	must(t, err)
	dir := filepath.Join(t.TempDir(), "whole")
	must(t, joined.Save(dir))
	got := open(t, dir)
	if len(got.Problems) != 1 || got.Problems[0].File != FramesFile || !strings.Contains(got.Problems[0].Text, "slice0: bad") || got.Ledger != nil {
		t.Errorf("problems %v, ledger %v", got.Problems, got.Ledger)
	}
}

func TestJoinRefuses(t *testing.T) {
	whole := slice(t, 0, func(m *Manifest) { m.Load.Slice = Slice{Count: 1} })
	for _, c := range []struct {
		name  string
		parts []*Run
		want  string
	}{
		{"nothing", nil, "no run directory"},
		{"a whole run", []*Run{whole, slice(t, 1, nil)}, "slice0 is a whole run, not a slice of one"},
		{"one slice twice", []*Run{slice(t, 1, nil), slice(t, 1, nil)}, "overlap: both are slice 1/4"},
		{"no load", []*Run{slice(t, 0, func(m *Manifest) { m.Load = nil })}, "has no load half"},
		{"no plan", []*Run{slice(t, 0, func(m *Manifest) { m.Load.Whole = nil })}, "does not say which slice"},
		{"clauses", []*Run{slice(t, 0, func(m *Manifest) { m.Conform = &ConformPlan{} })}, "conformance half"},
		{"another schedule", []*Run{slice(t, 0, nil), slice(t, 1, func(m *Manifest) { m.Load.ScheduleHash = "other" })}, "the schedules of "},
		{"another run", []*Run{slice(t, 0, nil), slice(t, 1, func(m *Manifest) { m.Load.Run = "bb" })}, "the numbers of the run of "},
		{"another number", []*Run{slice(t, 0, nil), slice(t, 1, func(m *Manifest) { m.Load.Slice.Count = 5 })}, "(4 and 5)"},
	} {
		if _, err := Join(c.parts, 0); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want one line with %q", c.name, err, c.want)
		}
	}
	unknown := slice(t, 1, func(m *Manifest) { m.Load.Run = "" })
	if _, err := Join([]*Run{slice(t, 0, nil), unknown}, 0); err != nil {
		t.Errorf("a run whose number is not on record was refused: %v", err)
	}
}
