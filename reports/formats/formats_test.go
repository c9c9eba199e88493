package formats

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/parquet-go/parquet-go"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/golden"
	"github.com/passmuster/muster/internal/record"
)

// memory is a store in memory.
type memory map[string][]byte

func (m memory) Put(_ context.Context, name string, data []byte) error {
	m[name] = data
	return nil
}

// rehearsal is a run directory of format version 1 that holds everything but samples.
func rehearsal(t *testing.T) *record.Run {
	t.Helper()
	run, err := record.Open("../testdata/run-v1")
	must(t, err)
	return run
}

// sampled is a run of one second that kept its samples.
func sampled(t *testing.T) *record.Run {
	t.Helper()
	began := time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)
	dir := t.TempDir() + "/run"
	w, err := record.Create(dir, record.Manifest{Name: "tiny", Verb: "load", Began: began, Load: &record.LoadPlan{Operations: []string{"playtime.start", "ingest.kafka"}}})
	must(t, err)
	must(t, w.SamplesHead(record.SamplesHead{
		Began: began, Operations: []string{"playtime.start", "ingest.kafka"}, Classes: []string{"", "timeout", "server-error"},
		Outcomes: []string{contract.NeverSent.String(), contract.Failed.String(), contract.Indeterminate.String(), contract.Acknowledged.String()},
	}))
	var records []byte
	for _, s := range samples {
		records = record.AppendSample(records, s)
	}
	must(t, errors.Join(w.Samples(records), w.Close()))
	run, err := record.Open(dir)
	must(t, err)
	return run
}

const ms = time.Millisecond

// samples are out of the plan's order, as outcomes become known.
var samples = []record.Sample{
	{Planned: 20 * ms, Fired: 20 * ms, Sent: 25 * ms, Done: 30 * ms, Player: 1, Status: 204, Outcome: 3, Bytes: 300},
	{Planned: 10 * ms, Fired: 10 * ms, Sent: 11 * ms, Done: 40 * ms, Player: 2, Operation: 1, Outcome: 3},
	{Planned: 30 * ms, Fired: 31 * ms, Sent: 32 * ms, Done: 5032 * ms, Player: 3, Outcome: 2, Class: 1},
	{Planned: 40 * ms, Fired: 41 * ms, Sent: 42 * ms, Done: 50 * ms, Player: 3, Status: 503, Outcome: 1, Class: 2},
	{Planned: 50 * ms, Done: 51 * ms, Player: 4, Class: 1},
}

func TestEveryFormatOfARehearsal(t *testing.T) {
	store := memory{}
	names := slices.DeleteFunc(Names(), func(name string) bool { return name == "vegeta" })
	saved, err := Save(t.Context(), store, rehearsal(t), names)
	must(t, err)
	want := []string{"summary.json", "conformance.json", "report.html", "summary.md", "junit.xml", "operations.csv", "frames.csv", "frames.parquet", "latency.hlog"}
	if !slices.Equal(saved, want) || len(store) != len(want) {
		t.Errorf("saved %q, want %q", saved, want)
	}
	golden.Check(t, "operations.csv", string(store["operations.csv"]))
	golden.Check(t, "frames.csv", string(store["frames.csv"]))
}

func TestFormatsThatTheRunCannotGive(t *testing.T) {
	_, err := Save(t.Context(), memory{}, rehearsal(t), []string{"vegeta"})
	if err == nil || !strings.Contains(err.Error(), "played with --samples") {
		t.Errorf("samples that were not kept: got %v", err)
	}
	_, err = Save(t.Context(), memory{}, rehearsal(t), []string{"xlsx"})
	if err == nil || !strings.Contains(err.Error(), "want one of json, html, markdown, junit, csv, parquet, hlog, vegeta") {
		t.Errorf("an unknown format: got %v", err)
	}
}

