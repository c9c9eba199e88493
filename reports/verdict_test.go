package reports

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/record"
)

// testRun is a run of 100 actions in 10 seconds in which nothing went wrong, to be changed by a test.
type testRun struct {
	m        record.Manifest
	frames   []*record.Frame
	ledger   *record.Ledger
	findings []record.Finding
	health   []record.Health
	links    []*record.Links
}

func newTestRun() *testRun {
	r := &testRun{
		m: record.Manifest{
			Name: "t", Verb: "load", TargetIs: "x", Ended: record.Complete,
			Load: &record.LoadPlan{
				PlannedWall: 10 * time.Second, Planned: map[string]int{"playtime.start": 100}, Operations: []string{"playtime.start"},
				MaxLag: 250 * time.Millisecond, LateShare: 0.1, CCU: make([]int, 10),
			},
		},
		ledger: &record.Ledger{Planned: 100, Acknowledged: 100, Found: 100, Complete: true},
	}
	for second := range 10 {
		f := record.NewFrame(second, "playtime.start")
		f.Planned, f.Fired, f.Sent = 10, 10, 10
		f.Outcomes["acknowledged"] = 10
		for range 10 {
			record1(f, 1000, 400, 600)
		}
		r.frames = append(r.frames, f)
	}
	return r
}

// record1 records one action; the values are within the range of the histograms.
func record1(f *record.Frame, response, service, lag int64) {
	_ = f.Response.RecordValue(response)
	_ = f.Service.RecordValue(service)
	_ = f.Lag.RecordValue(lag)
}

// fail turns n acknowledged actions of each second's first into another outcome, all in the first seconds.
func (r *testRun) fail(n int64, outcome, class string) {
	for _, f := range r.frames {
		k := min(n, f.Outcomes["acknowledged"])
		f.Outcomes["acknowledged"] -= k
		f.Outcomes[outcome] += k
		f.Classes[class] += k
		if outcome == "never_sent" {
			f.Sent -= k
		}
		n -= k
	}
}

// late makes the generator late in the first n seconds.
func (r *testRun) late(n int) {
	for _, f := range r.frames[:n] {
		record1(f, 900_000, 400, 899_600)
	}
}

func (r *testRun) open(t *testing.T) *record.Run {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	r.write(t, dir)
	return open(t, dir)
}

func (r *testRun) write(t *testing.T, dir string) {
	t.Helper()
	w, err := record.Create(dir, r.m)
	must(t, err)
	must(t, w.Frames(r.frames))
	if len(r.health) > 0 {
		must(t, w.Health(r.health))
	}
	if len(r.links) > 0 {
		must(t, w.Links(r.links))
	}
	if r.ledger != nil {
		must(t, w.Ledger(*r.ledger))
	}
	for _, f := range r.findings {
		must(t, w.Finding(f))
	}
	must(t, w.Manifest(r.m))
	must(t, w.Close())
}

