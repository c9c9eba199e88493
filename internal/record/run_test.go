package record

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

func create(t *testing.T) (*Writer, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	w, err := Create(dir, Manifest{Name: "smoke", Verb: "load", Ended: Complete})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(t, w.Close()) })
	return w, dir
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, dir string) *Run {
	t.Helper()
	r, err := Open(dir)
	must(t, err)
	return r
}

func frame(second int, operation string, sent int64) *Frame {
	f := NewFrame(second, operation)
	f.Sent = sent
	return f
}

func TestARunReadsAsItWasWritten(t *testing.T) {
	w, dir := create(t)
	ledger := Ledger{Planned: 9, Acknowledged: 9, Found: 8, Lost: 1, Complete: true, Examples: []Example{{Kind: "lost", ID: "00ff"}}}
	pair := InsightsPair{Truth: InsightsFigures{TotalPlayers: 5}, Note: "the target offers none"}
	finding := Finding{ID: "playtime/start/answers-204", Status: Fail, Violations: []Violation{{Wanted: "204", Got: "200"}}}
	failure := Failure{Second: 3, Operation: "ingest.http", Class: "timeout", Detail: "no answer"}
	must(t, w.Ledger(ledger))
	must(t, w.Insights(pair))
	must(t, w.Finding(finding))
	must(t, w.Failure(failure))
	must(t, w.Manifest(Manifest{Name: "smoke", Ended: Complete, Began: time.Unix(5, 0).UTC()}))

	got := open(t, dir)
	ledger.Version, pair.Version, finding.Version, failure.Version = Version, Version, Version, Version
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"manifest", got.Manifest, Manifest{Version: Version, Name: "smoke", Ended: Complete, Began: time.Unix(5, 0).UTC()}},
		{"ledger", *got.Ledger, ledger},
		{"insights", *got.Insights, pair},
		{"findings", got.Findings, []Finding{finding}},
		{"failures", got.Failures, []Failure{failure}},
		{"problems", len(got.Problems), 0},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: got %+v, want %+v", c.what, c.got, c.want)
		}
	}
}

func TestANewRunSaysRunning(t *testing.T) {
	_, dir := create(t)
	if got := open(t, dir).Manifest.Ended; got != Running {
		t.Errorf("ended %q, want %q", got, Running)
	}
}

func TestFramesOfOneSecondAndOperationAreOne(t *testing.T) {
	w, dir := create(t)
	must(t, w.Frames([]*Frame{frame(1, "b", 1), frame(0, "b", 2)}))
	must(t, w.Frames([]*Frame{frame(1, "a", 4), frame(1, "b", 8)}))
	r := open(t, dir)
	var got []string
	for f, err := range r.Frames() {
		must(t, err)
		got = append(got, fmt.Sprint(f.Second, f.Operation, f.Sent))
	}
	if want := []string{"0b2", "1a4", "1b9"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if r.Seconds() != 2 {
		t.Errorf("%d seconds, want 2", r.Seconds())
	}
}

func TestCreateRefusesADirectoryThatHoldsARun(t *testing.T) {
	for _, name := range []string{ManifestFile, FramesFile, FindingsFile} {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
		_, err := Create(dir, Manifest{})
		if !errors.Is(err, ErrTaken) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s is there: got %v, want one line of ErrTaken", name, err)
		}
	}
}

func TestCreateRefusesWhatIsNoDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o600))
	if _, err := Create(filepath.Join(file, "run"), Manifest{}); err == nil {
		t.Error("created a run directory below a file, want an error")
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct{ name, manifest, want string }{
		{"no manifest", "", "not a run directory"},
		{"a newer format", `{"version":99,"load":"quite another thing"}`, "format version 99 is newer than this binary reads"},
		{"no version", `{}`, "format version 0"},
		{"a damaged manifest", `{"version":1,"name`, "manifest.json"},
	} {
		dir := t.TempDir()
		if c.manifest != "" {
			must(t, os.WriteFile(filepath.Join(dir, ManifestFile), []byte(c.manifest), 0o600))
		}
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.name, err, c.want)
		}
	}
}

func TestDamageIsReportedAndReadingGoesOn(t *testing.T) {
	w, dir := create(t)
	must(t, w.Frames([]*Frame{frame(0, "a", 1), frame(1, "a", 2), frame(2, "a", 3)}))
	path := filepath.Join(dir, FramesFile)
	data, err := os.ReadFile(path)
	must(t, err)
	lines := bytes.SplitAfter(data, []byte("\n"))
	lines[1][3] = 0
	must(t, os.WriteFile(path, append(bytes.Join(lines, nil), `{"version":1,"sec`...), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, LedgerFile), []byte("{"), 0o600))

	r := open(t, dir)
	sent := int64(0)
	for f, err := range r.Frames() {
		must(t, err)
		sent += f.Sent
	}
	if sent != 4 {
		t.Errorf("%d sent in the lines that are whole, want 4", sent)
	}
	if len(r.Problems) != 3 {
		t.Fatalf("problems %v, want 3", r.Problems)
	}
	for i, want := range []string{"frames.jsonl:2: ", "frames.jsonl:4: cut off after 17 bytes", "ledger.json: "} {
		if got := r.Problems[i].String(); !strings.HasPrefix(got, want) {
			t.Errorf("problem %d is %q, want it to begin with %q", i, got, want)
		}
	}
}

