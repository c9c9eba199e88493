package reports

import (
	"bytes"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/passmuster/muster/internal/record"
)

// jsonOf is a summary as its file has it.
func jsonOf(t *testing.T, s Summary) string {
	t.Helper()
	var b bytes.Buffer
	must(t, JSON(&b, s))
	return b.String()
}

// drawnFrame is one that a run of so many seconds might leave: many are of one second and operation, some hold counts alone.
func drawnFrame(t *rapid.T, seconds int) *record.Frame {
	f := record.NewFrame(rapid.IntRange(0, seconds-1).Draw(t, "second"), rapid.SampledFrom([]string{"playtime.start", "ingest.kafka", "new"}).Draw(t, "operation"))
	f.Planned, f.Fired, f.Sent = rapid.Int64Range(0, 9).Draw(t, "planned"), 3, 3
	f.Outcomes["acknowledged"], f.Outcomes["failed"] = 2, rapid.Int64Range(0, 1).Draw(t, "failed")
	for _, us := range rapid.SliceOfN(rapid.Int64Range(1, 900_000), 0, 4).Draw(t, "times") {
		record1(f, us+50, us, rapid.SampledFrom([]int64{us / 3, us * 9}).Draw(t, "lag"))
		_ = f.Part(record.LagConnect).RecordValue(us)
		f.Classes[rapid.SampledFrom([]string{"timeout", "generator"}).Draw(t, "class")]++
	}
	return f
}

// drawnEntries are what a run writes beside its frames.
func drawnEntries(t *rapid.T, seconds int) []record.Entry {
	all := []record.Entry{{Ledger: &record.Ledger{Planned: 4, Acknowledged: 4, Found: 3, Lost: 1, Complete: true}}, {Failure: &record.Failure{Class: "timeout"}}}
	for second := 0; second < seconds; second += rapid.IntRange(1, 1+seconds/8).Draw(t, "pause") {
		all = append(all, record.Entry{Health: []record.Health{{Second: second, Facts: map[string]float64{
			record.Exhausted: rapid.SampledFrom([]float64{0, 7}).Draw(t, "exhausted"), record.CPUShare: rapid.Float64Range(0, 1).Draw(t, "cpu"),
		}}}})
		links := []*record.Links{{Second: second, Transport: "sns", Open: 3}, {Second: second, Transport: "http", Open: rapid.Int64Range(0, 9).Draw(t, "open"), Dials: 2}}
		track := record.InsightsSecond{Second: second, Truth: record.InsightsFigures{ConcurrentPlayers: int64(second)}}
		if rapid.Bool().Draw(t, "asked") {
			track.Target = &record.InsightsFigures{ConcurrentPlayers: rapid.Int64Range(0, 99).Draw(t, "told")}
		}
		all = append(all, record.Entry{Links: links}, record.Entry{Track: &track})
	}
	return all
}

// TestAccountIsTheReport feeds an account as a run is written, its frames in any order, and sums up now and then: in the end
// it says what the run directory says.
func TestAccountIsTheReport(t *testing.T) {
	base := t.TempDir()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		seconds := rapid.SampledFrom([]int{3, 40, 479, 481, 1700}).Draw(rt, "seconds")
		m := newTestRun().m
		m.Load.PlannedWall, m.Load.Thresholds = time.Duration(seconds)*time.Second, []string{"response p99 < 300ms", "errors < 10%", "lost == 0", "response p99 < 300ms over any 5s", "errors < 10% over any 3s abort"}
		m.Load.Warmup = time.Duration(rapid.IntRange(0, 3).Draw(rt, "warmup")) * time.Second
		entries := drawnEntries(rt, seconds)
		for _, f := range rapid.SliceOfN(rapid.Custom(func(t *rapid.T) *record.Frame { return drawnFrame(t, seconds) }), 0, 30).Draw(rt, "frames") {
			at := rapid.IntRange(0, len(entries)).Draw(rt, "at")
			entries = slices.Insert(entries, at, record.Entry{Frames: []*record.Frame{f}})
		}
		dir := filepath.Join(base, time.Unix(int64(n), 0).UTC().Format("150405"))
		w, err := record.Create(dir, m)
		must(t, err)
		tee := record.NewTee(w)
		a, told := NewAccount(m), 0
		tee.Watch(watching(func(e record.Entry) {
			must(t, a.Add(e))
			if told++; told%16 == 0 {
				a.SoFar()
			}
		}))
		for _, e := range entries {
			must(t, writeEntry(tee, e))
		}
		must(t, tee.Manifest(m))
		must(t, tee.Close())
		live, report := a.Summary(), Summarize(open(t, dir))
		if got, want := jsonOf(t, live), jsonOf(t, report); got != want {
			rt.Fatalf("the account says\n%s\nthe report says\n%s", got, want)
		}
		if !reflect.DeepEqual(live.Timeline, report.Timeline) {
			rt.Fatalf("the account has the timeline\n%+v\nthe report has\n%+v", live.Timeline, report.Timeline)
		}
		if len(live.Timeline) > mostIntervals || len(live.Timeline)*live.IntervalS < live.Reach {
			rt.Fatalf("%d intervals of %d s for %d s", len(live.Timeline), live.IntervalS, live.Reach)
		}
	})
}

