package main

import (
	"encoding/pem"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/bench/figures"
	"github.com/passmuster/muster/internal/bench/process"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/reports"
	"github.com/passmuster/muster/scenarios"
)

func TestEveryScenarioIsOne(t *testing.T) {
	r := &rig{options: options{seconds: 3}}
	for name, text := range map[string]string{
		"flat-out": r.flatOut() + oneByOne, "pipelined": r.flatOut() + pipelined, "each-new": r.flatOut() + eachNew("0.8"), "idle": crowd(1000),
		"dialling": dialling(6670, "127.0.0.16/28"), "gathering": gathering(1_000_000, "connections: {pool: 64}\n"),
		"paced": paced(1000, "precise"), "flushes": r.flushes(10),
	} {
		if _, err := scenarios.Decode(name, []byte(scenarioHead(name)+text)); err != nil {
			t.Errorf("scenario %s: %v", name, err)
		}
	}
}

func TestEveryTargetIsOne(t *testing.T) {
	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	secure := httptest.NewTLSServer(nil)
	secure.Close()
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	if err := os.WriteFile(ca, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"http":   httpTarget("http", "127.0.0.1:8080"),
		"kafka":  kafkaAt{addr: "127.0.0.1:9092"}.target(),
		"locked": kafkaAt{addr: "127.0.0.1:9092", ca: ca, user: "u", password: "p"}.target(),
	} {
		if _, err := target.Decode(name, []byte(text), dir, os.LookupEnv); err != nil {
			t.Errorf("target %s: %v", name, err)
		}
	}
}

func TestCountsOfServers(t *testing.T) {
	nginx := "Active connections: 65 \nserver accepts handled requests\n 70 70 123456 \nReading: 0 Writing: 65 Waiting: 0 \n"
	for page, want := range map[string]int64{"42\n": 42, nginx: 123456} {
		if got, err := parseServed(page); err != nil || got != want {
			t.Errorf("%q counts %d, %v, want %d", page, got, err, want)
		}
	}
	if n, err := parseServed("<html>404</html>"); err == nil {
		t.Errorf("a page without a count counts %d", n)
	}
}

func TestPeersSendAHeartbeatOfMuster(t *testing.T) {
	m, err := heartbeat()
	if err != nil {
		t.Fatal(err)
	}
	if m.Path == "" || !strings.Contains(string(m.Body), `"session_hash"`) {
		t.Errorf("heartbeat is %s %s", m.Path, m.Body)
	}
	// k6 signs by itself: its body has to have the same members.
	for _, member := range []string{"session_id", "session_ts", "session_hash", "session_nonce", "session_order_id"} {
		if !strings.Contains(string(m.Body), member) || !strings.Contains(k6Script, member) {
			t.Errorf("%s is not in the body or not in k6's script", member)
		}
	}
}

func TestChoose(t *testing.T) {
	if all, err := choose(""); err != nil || len(all) != len(groups()) {
		t.Errorf("no list chooses %d, %v", len(all), err)
	}
	if two, err := choose("kafka,http"); err != nil || len(two) != 2 || two[0].name != "kafka" {
		t.Errorf("two groups are %v, %v", two, err)
	}
	if _, err := choose("htp"); err == nil {
		t.Error("a group that does not exist is chosen")
	}
}

func TestWhatCannotBeMeasuredIsNoFault(t *testing.T) {
	goal := figures.AtMost(1, "x")
	if row := missing("w", goal, &lacking{"not installed"}); row.State != figures.Missing || row.Today != "not installed" {
		t.Errorf("row is %+v", row)
	}
	if row := missing("w", goal, errors.New("it broke")); row.State != figures.Faulty {
		t.Errorf("row is %+v", row)
	}
}

func TestReportShowsGoalsContestantsAndMachine(t *testing.T) {
	root, err := checkout()
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{options: options{rounds: 2, seconds: 1}, root: root, bin: t.TempDir()}
	s := &section{group: groups()[0]}
	ours := figures.Series{Name: "ours", Unit: "action", Readings: []figures.Reading{{Units: 100, CPU: time.Millisecond, Wall: time.Second}}}
	s.series = []figures.Series{ours, {Name: "theirs", Missing: "not installed"}}
	s.add(figures.Single("cost", "how it was run", figures.AtMost(12, "µs"), ours, figures.Reading.CPUPerUnit))
	text := r.report(t.Context(), []*section{s}, time.Minute)
	for _, want := range []string{
		"2 rounds of 1 s, in 1m0s: 1 met, 0 missed.", "| cost | ≤ 12 µs | 10 µs | met |", "| theirs     |", "not measured: not installed",
		"- cost: how it was run.", "| vegeta       | v12.13.0", "| k6           | v2.0.0", "## Commands",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the report:\n%s", want, text)
		}
	}
}

func TestNotesAreKept(t *testing.T) {
	const mine = "\n" + notes + "\n\nBecause of X.\n"
	if got := keepNotes("# Old\n"+mine, "# New\n"); got != "# New\n"+mine {
		t.Errorf("got %q", got)
	}
	if got := keepNotes("", "# New\n"); got != "# New\n" {
		t.Errorf("got %q", got)
	}
}

func TestCommandHidesItsFolder(t *testing.T) {
	c := process.Command{Args: []string{"/a/b/wrk", "-t1"}, Env: []string{"X=1"}}
	if got := c.String(); got != "X=1 wrk -t1" {
		t.Errorf("shown as %q", got)
	}
}

// An excerpt is interrupted on purpose. What reports says of that is no fault of the generator here.
func TestAnInterruptionIsNoFault(t *testing.T) {
	manifest := record.Manifest{Version: record.Version, Name: "x", Verb: "load", Load: &record.LoadPlan{TimeScale: 1}, Generator: &record.Generator{}}
	dir := t.TempDir()
	w, err := record.Create(dir, manifest)
	if err != nil {
		t.Fatal(err)
	}
	manifest.Ended = record.Interrupted
	if err := errors.Join(w.Manifest(manifest), w.Close()); err != nil {
		t.Fatal(err)
	}
	run, err := record.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	told := reports.Summarize(run).Faults.Generator
	if len(told) == 0 {
		t.Fatal("reports says nothing of the interruption")
	}
	if left := ownFaults(append(told, "The generator was late.")); len(left) != 1 {
		t.Errorf("of %q there is left %q", told, left)
	}
}

func TestExcerptReadsOnlyItsSeconds(t *testing.T) {
	dir := t.TempDir()
	w, err := record.Create(dir, record.Manifest{Version: record.Version, Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	for second := range 10 {
		f := &record.Frame{Second: second, Operation: "playtime.heartbeat", Fired: 1, Lag: record.NewHistogram()}
		l := &record.Links{Second: second, Transport: "http", Dials: 1}
		if err := errors.Join(w.Frames([]*record.Frame{f}), w.Links([]*record.Links{l})); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "summary.json"), []byte(`{"version":1,"load_verdict":"passed"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	e := &excerpt{}
	if err := e.read(dir, 5); err != nil || e.from != 3 || e.to != 8 {
		t.Fatalf("it reads seconds %d to %d, %v", e.from, e.to, err)
	}
	f, err := e.frame("playtime.heartbeat")
	if err != nil || f.Fired != 5 {
		t.Errorf("frames add up to %+v, %v", f, err)
	}
	if l, err := e.links(); err != nil || l.Dials != 5 {
		t.Errorf("links add up to %+v, %v", l, err)
	}
	if _, err := e.frame("ingest.kafka"); err == nil {
		t.Error("an operation without frames has some")
	}
}
