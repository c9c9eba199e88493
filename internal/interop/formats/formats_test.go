//go:build integration

package formats

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/record"
)

// patience bounds one run of any program.
const patience = 2 * time.Minute

const installed = "../../../bin/interop-formats"

// TestOthersReadARun plays a run that keeps its samples, exports it in every form, and has each form read by its own tool.
func TestOthersReadARun(t *testing.T) {
	dir := t.TempDir()
	muster, forms := filepath.Join(dir, "muster"), filepath.Join(dir, "forms")
	execute(t, "go", "build", "-o", muster, "../../../cmd/muster")
	// What a busy machine makes of the verdict (exit code 3) is nothing to the forms.
	execute(t, "sh", "-c", `"$@" || test $? = 3`, "sh", muster, "load", "smoke", "--ccu", "200", "--duration", "4s", "--floor", "0s", "--samples", "--out", filepath.Join(dir, "run"))
	execute(t, muster, "report", "export", filepath.Join(dir, "run"), "--to", forms, "--format", "csv,parquet,hlog,vegeta")
	p := played{t: t, forms: forms, frames: map[string]*record.Frame{}, all: record.NewFrame(0, "all")}
	p.read(filepath.Join(dir, "run"))
	t.Run("vegeta", p.vegeta)
	t.Run("HdrHistogram", p.hdrHistogram)
	t.Run("DuckDB", p.duckDB)
}

// played is a run as muster has it: what the others must find.
type played struct {
	t       *testing.T
	forms   string                   // folder of the exports
	frames  map[string]*record.Frame // of the whole run, by operation
	all     *record.Frame
	seconds int // frames, one for each second and operation
	samples []record.Sample
	head    record.SamplesHead
}

func (p *played) read(dir string) {
	run, err := record.Open(dir)
	must(p.t, err)
	for f, err := range run.Frames() {
		must(p.t, err)
		p.seconds++
		if p.frames[f.Operation] == nil {
			p.frames[f.Operation] = record.NewFrame(0, f.Operation)
		}
		must(p.t, errors.Join(p.frames[f.Operation].Merge(f), p.all.Merge(f)))
	}
	samples, err := run.Samples()
	must(p.t, err)
	for s, err := range samples.All() {
		must(p.t, err)
		p.samples = append(p.samples, s)
	}
	p.head = samples.Head
	must(p.t, samples.Close())
	if len(p.samples) < 500 || len(p.frames) < 4 {
		p.t.Fatalf("%d samples of %d operations: too few to prove anything", len(p.samples), len(p.frames))
	}
}

// vegeta must count every action, and find the times that muster's histograms hold: to the microsecond at the far end, and
// else as exactly as the two ways of estimating a percentile allow.
func (p *played) vegeta(t *testing.T) {
	command := filepath.Join(installed, "vegeta")
	for name, h := range map[string]*hdrhistogram.Histogram{"response": p.all.Response, "service": p.all.Service} {
		file := filepath.Join(p.forms, name+".vegeta.csv")
		var found struct {
			Requests    int64            `json:"requests"`
			Success     float64          `json:"success"`
			StatusCodes map[string]int64 `json:"status_codes"`
			Latencies   map[string]int64 `json:"latencies"` // nanoseconds
		}
		must(t, json.Unmarshal(execute(t, command, "report", "-type=json", file), &found))
		acknowledged := p.all.Outcomes["acknowledged"]
		if found.Requests != p.all.Sent || found.Requests != int64(len(p.samples)) || math.Round(found.Success*float64(found.Requests)) != float64(acknowledged) {
			t.Errorf("%s: vegeta counts %d requests, %g of them well; the run has %d, %d", name, found.Requests, found.Success, p.all.Sent, acknowledged)
		}
		for label, percentile := range map[string]float64{"50th": 50, "90th": 90, "99th": 99, "max": 100} {
			low, high := float64(h.ValueAtPercentile(percentile-1)), float64(h.ValueAtPercentile(min(percentile+1, 100)))
			if percentile == 100 {
				low = high
			}
			if got := float64(found.Latencies[label]) / 1e3; got < 0.98*low-1 || got > 1.02*high+1 {
				t.Errorf("%s: vegeta's %s is %g µs; the run has %g to %g", name, label, got, low, high)
			}
		}
		page := string(execute(t, command, "plot", file))
		for operation := range p.frames {
			if !strings.Contains(page, operation) {
				t.Errorf("%s: vegeta's plot has no line for %s", name, operation)
			}
		}
	}
}