// watching is a function as an observer.
type watching func(e record.Entry)

func (w watching) Observe(e record.Entry) { w(e) }

func writeEntry(w *record.Tee, e record.Entry) error {
	switch {
	case e.Frames != nil:
		return w.Frames(e.Frames)
	case e.Health != nil:
		return w.Health(e.Health)
	case e.Links != nil:
		return w.Links(e.Links)
	case e.Track != nil:
		return w.Track(*e.Track)
	case e.Ledger != nil:
		return w.Ledger(*e.Ledger)
	default:
		return w.Failure(*e.Failure)
	}
}

func TestSoFarHoldsNothingAgainstWhatIsStillToCome(t *testing.T) {
	r := newTestRun()
	r.m.Ended, r.m.Load.Readback, r.m.Verb = record.Running, true, "rehearse"
	r.m.Load.Thresholds = []string{"response p99 < 2ms", "lost == 0"}
	a := NewAccount(r.m)
	if s := a.SoFar(); s.Headline() != "running" || len(s.Reasons) != 0 || s.Thresholds[1].Note != "known once the events were read back" {
		t.Errorf("before the first second: %q, %q", s.Headline(), s.Reasons)
	}
	for _, f := range r.frames[:4] {
		must(t, a.Add(record.Entry{Frames: []*record.Frame{f}}))
	}
	s := a.SoFar()
	if s.Headline() != "holding so far" || len(s.Faults.Generator)+len(s.Faults.Target)+len(s.Faults.Evidence) > 0 || s.Thresholds[0].Status != Passed || s.Thresholds[1].Status != NotJudged {
		t.Errorf("half-way: %q, %+v, %+v", s.Headline(), s.Faults, s.Thresholds)
	}
	if cells := strip(s); cells[0].State != "holding so far" || cells[1].State != "fit" || cells[2].State != "to come" {
		t.Errorf("half-way: %+v", cells)
	}
	if died := a.Summary(); died.Verdict != Invalid || !strings.Contains(died.Reasons[0], "its process died") {
		t.Errorf("the same run with nobody behind it: %s, %q", died.Verdict, died.Reasons)
	}
	slow := record.NewFrame(4, "playtime.start")
	for range 20 {
		record1(slow, 9000, 8000, 1000)
	}
	slow.Outcomes["acknowledged"] = 20
	must(t, a.Add(record.Entry{Frames: []*record.Frame{slow}}))
	if s := a.SoFar(); s.Headline() != "failing so far" || len(s.Faults.Target) != 1 {
		t.Errorf("after a slow second: %q, %+v", s.Headline(), s.Faults)
	}
}

// What is not there yet is not what the run does not have.
func TestSoFarTellsWhatIsStillToCome(t *testing.T) {
	m := newTestRun().m
	m.Ended, m.Load.Planned = record.Running, map[string]int{"playtime.start": 90}
	for threshold, want := range map[string][2]string{ // while the run goes on, and when it ended with nothing on record
		"playtime.start response p99 < 2ms":         {"nothing was measured after the warm-up yet", unmeasured},
		"playtime.start errors < 1% over any 2s":    {"no action has an outcome yet", "no action has an outcome"},
		"visible p99 < 1s over any 2s":              {"read-back saw no event yet", unseen},
		"playtime.end errors < 1%":                  {"the run has no playtime.end", "the run has no playtime.end"},
		"playtime.end service p50 < 1s over any 2s": {"the run has no playtime.end", "the run has no playtime.end"},
	} {
		m.Load.Thresholds = []string{threshold}
		a := NewAccount(m)
		if got := [2]string{a.SoFar().Thresholds[0].Note, a.Summary().Thresholds[0].Note}; got != want {
			t.Errorf("%q: told %q, want %q", threshold, got, want)
		}
	}
}

func TestSummaryIsNotChangedByWhatComesLater(t *testing.T) {
	r := newTestRun()
	a := NewAccount(r.m)
	add := func(f *record.Frame) {
		must(t, a.Add(record.Entry{Frames: []*record.Frame{f}}))
		must(t, a.Add(record.Entry{Health: []record.Health{{Second: f.Second, Facts: map[string]float64{record.Exhausted: 3}}}}))
		must(t, a.Add(record.Entry{Track: &record.InsightsSecond{Second: f.Second}}))
		must(t, a.Add(record.Entry{Failure: &record.Failure{Second: f.Second}}))
	}
	r.fail(40, "failed", "rejected")
	for _, f := range r.frames[:5] {
		add(f)
	}
	before, run := a.SoFar(), a.Run()
	text, timeline := jsonOf(t, before), len(before.Timeline)
	for _, f := range r.frames[5:] {
		add(f)
	}
	if jsonOf(t, before) != text || len(before.Timeline) != timeline || len(run.Failures) != 5 {
		t.Error("a summary changed when the run went on")
	}
}

