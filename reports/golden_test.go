package reports

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
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
			golden(t, c.file, b.Bytes())
		})
	}
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
