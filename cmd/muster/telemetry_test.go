package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/telemetry"
	"github.com/passmuster/muster/reports"
)

// tinyScenario writes a scenario of a second and returns its path.
func tinyScenario(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "tiny.yaml")
	const text = "version: 1\nname: tiny\nduration: 1s\nplayers:\n  ccu: [{at: 0s, players: 5}]\n  session: {law: fixed, mean: 1s}\n  heartbeat: {period: 300ms}\ngenerator: {max_lag: 1m}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// A collector is sent the run by the command line's own way, its end last.
func TestRunIsPushed(t *testing.T) {
	var mu sync.Mutex
	var last []byte
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		plain, err := gzip.NewReader(r.Body)
		if err != nil {
			t.Error(err)
			return
		}
		body, err := io.ReadAll(plain)
		if err != nil || r.URL.Path != "/v1/metrics" || r.Header.Get("x-token") != "hunter2" {
			t.Errorf("sent to %s with %v: %v", r.URL, r.Header, err)
		}
		mu.Lock()
		defer mu.Unlock()
		last = body
	}))
	t.Cleanup(server.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-token=hunter2")
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1") // the flag is what counts
	t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=rehearsal")
	var stdout, stderr bytes.Buffer
	code := run([]string{"load", tinyScenario(t), "--floor", "0s", "--otlp", server.URL, "--out", filepath.Join(t.TempDir(), "run")}, &stdout, &stderr)
	if code != exitOK || strings.Contains(stderr.String(), "metrics") {
		t.Errorf("exit code %d, %s", code, stderr.String())
	}
	mu.Lock()
	defer mu.Unlock()
	for _, want := range []string{"muster.run.state", "complete", "muster.response", "playtime.heartbeat", "muster.insights.total_players", "service.instance.id", "deployment.environment.name"} {
		if !bytes.Contains(last, []byte(want)) {
			t.Errorf("the last export holds no %s", want)
		}
	}
}

// A collector that never answers does not change how a run ends.
func TestRunWithACollectorThatHangs(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(release) })
	var stdout, stderr bytes.Buffer
	code := run([]string{"load", tinyScenario(t), "--floor", "0s", "--otlp", server.URL, "--out", filepath.Join(t.TempDir(), "run")}, &stdout, &stderr)
	if code != exitOK || strings.Count(stderr.String(), "metrics could not be sent to "+server.URL) != 1 {
		t.Errorf("exit code %d, %s: want 0, and told once", code, stderr.String())
	}
}

// The late seconds that are shown while a run goes on are those that its report judges by.
func TestLateSecondsAreTheReports(t *testing.T) {
	late := 0
	for seed := range uint64(20) {
		w, err := record.Create(filepath.Join(t.TempDir(), "run"), record.Manifest{})
		if err != nil {
			t.Fatal(err)
		}
		tee := record.NewTee(w)
		shown, err := telemetry.Open(t.Context(), telemetry.Config{Run: "aa", Metrics: "127.0.0.1:0"})
		if err != nil {
			t.Fatal(err)
		}
		tee.Watch(shown)
		lagRun(t, tee, rand.New(rand.NewPCG(seed, 1))) //nolint:gosec // the same runs every time
		run, err := record.Open(tee.Dir())
		if err != nil {
			t.Fatal(err)
		}
		want := len(reports.Summarize(run).Generator.LateSeconds)
		late += want
		reply, err := http.Get(shown.URL())
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(reply.Body)
		if err != nil || reply.Body.Close() != nil || !strings.Contains(string(body), fmt.Sprintf("\nmuster_generator_late_seconds_total{run=\"aa\"} %d\n", want)) {
			t.Errorf("seed %d: the report has %d late seconds, the metrics have %s", seed, want, line(string(body), "muster_generator_late_seconds_total{"))
		}
		shown.Close(context.Background())
		if err := tee.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if late == 0 {
		t.Error("no run was ever late, so nothing was compared")
	}
}

// lagRun writes a run of a minute in which the generator is now and then late.
func lagRun(t *testing.T, tee *record.Tee, dice *rand.Rand) {
	t.Helper()
	plan := &record.LoadPlan{
		Operations: []string{"playtime.start", "ingest.http"}, CCU: make([]int, 60), PlannedWall: time.Minute, Warmup: 5 * time.Second,
		MaxLag: 100 * time.Millisecond, TimeScale: 1, Slice: record.Slice{Count: 1},
	}
	m := record.Manifest{Name: "drawn", Verb: "load", Began: time.Unix(1, 0), Load: plan, Ended: record.Running}
	fault := tee.Manifest(m)
	for second := range 60 {
		for range dice.IntN(4) { // of several attackers, or none
			f := record.NewFrame(second, plan.Operations[dice.IntN(2)])
			_ = f.Lag.RecordValues(dice.Int64N(5)*dice.Int64N(60)*1000, 1+dice.Int64N(200))
			if dice.IntN(20) == 0 {
				_ = f.Lag.RecordValues(dice.Int64N(10_000_000), 1+dice.Int64N(200))
			}
			fault = errors.Join(fault, tee.Frames([]*record.Frame{f}))
		}
	}
	m.Ended = record.Complete
	if fault = errors.Join(fault, tee.Manifest(m)); fault != nil {
		t.Fatal(fault)
	}
}