func TestIntervalsTellOfConnectionsAndGenerator(t *testing.T) {
	r := newTestRun()
	for second, facts := range []map[string]float64{{record.ClockStep: -90}, {record.ClockStep: 40}} {
		r.health = append(r.health, record.Health{Second: second, Facts: facts})
		r.links = append(r.links, &record.Links{Second: second, Transport: "http", Open: int64(5 - second), Dials: 3, DialErrors: 1, TLSErrors: 1, Full: 2, Resumed: 1, Reused: 8})
	}
	line := Summarize(r.open(t)).Timeline
	want := LinkStretch{Open: 4, Dials: 3, Errors: 2, Full: 2, Resumed: 1, Reused: 8}
	if len(line) != 10 || line[1].Links["http"] != want || line[0].Facts[record.ClockStep] != -90 || line[1].Facts[record.ClockStep] != 40 || len(line[2].Links) != 0 {
		t.Errorf("%d intervals, the first two %+v", len(line), line[:2])
	}
	last := record.NewFrame(mostIntervals+100, "playtime.start")
	last.Planned = 1
	r.frames = append(r.frames, last)
	line = Summarize(r.open(t)).Timeline
	want = LinkStretch{Open: 4, Dials: 3, Errors: 2, Full: 2, Resumed: 1, Reused: 8}
	if len(line) != 291 || line[0].Links["http"] != want || line[0].Facts[record.ClockStep] != -90 || line[0].Planned != 10 || line[290].Planned != 1 {
		t.Errorf("%d intervals, the first %+v, the last %+v", len(line), line[0], line[290].Stretch)
	}
}

// TestADamagedSecondTakesNoRoom reads a frame that claims to be of a second in a year, under a threshold that is judged second
// by second.
func TestADamagedSecondTakesNoRoom(t *testing.T) {
	r := newTestRun()
	r.m.Load.Thresholds = []string{"response p99 < 2s over any 2s"}
	far := record.NewFrame(31_000_000, "playtime.start")
	far.Planned = 1
	r.frames = append(r.frames, far)
	a := accountOf(r.open(t))
	s := a.Summary()
	if len(s.Timeline) > mostIntervals || s.Thresholds[0].Status != Passed {
		t.Errorf("%d intervals, %+v", len(s.Timeline), s.Thresholds)
	}
	for _, w := range a.books.windows {
		if len(w.seconds) != 10 {
			t.Errorf("%d seconds are kept, want the ten that hold something", len(w.seconds))
		}
	}
}

func TestPressedHistogramsAddUpExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(1, 3_600_000_000), 0, 60)
		whole, small := record.NewHistogram(), pressed(nil)
		for range rapid.IntRange(0, 4).Draw(t, "parts") {
			part := record.NewHistogram()
			for _, v := range values.Draw(t, "values") {
				_ = part.RecordValues(v, 1+v%3)
			}
			whole.Merge(part)
			small = small.plus(press(part))
		}
		if got := small.histogram(); got == nil && whole.TotalCount() > 0 || got != nil && !got.Equals(whole) {
			t.Errorf("the pressed sum has %d values, want %d", at(got, 100), whole.TotalCount())
		}
	})
}

// BenchmarkAccount is one second of six operations at a run's 480th second: what comes on record, and a summary of it.
func BenchmarkAccount(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	m := newTestRun().m
	a := NewAccount(m)
	second := func(n int) {
		for _, name := range []string{"playtime.start", "playtime.heartbeat", "playtime.end", "ingest.http", "ingest.kafka", "ingest.sns"} {
			f := record.NewFrame(n, name)
			for range 500 {
				record1(f, 300+random.Int64N(20_000), 200+random.Int64N(20_000), random.Int64N(900))
				for _, part := range []string{record.LagPacer, record.LagHandOff, record.LagWorker, record.LagConnect} {
					_ = f.Part(part).RecordValue(random.Int64N(900))
				}
			}
			_ = a.Add(record.Entry{Frames: []*record.Frame{f}})
		}
	}
	for n := range mostIntervals - 1 {
		second(n)
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			for _, s := range a.books.timeline.spans {
				s.told = nil
			}
			a.SoFar()
		}
	})
	for _, c := range []struct {
		name string
		do   func()
	}{{"second", func() { second(mostIntervals - 1) }}, {"summary", func() { second(mostIntervals - 1); a.SoFar() }}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				c.do()
			}
		})
	}
	if s := a.SoFar(); len(s.Timeline) != mostIntervals {
		b.Errorf("%d intervals", len(s.Timeline))
	}
}