// What a Parquet reader finds in the frames is what the run holds.
func TestFramesRoundTripThroughParquet(t *testing.T) {
	store := memory{}
	_, err := Save(t.Context(), store, rehearsal(t), []string{"parquet"})
	must(t, err)
	rows, err := parquet.Read[frameRow](bytes.NewReader(store["frames.parquet"]), int64(len(store["frames.parquet"])))
	must(t, err)
	i := 0
	for f, err := range rehearsal(t).Frames() {
		must(t, err)
		if want := newFrameRow(f); rows[i].Second != want.Second || rows[i].Sent != want.Sent || (rows[i].ResponseP99 == nil) != (want.ResponseP99 == nil) ||
			want.ResponseP99 != nil && *rows[i].ResponseP99 != *want.ResponseP99 {
			t.Errorf("row %d is %+v, want %+v", i, rows[i], want)
		}
		i++
	}
	if i != len(rows) || i == 0 {
		t.Errorf("%d rows of %d frames", len(rows), i)
	}
}

// HdrHistogram's own reader finds every value of every second again.
func TestHistogramsRoundTripThroughTheLog(t *testing.T) {
	store := memory{}
	_, err := Save(t.Context(), store, rehearsal(t), []string{"hlog"})
	must(t, err)
	counts := map[string]int64{}
	in := hdrhistogram.NewHistogramLogReader(bytes.NewReader(store["latency.hlog"]))
	for {
		h, err := in.NextIntervalHistogram()
		if errors.Is(err, io.EOF) || h == nil {
			break
		}
		must(t, err)
		counts[h.Tag()] += h.TotalCount()
	}
	want := map[string]int64{}
	for f, err := range rehearsal(t).Frames() {
		must(t, err)
		want[f.Operation+".response"] += f.Response.TotalCount()
	}
	for tag, n := range want {
		if counts[tag] != n || n == 0 {
			t.Errorf("%s has %d values in the log, %d in the run", tag, counts[tag], n)
		}
	}
}

func TestVegetaResults(t *testing.T) {
	store := memory{}
	_, err := Save(t.Context(), store, sampled(t), []string{"vegeta", "parquet"})
	must(t, err)
	golden.Check(t, "response.vegeta.csv", string(store["response.vegeta.csv"]))
	golden.Check(t, "service.vegeta.csv", string(store["service.vegeta.csv"]))
	rows, err := csv.NewReader(bytes.NewReader(store["response.vegeta.csv"])).ReadAll()
	must(t, err)
	if !slices.IsSortedFunc(rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) }) {
		t.Error("results are not in the order of the plan")
	}
	got, err := parquet.Read[sampleRow](bytes.NewReader(store["samples.parquet"]), int64(len(store["samples.parquet"])))
	must(t, err)
	if len(got) != len(samples) || got[4].Sent != nil || got[1].Operation != "ingest.kafka" || got[3].Class != "server-error" {
		t.Errorf("samples by Parquet are %+v", got)
	}
}

// A damaged record is left out and told of; everything else is saved.
func TestDamagedSamplesAreLeftOut(t *testing.T) {
	run := sampled(t)
	path := filepath.Join(run.Dir, record.SamplesFile)
	data, err := os.ReadFile(path)
	must(t, err)
	data[len(data)-record.SampleSize-4] = 200 // the operation of the last but one
	must(t, os.WriteFile(path, data, 0o600))
	store := memory{}
	saved, err := Save(t.Context(), store, run, []string{"vegeta", "parquet", "hlog"})
	if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "1 of its records could not be read") {
		t.Errorf("got %v, want one damaged record", err)
	}
	if want := []string{"response.vegeta.csv", "service.vegeta.csv", "frames.parquet", "samples.parquet", "latency.hlog"}; !slices.Equal(saved, want) {
		t.Errorf("saved %q, want %q", saved, want)
	}
	if n := bytes.Count(store["response.vegeta.csv"], []byte("\n")); n != len(samples)-1 {
		t.Errorf("%d results, want %d", n, len(samples)-1)
	}
}

func TestHelpTellsOfEveryFormat(t *testing.T) {
	for _, name := range Names() {
		if !strings.Contains(Help(), name+": ") {
			t.Errorf("help does not tell of %s: %s", name, Help())
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