// hdrHistogram must find, in the log of every operation and clock, the very counts and percentiles of the run. Where a
// percentile falls between two values Java takes the upper one, and Go the nearer.
func (p *played) hdrHistogram(t *testing.T) {
	jars, err := filepath.Glob(filepath.Join(installed, "HdrHistogram-*.jar"))
	if err != nil || len(jars) != 1 {
		t.Fatalf("%d jars of HdrHistogram in %s, want one: run .ci/integration-setup", len(jars), installed)
	}
	total := regexp.MustCompile(`#\[Max +=.*Total count +=\s*(\d+)\]`)
	for operation, f := range p.frames {
		for clock, h := range map[string]*hdrhistogram.Histogram{"response": f.Response, "service": f.Service, "lag": f.Lag} {
			said := string(execute(t, "java", "-cp", jars[0], "org.HdrHistogram.HistogramLogProcessor",
				"-i", filepath.Join(p.forms, "latency.hlog"), "-tag", operation+"."+clock, "-outputValueUnitRatio", "1"))
			m := total.FindStringSubmatch(said)
			if m == nil || m[1] != strconv.FormatInt(h.TotalCount(), 10) {
				t.Errorf("%s.%s: the log has %q values, the run %d", operation, clock, m, h.TotalCount())
			}
			for _, percentile := range []float64{50, 75, 100} { // that its table is sure to have
				line := regexp.MustCompile(fmt.Sprintf(`(?m)^ *(\d+)\.00 +%.12f `, percentile/100)).FindStringSubmatch(said)
				low, high := h.ValueAtPercentile(percentile), h.ValueAtPercentile(min(percentile+100/float64(h.TotalCount()), 100))
				if line == nil || whole(t, line[1]) < low || whole(t, line[1]) > high {
					t.Errorf("%s.%s: p%g is %q, want %d to %d", operation, clock, percentile, line, low, high)
				}
			}
		}
	}
}

// duckDB must find the same rows in CSV and in Parquet, with the counts of the run, and every sample.
func (p *played) duckDB(t *testing.T) {
	inCSV, inParquet := p.rows(t, "frames.csv"), p.rows(t, "frames.parquet")
	if len(inCSV) != p.seconds || len(inParquet) != p.seconds {
		t.Fatalf("%d and %d rows, want %d", len(inCSV), len(inParquet), p.seconds)
	}
	sent := map[string]int64{}
	for i, row := range inParquet {
		for name, value := range row {
			if text(value) != text(inCSV[i][name]) {
				t.Errorf("row %d, %s: %v by Parquet, %v by CSV", i, name, value, inCSV[i][name])
			}
		}
		sent[text(row["operation"])] += whole(t, row["sent"])
	}
	for operation, f := range p.frames {
		if sent[operation] != f.Sent {
			t.Errorf("%s: %d sent, want %d", operation, sent[operation], f.Sent)
		}
	}
	samples := p.rows(t, "samples.parquet")
	if len(samples) != len(p.samples) {
		t.Fatalf("%d samples, want %d", len(samples), len(p.samples))
	}
	for i, s := range p.samples {
		row, began := samples[i], p.head.Began.UnixNano()
		if whole(t, row["planned_ns"]) != began+int64(s.Planned) || whole(t, row["done_ns"]) != began+int64(s.Done) ||
			text(row["operation"]) != p.head.Operations[s.Operation] || text(row["outcome"]) != p.head.Outcomes[s.Outcome] || whole(t, row["player"]) != int64(s.Player) {
			t.Fatalf("sample %d is %v, want %+v", i, row, s)
		}
	}
	if operations := p.rows(t, "operations.csv"); len(operations) != len(p.frames) {
		t.Errorf("%d operations, want %d", len(operations), len(p.frames))
	}
}

// rows are what DuckDB finds in a file.
func (p *played) rows(t *testing.T, file string) []map[string]any {
	t.Helper()
	var found struct {
		Rows []map[string]any `json:"rows"`
	}
	must(t, json.Unmarshal(execute(t, "node", "../export/duckdb/read.mjs", filepath.Join(p.forms, file)), &found))
	return found.Rows
}

// text takes a number and its digits for the same: DuckDB prints whole numbers of 64 bits as text.
func text(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func whole(t *testing.T, v any) int64 {
	t.Helper()
	n, err := strconv.ParseInt(text(v), 10, 64)
	must(t, err)
	return n
}

// execute runs a program to its end and returns what it wrote.
func execute(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GITHUB_STEP_SUMMARY=") })
	out, err := cmd.Output()
	if err != nil {
		var said *exec.ExitError
		if errors.As(err, &said) {
			t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, said.Stderr)
		}
		t.Fatalf("%s: %v; .ci/integration-setup installs what is missing", name, err)
	}
	return out
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
