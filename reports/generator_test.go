package reports

import (
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/record"
)

// runWatched is a run directory of format version 1 with all that a generator says of itself, as it was written once.
const runWatched = "testdata/run-v1-watched"

func openWatched(t *testing.T) *record.Run {
	t.Helper()
	if _, err := os.Stat(runWatched); os.IsNotExist(err) && *update {
		buildWatched(t, runWatched)
	}
	return open(t, runWatched)
}

// buildWatched writes a run of twelve seconds in which the CPU was taken away for four.
func buildWatched(t *testing.T, dir string) {
	t.Helper()
	r := newTestRun()
	r.m.Began = time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	r.m.Finished = r.m.Began.Add(11 * time.Second)
	r.m.Generator = &record.Generator{
		CPUSeconds: 3.5, MaxRSSBytes: 80 << 20, Attackers: 1, MaxInFlight: 64, PeakInFlight: 40,
		Floor: &record.Floor{Seconds: 1.0004, Actions: 120, LagP50: 60, LagP99: 420, ResponseP50: 70, ResponseP99: 450},
	}
	for _, f := range r.frames {
		for name, us := range map[string]int64{record.LagPacer: 300, record.LagHandOff: 200, record.LagWorker: 100, record.LagConnect: 50, record.KafkaLinger: 4000} {
			_ = f.Part(name).RecordValue(us)
		}
		_ = f.Part(record.FailedResponse).RecordValue(350)
		f.Outcomes["failed"], f.Classes["server-error"] = 1, 1
		f.Outcomes["acknowledged"]--
	}
	r.touch(160_000, 4, 5, 6, 7)
	facts := map[string]float64{record.Cores: 2, record.CPUShare: 0.3, record.Span: 1001, record.RunQueue: 20, record.Descriptors: 80, record.DescriptorMax: 1024}
	for second := range 10 {
		r.healthy(second, facts)
	}
	for second := 4; second < 8; second++ {
		r.healthAt(second)[record.RunQueue] = 1800
	}
	r.healthAt(8)[record.GCShare] = 0.4
	for second := range 10 {
		l := &record.Links{Second: second, Transport: "http", Open: int64(60 + second), Dials: 7, DialErrors: 1, Full: 2, Resumed: 4, Reused: 90, Stale: 1,
			Connect: record.NewHistogram(), Handshake: record.NewHistogram()}
		_, _ = l.Connect.RecordValue(200), l.Handshake.RecordValue(1500)
		r.links = append(r.links, l, &record.Links{Second: second, Transport: "kafka", Open: 3})
	}
	r.write(t, dir)
}

// touch gives some seconds a lag.
func (r *testRun) touch(lag int64, seconds ...int) {
	for _, s := range seconds {
		record1(r.frames[s], lag+400, 400, lag)
	}
}

// healthy adds a line about a second with a copy of the facts.
func (r *testRun) healthy(second int, facts map[string]float64) {
	h := record.Health{Second: second, Facts: map[string]float64{}}
	for name, v := range facts {
		h.Facts[name] = v
	}
	r.health = append(r.health, h)
}

func (r *testRun) healthAt(second int) map[string]float64 { return r.health[second].Facts }

func TestGoldenOfAWatchedRun(t *testing.T) {
	run := openWatched(t)
	s := Summarize(run)
	golden(t, "watched.txt", []byte(render(t, func(w io.Writer) error { return Text(w, s, TextOptions{}) })))
	golden(t, "watched.html", shell(t, "watched.html", []byte(render(t, func(w io.Writer) error { return HTML(w, s, run) }))))
	summary := render(t, func(w io.Writer) error { return JSON(w, s) })
	golden(t, "watched.json", []byte(summary))
	validate(t, SummarySchema(), summary)
}

// sign makes a fact show in some seconds of a run of ten.
func sign(fact string, v float64, seconds ...int) func(*testRun) {
	return func(r *testRun) {
		for second := range 10 {
			facts := map[string]float64{fact: 0}
			if slices.Contains(seconds, second) {
				facts[fact] = v
			}
			r.healthy(second, facts)
		}
	}
}