func TestVerdictOfALoad(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(*testRun)
		verdict string
		exit    int
		reason  string // of the first one
	}{
		{"nothing went wrong", func(*testRun) {}, Passed, 0, ""},
		{"no read-back", func(r *testRun) { r.ledger = nil }, Passed, 0, ""},
		{"duplicates are allowed", func(r *testRun) { r.ledger.Duplicated, r.ledger.Reordered = 3, 3 }, Passed, 0, ""},
		{"late in as many seconds as are allowed", func(r *testRun) { r.late(1) }, Passed, 0, ""},
		{"late in more", func(r *testRun) { r.late(2) }, Invalid, 3, "late in 2 of 10 seconds (p99 lag above 250 ms; up to 10 % is allowed): seconds 0-1."},
		{"late during the warm-up", func(r *testRun) { r.late(4); r.m.Load.Warmup = 4 * time.Second }, Passed, 0, ""},
		{"never sent", func(r *testRun) { r.fail(1, "never_sent", "generator") }, Invalid, 3, "could not send 1 planned action (generator 1)."},
		{"no outcome", func(r *testRun) { r.frames = r.frames[1:] }, Invalid, 3, "outcome of 10 planned actions is not on record"},
		{"lost", func(r *testRun) { r.ledger.Found, r.ledger.Lost = 99, 1 }, Failed, 1, "lost 1 event that it had acknowledged"},
		{"corrupt", func(r *testRun) { r.ledger.Corrupt = 2 }, Failed, 1, "stored 2 events with other content"},
		{"phantom", func(r *testRun) { r.ledger.Phantom = 2 }, Failed, 1, "shows 2 events of this run that muster never sent"},
		{"lost, and late as well", func(r *testRun) { r.ledger.Found, r.ledger.Lost = 99, 1; r.late(9) }, Failed, 1, "lost 1 event"},
		{"not seen by a read-back that was cut off", func(r *testRun) { r.ledger.Found, r.ledger.Lost, r.ledger.Complete = 99, 1, false }, Invalid, 3, "1 acknowledged event not seen so far"},
		{"a ledger that does not add up", func(r *testRun) { r.ledger.Planned = 101 }, Invalid, 3, "does not add up: 101 planned, 100 with an outcome"},
		{"a ledger that found too many", func(r *testRun) { r.ledger.Found = 101 }, Invalid, 3, "does not add up: 100 acknowledged, 101 found"},
		{"nothing acknowledged", func(r *testRun) { r.fail(100, "failed", "server-error") }, Failed, 1, "acknowledged none of 100 actions"},
		{"a threshold", func(r *testRun) { r.m.Load.Thresholds = []string{"response p99 < 1us"} }, Failed, 1, `"response p99 < 1us" was not met: 1.00 ms`},
		{"a threshold, and late", func(r *testRun) { r.m.Load.Thresholds = []string{"response p99 < 1us"}; r.late(9) }, Invalid, 3, "The generator was late"},
		{"a threshold that was not judged", func(r *testRun) { r.m.Load.Thresholds = []string{"ingest.sns errors == 0"} }, Passed, 0, "was not judged"},
		{"a threshold that no binary can read", func(r *testRun) { r.m.Load.Thresholds = []string{"frobs < 3"} }, Invalid, 3, `"frobs < 3" could not be judged`},
		{"a threshold about nothing", func(r *testRun) {
			r.m.Load.Thresholds, r.m.Load.Warmup = []string{"response p99 < 1s"}, 10*time.Second
		}, Invalid, 3, "could not be judged: nothing was measured after the warm-up"},
		{"the target died", func(r *testRun) {
			r.m.Load.Thresholds = []string{"errors < 0.1%"}
			r.fail(40, "never_sent", "dial")
		}, Failed, 1, `"errors < 0.1%" was not met: 40 % (dial 40).`},
		{"the target died, and cannot be read back", func(r *testRun) {
			r.m.Load.Thresholds = []string{"errors < 0.1%"}
			r.fail(40, "never_sent", "dial")
			r.ledger.Found, r.ledger.Lost, r.ledger.Complete, r.ledger.Note = 0, 100, false, "connection refused"
		}, Failed, 1, `"errors < 0.1%" was not met: 40 % (dial 40).`},
		{"the target hung", func(r *testRun) {
			r.m.Load.Thresholds = []string{"errors < 0.1%"}
			r.fail(40, "never_sent", "cancelled")
			r.fail(10, "indeterminate", "timeout")
		}, Failed, 1, `"errors < 0.1%" was not met: 50 % (cancelled 40, timeout 10).`},
		{"errors that no threshold is about", func(r *testRun) { r.fail(2, "failed", "server-error") }, Failed, 1,
			"2 % of playtime.start were not acknowledged (server-error 2); the scenario sets no threshold"},
		{"errors that another operation's threshold is about", func(r *testRun) {
			r.m.Load.Thresholds = []string{"playtime.end errors < 1%"}
			r.fail(2, "failed", "server-error")
		}, Failed, 1, "2 % of playtime.start were not acknowledged"},
		{"few errors that no threshold is about", func(r *testRun) { r.fail(1, "failed", "server-error") }, Passed, 0, ""},
		{"errors within a threshold", func(r *testRun) {
			r.m.Load.Thresholds = []string{"playtime.start errors < 50%"}
			r.fail(40, "never_sent", "dial")
		}, Passed, 0, ""},
		{"never reached", func(r *testRun) { r.fail(100, "never_sent", "dial") }, Invalid, 3, "could not be reached: none of 100 planned actions was sent (dial 100)."},
		{"a generator that stood still", func(r *testRun) {
			held := record.NewFrame(7, "playtime.start")
			held.Planned, held.Fired, held.Sent, held.Outcomes["acknowledged"] = 50, 50, 50, 50
			for range 50 {
				record1(held, 5_000_000, 400, 4_999_600)
			}
			r.frames = append(slices.Clone(r.frames[:3]), held, r.frames[8], r.frames[9])
		}, Invalid, 3, "late in 5 of 10 seconds"},
		{"a ledger that is gone", func(r *testRun) { r.ledger, r.m.Load.Readback = nil, true }, Invalid, 3, "kept a ledger, but its directory holds none"},
		{"a rehearsal without conformance", func(r *testRun) { r.m.Verb = "rehearse" }, Invalid, 3, "no conformance half"},
		{"interrupted", func(r *testRun) {
			r.m.Ended = record.Interrupted
			r.frames = r.frames[:4]
			r.fail(3, "never_sent", "cancelled")
		}, Invalid, 130, "interrupted after 4 s"},
		{"broken", func(r *testRun) { r.m.Ended, r.m.Fault = record.Broken, "disk full" }, Invalid, 5, "Muster itself failed after 10 s; all figures are of that part: disk full."},
		{"killed", func(r *testRun) { r.m.Ended = record.Running; r.frames = r.frames[:3] }, Invalid, 3, "its process died after 3 s"},
		{"killed before the first second", func(r *testRun) { r.m.Ended = record.Running; r.frames, r.ledger = nil, nil }, Invalid, 3, "its process died after 0 s"},
		{"nothing planned", func(r *testRun) { r.m.Load.Planned, r.frames, r.ledger = nil, nil, nil }, Invalid, 3, "Nothing was sent"},
	} {
		r := newTestRun()
		c.change(r)
		s := Summarize(r.open(t))
		first := strings.Join(s.Reasons[:min(1, len(s.Reasons))], "")
		if s.Verdict != c.verdict || s.LoadVerdict != c.verdict && r.m.Verb == "load" || s.ExitCode() != c.exit || !strings.Contains(first, c.reason) || (first == "") != (c.reason == "") {
			t.Errorf("%s: got %s, exit %d, %q; want %s, exit %d, a reason with %q", c.name, s.Verdict, s.ExitCode(), first, c.verdict, c.exit, c.reason)
		}
	}
}

