package reports

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/passmuster/muster/internal/record"
)

// copyV1 copies the run directory, so that a test may damage it.
func copyV1(t *testing.T) string {
	t.Helper()
	openV1(t)
	dir := filepath.Join(t.TempDir(), "run")
	must(t, os.CopyFS(dir, os.DirFS(runV1)))
	return dir
}

func render(t *testing.T, f func(io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	must(t, f(&b))
	return b.String()
}

func validate(t *testing.T, schema []byte, document string) {
	t.Helper()
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	must(t, err)
	c := jsonschema.NewCompiler()
	must(t, c.AddResource("schema.json", parsed))
	compiled, err := c.Compile("schema.json")
	must(t, err)
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	must(t, err)
	must(t, compiled.Validate(value))
}

func TestJSONKeepsItsSchemas(t *testing.T) {
	bare := newTestRun()
	bare.ledger = nil
	conform := &record.Run{
		Manifest: record.Manifest{Ended: record.Complete, Conform: &record.ConformPlan{}},
		Findings: []record.Finding{{ID: "a/b/c", Level: "MUST", Status: record.Unobservable, Reason: "nobody can see it"}},
	}
	for name, run := range map[string]*record.Run{
		"rehearsal": openV1(t), "load alone": bare.open(t), "conformance alone": conform,
		"neither": {Manifest: record.Manifest{Ended: record.Running}},
	} {
		t.Run(name, func(t *testing.T) {
			s := Summarize(run)
			validate(t, SummarySchema(), render(t, func(w io.Writer) error { return JSON(w, s) }))
			validate(t, ConformanceSchema(), render(t, func(w io.Writer) error { return ConformanceJSON(w, s, run) }))
		})
	}
}

func TestTruncatedFramesRender(t *testing.T) {
	dir := copyV1(t)
	path := filepath.Join(dir, record.FramesFile)
	info, err := os.Stat(path)
	must(t, err)
	must(t, os.Truncate(path, info.Size()*2/3))
	run := open(t, dir)
	s := Summarize(run)
	page := render(t, func(w io.Writer) error { return HTML(w, s, run) })
	for _, want := range []string{"cut off after", "1 part of frames.jsonl could not be read", "Not readable"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if s.Faults.Generator == nil || s.All.Unaccounted <= 0 {
		t.Errorf("faults %q, %d unaccounted; want the gap to be told", s.Faults.Generator, s.All.Unaccounted)
	}
}

func TestAKilledRunRendersAndSaysPartial(t *testing.T) {
	r := newTestRun()
	r.m.Ended, r.ledger, r.frames = record.Running, nil, r.frames[:5]
	run := r.open(t)
	s := Summarize(run)
	if !s.Partial || s.DurationS != 5 {
		t.Errorf("partial %v after %v s, want true after 5", s.Partial, s.DurationS)
	}
	text := render(t, func(w io.Writer) error { return Text(w, s, TextOptions{}) })
	page := render(t, func(w io.Writer) error { return HTML(w, s, run) })
	for _, got := range []string{text, page} {
		if !strings.Contains(got, "partial") || !strings.Contains(got, "its process died after 5 s") {
			t.Error("a report of a killed run does not say so")
		}
	}
}

func TestEmptyRunsRender(t *testing.T) {
	for _, run := range []*record.Run{
		{Manifest: record.Manifest{}},
		{Manifest: record.Manifest{Ended: record.Complete, Load: &record.LoadPlan{}}},
		{Manifest: record.Manifest{Ended: record.Complete, Conform: &record.ConformPlan{}}},
	} {
		s := Summarize(run)
		for _, f := range []func(io.Writer) error{
			func(w io.Writer) error { return Text(w, s, TextOptions{}) },
			func(w io.Writer) error { return HTML(w, s, run) },
			func(w io.Writer) error { return JUnit(w, s, run) },
		} {
			if got := render(t, f); strings.Contains(got, "NaN") || strings.Contains(got, "Inf") {
				t.Errorf("a report of an empty run holds a number that is none:\n%s", got)
			}
		}
	}
}

func TestThePageNeedsNothingElse(t *testing.T) {
	run := openV1(t)
	s := Summarize(run)
	page := render(t, func(w io.Writer) error { return HTML(w, s, run) })
	told := string(shell(t, "report.html", []byte(page)))
	for _, foreign := range []string{"<link", "<img", "@import", "url(", "src=", "style=", "onclick=", "NaN", "ZgotmplZ"} {
		if strings.Contains(told, foreign) {
			t.Errorf("the page holds %q", foreign)
		}
	}
	for _, foreign := range []string{"@import", "url(", "</style", "</script", "<!--", "fetch(", "XMLHttpRequest", "eval(", "new Function"} {
		if strings.Contains(style+plotStyle+pageScript(), foreign) {
			t.Errorf("style sheet or script hold %q", foreign)
		}
	}
	if again := render(t, func(w io.Writer) error { return HTML(w, Summarize(open(t, runV1)), open(t, runV1)) }); again != page {
		t.Error("the same run gave another page")
	}
}

func TestThePageEscapesWhatTargetsSay(t *testing.T) {
	hostile := `<script>alert("x")</script>`
	run := &record.Run{
		Manifest: record.Manifest{Name: hostile, TargetIs: hostile, Ended: record.Complete, Load: &record.LoadPlan{}},
		Failures: []record.Failure{{Operation: hostile, Detail: hostile, Curl: hostile}},
		Findings: []record.Finding{{ID: hostile, Level: "MUST", Status: record.Fail, Duty: hostile, Transport: hostile,
			Violations: []record.Violation{{Wanted: hostile, Got: hostile, Exchange: hostile, Curl: hostile}}}},
		Problems: []record.Problem{{File: hostile, Text: hostile}},
	}
	if page := render(t, func(w io.Writer) error { return HTML(w, Summarize(run), run) }); strings.Contains(page, "<script>alert") {
		t.Error("a target's words became markup")
	}
}

func TestJUnitIsWellFormedWhateverTargetsSay(t *testing.T) {
	run := &record.Run{
		Manifest: record.Manifest{Ended: record.Complete},
		Findings: []record.Finding{{ID: "a/b/c", Level: "MUST", Status: record.Fail, Violations: []record.Violation{{Wanted: "]]><&\x00\xff", Got: "\x1b[31m"}}}},
	}
	got := render(t, func(w io.Writer) error { return JUnit(w, Summarize(run), run) })
	var doc junitSuites
	must(t, xml.Unmarshal([]byte(got), &doc))
	if doc.Fails != 1 || doc.Suites[0].Cases[0].Failure == nil {
		t.Errorf("the failure has no node:\n%s", got)
	}
}

func TestWriteAll(t *testing.T) {
	dir := copyV1(t)
	paths, err := WriteAll(dir, open(t, dir))
	must(t, err)
	var names []string
	for _, p := range paths {
		names = append(names, filepath.Base(p))
		if info, err := os.Stat(p); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v, want a file with something in it", p, err)
		}
	}
	if got, want := fmt.Sprint(names), "[report.html summary.json summary.txt conformance.json junit.xml]"; got != want {
		t.Errorf("wrote %s, want %s", got, want)
	}
	if again, err := WriteAll(dir, open(t, dir)); err != nil || len(again) != len(paths) {
		t.Errorf("a second time: %v, %v", again, err)
	}
}

func TestWriteAllOfALoadLeavesConformanceOut(t *testing.T) {
	r := newTestRun()
	paths, err := WriteAll(t.TempDir(), r.open(t))
	if err != nil || len(paths) != 4 {
		t.Errorf("wrote %v, %v; want four reports", paths, err)
	}
}

func TestWriteAllSaysWhereItFailed(t *testing.T) {
	if _, err := WriteAll(filepath.Join(t.TempDir(), "gone"), newTestRun().open(t)); err == nil || !strings.Contains(err.Error(), HTMLFile) {
		t.Errorf("got %v, want an error that names %s", err, HTMLFile)
	}
}