func TestVerdictByTheGeneratorsHealth(t *testing.T) {
	for _, c := range []struct {
		name    string
		sign    func(*testRun)
		change  func(*testRun)
		verdict string
		text    string // in the reasons of an invalid run, else in the warnings
	}{
		{"nothing", sign(record.Exhausted, 0), func(*testRun) {}, Passed, ""},
		{"a sign without an effect, all the time", sign(record.SchedP99, 30_000, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), func(*testRun) {}, Passed,
			"Goroutines waited for a thread in seconds 0-9, without effect on lag"},
		{"an effect without a sign", sign(record.Exhausted, 0), func(r *testRun) { r.touch(160_000, 2, 3, 4, 5, 6) }, Passed, ""},
		{"two seconds with both", sign(record.Exhausted, 7, 3), func(r *testRun) { r.touch(160_000, 3) }, Passed, "Slots exhausted in second 3, with a p99 lag above 125 ms in second 3"},
		{"more seconds with both", sign(record.Exhausted, 7, 3, 4, 5, 9), func(r *testRun) { r.touch(160_000, 3, 4, 5) }, Invalid,
			"The generator was the limit in 3 of 10 seconds (a cause, and a p99 lag above 125 ms; up to 10 % is allowed): slots exhausted in seconds 3-5 (raise generator.max_in_flight)."},
		{"the effect a second later", sign(record.Exhausted, 7, 2, 3, 4), func(r *testRun) { r.touch(160_000, 3, 5) }, Invalid, "in 3 of 10 seconds"},
		{"a lag that the scenario allows", sign(record.Exhausted, 7, 3, 4, 5), func(r *testRun) {
			r.m.Load.MaxLag = time.Second
			r.touch(160_000, 3, 4, 5)
		}, Passed, "Slots exhausted in seconds 3-5, without effect on lag"},
		{"during the warm-up", sign(record.Exhausted, 7, 0, 1, 2), func(r *testRun) {
			r.m.Load.Warmup = 4 * time.Second
			r.touch(160_000, 0, 1, 2)
		}, Passed, ""},
		{"a clock that was stepped once", sign(record.ClockStep, -70_000, 6), func(*testRun) {}, Invalid, "Clock stepped in second 6"},
		{"a wait for connections", sign(record.Exhausted, 0), func(r *testRun) {
			for _, f := range r.frames[2:5] {
				_ = f.Part(record.LagConnect).RecordValue(200_000)
			}
		}, Passed, "Actions waited for a connection in seconds 2-4, p99 above 125 ms"},
		{"ports that ran out", sign(record.AddressErrors, 3, 4, 5, 6), func(r *testRun) {
			for _, f := range r.frames[4:7] {
				f.Outcomes["never_sent"], f.Classes["generator"] = 1, 1
				f.Outcomes["acknowledged"]--
				f.Sent--
			}
		}, Invalid, "addresses or ports exhausted in seconds 4-6"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newTestRun()
			c.sign(r)
			c.change(r)
			s := Summarize(r.open(t))
			told := s.Generator.Warnings
			if c.verdict == Invalid {
				told = s.Reasons
			}
			if s.Verdict != c.verdict || !strings.Contains(strings.Join(told, "\n"), c.text) || c.text == "" && len(told) > 0 {
				t.Errorf("%s, reasons %q, warnings %q; want %s and %q", s.Verdict, s.Reasons, s.Generator.Warnings, c.verdict, c.text)
			}
		})
	}
}

// What cannot be read of the generator is told, and is no reason against the target or the run.
func TestUnreadableHealthIsTold(t *testing.T) {
	r := newTestRun()
	dir := t.TempDir() + "/run"
	r.write(t, dir)
	must(t, os.WriteFile(dir+"/"+record.HealthFile, []byte("{\n"), 0o600))
	s := Summarize(open(t, dir))
	if s.Verdict != Passed || len(s.Problems) != 1 || s.Generator.Health != nil {
		t.Errorf("%s, problems %v, health %+v", s.Verdict, s.Problems, s.Generator.Health)
	}
}

// The times of refusals stand apart; in a run from before they did, the report says that they do not.
func TestRefusalsStandApart(t *testing.T) {
	old := newTestRun()
	old.fail(2, "failed", "server-error")
	if text := render(t, func(w io.Writer) error { return Text(w, Summarize(old.open(t)), TextOptions{}) }); !strings.Contains(text, "refused are among these") {
		t.Errorf("a run with refusals among its times does not say so:\n%s", text)
	}
	apart := newTestRun()
	apart.fail(2, "failed", "server-error")
	_ = apart.frames[0].Part(record.FailedResponse).RecordValue(77)
	s := Summarize(apart.open(t))
	if text := render(t, func(w io.Writer) error { return Text(w, s, TextOptions{}) }); !strings.Contains(text, "not among these times: 1, response p50 77 µs") {
		t.Errorf("a run with refusals apart does not say so:\n%s", text)
	}
}
