package reports

import (
	"bytes"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestGolden(t *testing.T) {
	run := openV1(t)
	s := Summarize(run)
	for _, c := range []struct {
		file   string
		render func(io.Writer) error
	}{
		{"summary.txt", func(w io.Writer) error { return Text(w, s, TextOptions{Report: "runs/demo/report.html"}) }},
		{"summary-color.txt", func(w io.Writer) error { return Text(w, s, TextOptions{Color: true}) }},
		{"report.html", func(w io.Writer) error { return HTML(w, s, run) }},
		{"summary.json", func(w io.Writer) error { return JSON(w, s) }},
		{"conformance.json", func(w io.Writer) error { return ConformanceJSON(w, s, run) }},
		{"junit.xml", func(w io.Writer) error { return JUnit(w, s, run) }},
	} {
		t.Run(c.file, func(t *testing.T) {
			var b bytes.Buffer
			must(t, c.render(&b))
			golden(t, c.file, shell(t, c.file, b.Bytes()))
		})
	}
}

// shell cuts style sheet, script and their digests out of a page, which has to have them, so that a golden file shows what
// a run put there and nothing that is the same in all of them.
func shell(t *testing.T, name string, page []byte) []byte {
	t.Helper()
	if filepath.Ext(name) != ".html" {
		return page
	}
	for _, part := range []struct{ name, text string }{
		{"style", style + plotStyle}, {"script", pageScript()}, {"policy", template.HTMLEscapeString(policy(style+plotStyle, "", pageScript()))},
	} {
		// The template escapes the plus of base64 too.
		text := part.text
		if part.name == "policy" {
			text = strings.ReplaceAll(text, "+", "&#43;")
		}
		if !bytes.Contains(page, []byte(text)) {
			t.Errorf("%s: the page is without its %s", name, part.name)
		}
		page = bytes.ReplaceAll(page, []byte(text), []byte("[the "+part.name+"]"))
	}
	return page
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from its golden file in line %d; look at it and run go test -update", name, firstDifference(got, want))
	}
}

func firstDifference(a, b []byte) int {
	linesA, linesB := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range linesA {
		if i >= len(linesB) || !bytes.Equal(linesA[i], linesB[i]) {
			return i + 1
		}
	}
	return len(linesA) + 1
}