func TestALineBeyondTheBoundIsPassedOver(t *testing.T) {
	long := strings.Repeat("x", longestLine+1)
	var got []string
	problems := scanLines("f", strings.NewReader("one\n"+long+"\n\ntwo\n"), func(line []byte) error {
		got = append(got, string(line))
		return nil
	})
	if !reflect.DeepEqual(got, []string{"one", "two"}) {
		t.Errorf("got %d lines, want one and two", len(got))
	}
	if len(problems) != 1 || problems[0].Line != 2 {
		t.Errorf("problems %v, want one, of line 2", problems)
	}
	if exact := strings.Repeat("x", longestLine); len(scanLines("f", strings.NewReader(exact+"\n"), func([]byte) error { return nil })) != 0 {
		t.Error("a line of exactly the bound was refused")
	}
}

func TestWriterRefusesALineThatNoReaderTakes(t *testing.T) {
	w, _ := create(t)
	if err := w.Finding(Finding{Duty: strings.Repeat("x", longestLine)}); err == nil {
		t.Error("wrote a line beyond the bound, want an error")
	}
}

func TestProblemsBeyondTheBoundAreCounted(t *testing.T) {
	problems := scanLines("f", strings.NewReader(strings.Repeat("x\n", mostProblems+7)), func([]byte) error { return errors.New("bad") })
	if len(problems) != mostProblems+1 || problems[mostProblems].String() != "f: and 7 more lines" {
		t.Errorf("%d problems, the last %q; want %d and a count of 7", len(problems), problems[len(problems)-1], mostProblems+1)
	}
}

func TestAReadThatFailsIsAProblem(t *testing.T) {
	broken := io.MultiReader(strings.NewReader("one\n"), failing{})
	if problems := scanLines("f", broken, func([]byte) error { return nil }); len(problems) != 1 || problems[0].Text != "no disk" {
		t.Errorf("problems %v, want the read error", problems)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("no disk") }

func TestAClosedWriterWritesNothing(t *testing.T) {
	w, _ := create(t)
	must(t, w.Close())
	for name, err := range map[string]error{
		"frames": w.Frames([]*Frame{frame(0, "a", 1)}), "ledger": w.Ledger(Ledger{}),
	} {
		if err == nil {
			t.Errorf("%s: written after Close, want an error", name)
		}
	}
}

func TestReplaceLeavesTheOldFileWhenItFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "summary.json")
	must(t, Replace(path, []byte("old")))
	must(t, os.Mkdir(path+".tmp", 0o700))
	if err := Replace(path, []byte("new")); err == nil || strings.Count(err.Error(), "summary.json") != 1 {
		t.Fatalf("replaced although no temporary file can be made: %v, want an error that names the file once", err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "old" {
		t.Errorf("the file holds %q (%v), want the old content", data, err)
	}
}

func TestWritersMayWriteAtOnce(t *testing.T) {
	w, dir := create(t)
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Go(func() {
			if err := errors.Join(
				w.Frames([]*Frame{frame(i, "a", 1)}), w.Finding(Finding{ID: "x"}), w.Manifest(Manifest{}), w.Failure(Failure{}),
			); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	r := open(t, dir)
	if len(r.Problems) != 0 || r.Seconds() != 20 || len(r.Findings) != 20 || len(r.Failures) != 20 {
		t.Errorf("%d seconds, %d findings, %d failures, problems %v; want 20 of each", r.Seconds(), len(r.Findings), len(r.Failures), r.Problems)
	}
}

func TestATornLineCostsNoOther(t *testing.T) {
	w, dir := create(t)
	must(t, w.Frames([]*Frame{frame(0, "a", 1)}))
	l := w.logs[FramesFile]
	_, err := l.file.WriteString(`{"version":1,`) // what a full disk leaves
	must(t, err)
	l.torn = true
	must(t, w.Frames([]*Frame{frame(1, "a", 1)}))
	must(t, w.Frames([]*Frame{frame(2, "a", 1)}))
	if r := open(t, dir); len(r.Problems) != 1 || len(r.frames) != 3 {
		t.Errorf("%d frames, problems %v; want 3 and one", len(r.frames), r.Problems)
	}
}
