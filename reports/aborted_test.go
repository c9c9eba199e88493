package reports

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/record"
)

// runAborted is a run directory of format version 1 that ended for a threshold. Like runV1 it is never written again.
const runAborted = "testdata/run-v1-aborted"

// abortedRun is half a minute that ends after its sixth second, because from the fourth on every third action failed.
func abortedRun() *testRun {
	r := newTestRun()
	r.m.Began = time.Date(2026, 7, 8, 9, 10, 11, 0, time.UTC)
	r.m.Finished, r.m.Ended = r.m.Began.Add(7*time.Second), record.Aborted
	r.m.Load.PlannedWall, r.m.Load.Planned = 30*time.Second, map[string]int{"playtime.start": 300}
	r.m.Load.Thresholds = []string{"errors < 10% over any 3s abort", "response p99 < 2s over any 10s", "response p99 < 2s", "lost == 0"}
	r.m.Abort = &record.Abort{Threshold: r.m.Load.Thresholds[0], Second: 5, Of: 30, Measured: "20 % in 2–5 s, of 30 actions"}
	r.frames = r.frames[:6]
	for _, f := range r.frames[3:] {
		f.Outcomes["acknowledged"], f.Outcomes["failed"], f.Classes["server-error"] = 7, 3, 3
	}
	last := r.frames[5]
	last.Planned, last.Outcomes["never_sent"], last.Classes["cancelled"] = 10+240, 240, 240
	r.ledger = &record.Ledger{Planned: 300, NeverSent: 240, Failed: 9, Acknowledged: 51, Found: 51, Complete: true}
	return r
}

func TestAnAbortedRunFails(t *testing.T) {
	if _, err := os.Stat(runAborted); os.IsNotExist(err) && *update {
		abortedRun().write(t, runAborted)
	}
	run := open(t, runAborted)
	s := Summarize(run)
	if s.Verdict != Failed || s.ExitStatus != 1 || s.Headline() != Failed || !s.Partial || s.Ended != record.Aborted {
		t.Errorf("%s (%s), exit code %d, partial %v, ended %s; want failed, 1, partial, aborted", s.Verdict, s.Headline(), s.ExitStatus, s.Partial, s.Ended)
	}
	want := `Threshold "errors < 10% over any 3s abort" was not met: 30 % in 3–6 s, of 30 actions (server-error 9); 3 of 4 windows not met; the run was aborted in second 5 of 30.`
	if len(s.Reasons) != 1 || s.Reasons[0] != want {
		t.Errorf("reasons %q, want %q", s.Reasons, want)
	}
	js := render(t, func(w io.Writer) error { return JSON(w, s) })
	validate(t, SummarySchema(), js)
	golden(t, "aborted.json", []byte(js))
	golden(t, "aborted.txt", []byte(render(t, func(w io.Writer) error { return Text(w, s, TextOptions{}) })))
	golden(t, "aborted-junit.xml", []byte(render(t, func(w io.Writer) error { return JUnit(w, s, run) })))
	golden(t, "aborted.md", []byte(render(t, func(w io.Writer) error { return Markdown(w, s, run) })))
	page := render(t, func(w io.Writer) error { return HTML(w, s, run) })
	for _, want := range []string{
		"a threshold was broken, and the run was aborted in second 5 of 30.", "30 % in 3–6 s, of 30 actions; 3 of 4 windows not met",
		"1.00 ms in 0–6 s, of 60 actions", "the run is shorter than 10 s, so it is judged as one window", "load, aborted in second 5 of 30",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// TestWhatWasStillToComeIsInNoPicture has 240 actions that an aborted run never came to.
func TestWhatWasStillToComeIsInNoPicture(t *testing.T) {
	s := Summarize(open(t, runAborted))
	for i, interval := range s.Timeline {
		if interval.Planned != 10 || interval.Classes["cancelled"] != 0 || interval.Operations["playtime.start"].Planned != 10 || interval.Acknowledged+interval.Unacknowledged != 10 {
			t.Errorf("second %d: %+v, want the ten actions that were due in it", i, interval.Stretch)
		}
	}
	if rows := errorRows(s.Load, s.Ended); len(rows) != 1 || rows[0].Class != "server-error" || rows[0].Count != 9 || rows[0].Share != "15 %" {
		t.Errorf("reasons %+v, want the nine errors of sixty actions alone", rows)
	}
}

func TestWhatAnAbortedRunSays(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(*testRun)
		verdict string
		exit    int
		reason  string
	}{
		{"as it is", func(*testRun) {}, Failed, 1, "aborted in second 5 of 30"},
		{"the generator was the limit", func(r *testRun) { r.late(3) }, Invalid, 3, "The generator was late"},
		{"nothing was sent", func(r *testRun) {
			for _, f := range r.frames {
				f.Sent, f.Outcomes["acknowledged"], f.Outcomes["failed"] = 0, 0, 0
				f.Outcomes["never_sent"] += 10
				f.Classes["server-error"], f.Classes["refused"] = 0, 10
			}
		}, Invalid, 3, "The target could not be reached: none of 300 planned actions was sent"},
		{"the others of a merged run make up for it", func(r *testRun) {
			for _, f := range r.frames {
				f.Outcomes["acknowledged"] += 200
			}
			r.m.Load.Planned["playtime.start"] += 1200
		}, Invalid, 3, `The run was aborted in second 5 of 30, when threshold "errors < 10% over any 3s abort" was broken (20 % in 2–5 s, of 30 actions), which the run as a whole does not confirm.`},
		{"Ctrl-C came as well", func(r *testRun) { r.m.Ended = record.Interrupted }, Invalid, 130, "The run was interrupted after 6 s"},
	} {
		r := abortedRun()
		c.change(r)
		s := Summarize(r.open(t))
		if s.Verdict != c.verdict || s.ExitStatus != c.exit || len(s.Reasons) == 0 || !strings.Contains(strings.Join(s.Reasons, "\n"), c.reason) {
			t.Errorf("%s: %s, exit code %d, %q; want %s, %d, %q", c.name, s.Verdict, s.ExitStatus, s.Reasons, c.verdict, c.exit, c.reason)
		}
	}
}
