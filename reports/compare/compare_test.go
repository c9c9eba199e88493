package compare

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/record"
)

// Of 100 pairs of runs in which nothing changed at most 2 say that something did. Runs differ by chance within, and a
// little between them.
func TestNothingChangedIsSeldomCalledAChange(t *testing.T) {
	alarms := 0
	for pair := range uint64(100) {
		all := rows(nil, quiet.side(t, 1000+2*pair), quiet.side(t, 1001+2*pair), Options{}.complete())
		if verdict := overall(all); verdict != Same {
			alarms++
			t.Logf("pair %d: %s\n%+v", pair, verdict, all)
		}
	}
	if alarms > 2 {
		t.Errorf("%d of 100 pairs without a change were called changed, want at most 2", alarms)
	}
}

func TestASlowerTailIsFound(t *testing.T) {
	fast, slow := long, long
	slow.tail = 1.1
	for seed := range uint64(10) {
		all := rows(nil, fast.side(t, 10+seed), slow.side(t, 50+seed), Options{}.complete())
		p99 := row(t, all, Service, "p99")
		if p99.Verdict != Worse || p99.Change < 0.05 || p99.Change > 0.15 {
			t.Errorf("seed %d: p99 +10 %%: got %+v", seed, p99)
		}
		if p50 := row(t, all, Service, "p50"); p50.Verdict != Same {
			t.Errorf("seed %d: p50 did not change: got %+v", seed, p50)
		}
	}
}

// What is found from A to B is found the other way round from B to A.
func TestComparisonIsAntisymmetric(t *testing.T) {
	slow := quiet
	slow.tail = 1.3
	a, b := quiet.run(t, 1), slow.run(t, 2)
	there, err := Runs(a, b, Options{})
	must(t, err)
	back, err := Runs(b, a, Options{})
	must(t, err)
	if there.Verdict != Worse || back.Verdict != Better {
		t.Errorf("verdicts are %s and, the other way, %s", there.Verdict, back.Verdict)
	}
}

func TestErrorsAreCompared(t *testing.T) {
	failing := quiet
	failing.errors = 0.02
	c, err := Runs(quiet.run(t, 1), failing.run(t, 2), Options{})
	must(t, err)
	r := row(t, c.Rows, "errors", "share")
	if r.Verdict != Worse || r.Low <= 0 || r.Low > 0.02 || r.High < 0.02 {
		t.Errorf("2 %% errors: got %+v", r)
	}
}

// A change somewhat larger than what a row says it could have seen is nearly always found.
func TestDetectableIsHonest(t *testing.T) {
	detectable := row(t, rows(nil, quiet.side(t, 1), quiet.side(t, 2), Options{}.complete()), Service, "p99").Detectable
	slow := quiet
	slow.tail = 1 + 1.3*detectable
	found := 0
	for seed := range uint64(20) {
		all := rows(nil, quiet.side(t, 100+seed), slow.side(t, 200+seed), Options{}.complete())
		if row(t, all, Service, "p99").Verdict == Worse {
			found++
		}
	}
	if found < 16 {
		t.Errorf("a change of 1.3 times the smallest detectable, %.3f, was found %d times of 20", detectable, found)
	}
}

func TestComparisonIsReproducible(t *testing.T) {
	a, b := quiet.run(t, 1), quiet.run(t, 2)
	first, err := Runs(a, b, Options{})
	must(t, err)
	again, err := Runs(a, b, Options{})
	must(t, err)
	if !reflect.DeepEqual(first, again) {
		t.Error("two comparisons of the same runs differ")
	}
}

func TestRunsThatMustNotBeCompared(t *testing.T) {
	other := quiet
	other.hash = "f" + quiet.hash[1:]
	a := quiet.run(t, 1)
	for _, c := range []struct {
		name string
		b    *record.Run
		want string
	}{
		{"another schedule", other.run(t, 2), "schedules differ (01234567 and f1234567)"},
		{"another time scale", changed(t, func(m *record.Manifest) { m.Load.TimeScale = 40 }), "time scales differ (1 and 40)"},
		{"cut short", changed(t, func(m *record.Manifest) { m.Ended = record.Interrupted }), "did not come to its end (interrupted)"},
		{"other connections", changed(t, func(m *record.Manifest) {
			m.Load.Scenario = []byte(`{"name":"steady","connections":{"pool":9}}`)
		}), "connections differ"},
		{"other clients", changed(t, func(m *record.Manifest) {
			m.Load.Scenario = []byte(`{"name":"steady","players":{"clients":{"unity":1}}}`)
		}), "shares of clients differ"},
	} {
		_, err := Runs(a, c.b, Options{})
		var refusal *Refusal
		if !errors.As(err, &refusal) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want a refusal with %q", c.name, err, c.want)
		}
		if got, err := Runs(a, c.b, Options{Anyway: true}); err != nil || len(got.Differ) == 0 {
			t.Errorf("%s, told to go on: got %v and reasons %q", c.name, err, got.Differ)
		}
	}
}

// A frame that claims to be of a second in a year makes no room for the year.
func TestADamagedSecondIsRefused(t *testing.T) {
	far := record.NewFrame(31_000_000, "playtime.heartbeat")
	_ = far.Response.RecordValue(2000)
	line, err := record.EncodeFrame(far)
	must(t, err)
	run := quiet.run(t, 1)
	file, err := os.OpenFile(filepath.Join(run.Dir, record.FramesFile), os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = file.Write(append(line, '\n'))
	must(t, err)
	must(t, file.Close())
	damaged, err := record.Open(run.Dir)
	must(t, err)
	if _, err := Runs(quiet.run(t, 2), damaged, Options{}); err == nil || !strings.Contains(err.Error(), "frame of second 31000000, want at most 86519, a day after the plan's end") {
		t.Errorf("got %v, want the second refused", err)
	}
}

func TestShortRunsSayNothing(t *testing.T) {
	short := quiet
	short.seconds = 8
	c, err := Runs(short.run(t, 1), short.run(t, 2), Options{})
	must(t, err)
	if c.Verdict != TooFew {
		t.Errorf("verdict on runs of 6 seconds is %q, want %q", c.Verdict, TooFew)
	}
}

func changed(t *testing.T, change func(*record.Manifest)) *record.Run {
	t.Helper()
	run := quiet.run(t, 3)
	change(&run.Manifest)
	return run
}

func row(t *testing.T, all []Row, clock, statistic string) Row {
	t.Helper()
	for _, r := range all {
		if r.Clock == clock && r.Statistic == statistic {
			return r
		}
	}
	t.Fatalf("no row %s %s in %+v", clock, statistic, all)
	return Row{}
}