// TestWhatWasStillToCome is no error of the target: an interrupted run is judged by the part that was played.
func TestWhatWasStillToCome(t *testing.T) {
	r := newTestRun()
	r.m.Ended, r.m.Load.Thresholds = record.Interrupted, []string{"errors < 1%", "errors == 0"}
	r.fail(60, "never_sent", "cancelled")
	s := Summarize(r.open(t))
	if s.Thresholds[0].Status != Passed || s.Thresholds[1].Status != Passed || len(s.Faults.Target) != 0 {
		t.Errorf("thresholds %+v, target %q, want both met", s.Thresholds, s.Faults.Target)
	}
	r.fail(100, "failed", "server-error")
	if s := Summarize(r.open(t)); s.Thresholds[0].Status != Failed || s.Thresholds[0].Measured != "100 %" {
		t.Errorf("thresholds %+v, want errors of 100 %%", s.Thresholds)
	}
}

// TestRateOfARunThatFellBehind is over the time that the actions took, not over that of the plan.
func TestRateOfARunThatFellBehind(t *testing.T) {
	for _, c := range []struct {
		last int
		plan time.Duration
		want float64
	}{{9, 10 * time.Second, 10}, {10, 10 * time.Second, 10}, {50, 10 * time.Second, 2}, {9, time.Millisecond, 100. / 9}} {
		r := newTestRun()
		r.m.Load.PlannedWall = c.plan
		r.frames[9].Second = c.last
		if s := Summarize(r.open(t)); s.SentPerS != c.want {
			t.Errorf("last outcome in second %d of a plan of %v: got %v a second, want %v", c.last, c.plan, s.SentPerS, c.want)
		}
	}
	r := newTestRun()
	r.m.Load.PlannedWall, r.frames = time.Millisecond, r.frames[:1]
	if s := Summarize(r.open(t)); s.SentPerS != 10 {
		t.Errorf("10 actions in a plan of 1 ms: got %v a second, want 10", s.SentPerS)
	}
}

func TestVerdictOfFindings(t *testing.T) {
	find := func(level, status string) record.Finding {
		return record.Finding{ID: "a/b/" + strings.ToLower(level) + "-" + status, Level: level, Status: status}
	}
	pass := find("MUST", record.Pass)
	for _, c := range []struct {
		name     string
		findings []record.Finding
		plan     *record.ConformPlan
		verdict  string
		exit     int
	}{
		{"all passed", []record.Finding{pass, find("SHOULD", record.Pass)}, nil, Conformant, 0},
		{"a MUST failed", []record.Finding{pass, find("MUST", record.Fail)}, nil, NonConformant, 1},
		{"a SHOULD failed", []record.Finding{pass, find("SHOULD", record.Fail)}, nil, Conformant, 0},
		{"a SHOULD failed, and it counts", []record.Finding{pass, find("SHOULD", record.Fail)}, &record.ConformPlan{FailOn: "should"}, NonConformant, 1},
		{"a MAY failed, and SHOULD counts", []record.Finding{pass, find("MAY", record.Fail)}, &record.ConformPlan{FailOn: "should"}, Conformant, 0},
		{"a MAY failed, and it counts", []record.Finding{pass, find("MAY", record.Fail)}, &record.ConformPlan{FailOn: "may"}, NonConformant, 1},
		{"a MUST is inconclusive", []record.Finding{pass, find("MUST", record.Inconclusive)}, nil, Inconclusive, 3},
		{"a MUST was not run", []record.Finding{pass, find("MUST", record.NotRun)}, nil, Inconclusive, 3},
		{"a SHOULD is inconclusive", []record.Finding{pass, find("SHOULD", record.Inconclusive)}, nil, Conformant, 0},
		{"not claimed, and unobservable", []record.Finding{pass, find("MUST", record.NotClaimed), find("MUST", record.Unobservable)}, nil, Conformant, 0},
		{"a failure outranks a doubt", []record.Finding{find("MUST", record.Fail), find("MUST", record.Inconclusive)}, nil, NonConformant, 1},
		{"an unknown status is no pass", []record.Finding{pass, find("MUST", "splendid")}, nil, Inconclusive, 3},
		{"an unknown level counts", []record.Finding{pass, find("???", record.Fail)}, nil, NonConformant, 1},
		{"nothing was judged", []record.Finding{find("MUST", record.NotClaimed)}, nil, Inconclusive, 3},
		{"nothing is there", nil, &record.ConformPlan{Clauses: 4}, Inconclusive, 3},
		{"a finding is missing", []record.Finding{pass}, &record.ConformPlan{Clauses: 2}, Inconclusive, 3},
	} {
		run := &record.Run{Manifest: record.Manifest{Ended: record.Complete, Conform: c.plan}, Findings: c.findings}
		s := Summarize(run)
		if s.Conformance.Verdict != c.verdict || s.ExitCode() != c.exit || (len(s.Reasons) == 0) != (c.exit == 0) {
			t.Errorf("%s: got %s, exit %d, reasons %q; want %s, exit %d", c.name, s.Conformance.Verdict, s.ExitCode(), s.Reasons, c.verdict, c.exit)
		}
	}
}

func TestVerdictOfARehearsalIsTheWorst(t *testing.T) {
	bad := record.Finding{ID: "a/b/c", Level: "MUST", Status: record.Fail}
	fine := record.Finding{ID: "a/b/c", Level: "MUST", Status: record.Pass}
	for _, c := range []struct {
		name    string
		finding record.Finding
		late    int
		want    string
	}{
		{"both fine", fine, 0, Passed},
		{"non-conformant", bad, 0, Failed},
		{"invalid load", fine, 9, Invalid},
		{"non-conformant, and invalid load", bad, 9, Failed},
	} {
		r := newTestRun()
		r.findings = []record.Finding{c.finding}
		r.late(c.late)
		if s := Summarize(r.open(t)); s.Verdict != c.want {
			t.Errorf("%s: got %s, want %s", c.name, s.Verdict, c.want)
		}
	}
}

func TestARunWithoutAnyHalfIsInvalid(t *testing.T) {
	if s := Summarize(&record.Run{Manifest: record.Manifest{Ended: record.Complete}}); s.Verdict != Invalid || len(s.Reasons) == 0 {
		t.Errorf("got %s with reasons %q, want %s with one", s.Verdict, s.Reasons, Invalid)
	}
}
