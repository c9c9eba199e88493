//go:build integration

package prometheus

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/record"
)

// patience bounds every wait, the run included.
const patience = 3 * time.Minute

const installed = "../../../bin/interop-prometheus/usr/bin"

// TestPrometheusWatchesARun has Prometheus scrape a run from its beginning to its end.
func TestPrometheusWatchesARun(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	dir := t.TempDir()
	muster := filepath.Join(dir, "muster")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", muster, "../../../cmd/muster").CombinedOutput(); err != nil {
		t.Fatalf("build: %v: %s", err, out)
	}
	run := exec.CommandContext(ctx, muster, "load", "smoke", "--ccu", "100", "--duration", "15s", "--floor", "0s",
		"--metrics", "127.0.0.1:0", "--metrics-linger", "2m", "--out", filepath.Join(dir, "run"))
	said, err := os.Create(filepath.Join(dir, "said"))
	must(t, err)
	run.Stderr = said
	must(t, run.Start())
	scrape := await(ctx, t, func() string {
		text, _ := os.ReadFile(said.Name())
		return regexp.MustCompile(`http://\S+/metrics`).FindString(string(text))
	})
	check(ctx, t, scrape)
	p := start(ctx, t, dir, strings.TrimSuffix(strings.TrimPrefix(scrape, "http://"), "/metrics"))
	if err := run.Wait(); err != nil && run.ProcessState.ExitCode() != 3 { // what a busy machine makes of the verdict is nothing to Prometheus
		text, _ := os.ReadFile(said.Name())
		t.Fatalf("muster: %v: %s", err, text)
	}
	await(ctx, t, func() string { return p.value(`sum(last_over_time(muster_ledger_events{state="planned"}[1h]))`) })
	p.compare(filepath.Join(dir, "run"))
	p.dashboard()
}

// check has Prometheus' own tool look at what is served. The run has just begun, so this scrape is not its last.
func check(ctx context.Context, t *testing.T, address string) {
	t.Helper()
	tool := exec.CommandContext(ctx, filepath.Join(installed, "promtool"), "check", "metrics")
	tool.Stdin = bytes.NewReader(get(ctx, t, address))
	if out, err := tool.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("promtool check metrics: %v: %s", err, out)
	}
}

// prometheus is a running one.
type prometheus struct {
	ctx     context.Context
	t       *testing.T
	address string
}

// start starts a Prometheus that scrapes a target every three seconds, and ends it with the test.
func start(ctx context.Context, t *testing.T, dir, target string) *prometheus {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	p := &prometheus{ctx, t, free.Addr().String()}
	must(t, free.Close())
	config := filepath.Join(dir, "prometheus.yml")
	text := fmt.Sprintf("global: {scrape_interval: 3s, scrape_timeout: 3s}\nscrape_configs:\n  - job_name: muster\n    static_configs: [{targets: [%q]}]\n", target)
	must(t, os.WriteFile(config, []byte(text), 0o600))
	said, err := os.Create(filepath.Join(dir, "prometheus.log"))
	must(t, err)
	server := exec.CommandContext(ctx, filepath.Join(installed, "prometheus"), "--config.file="+config,
		"--storage.tsdb.path="+filepath.Join(dir, "stored"), "--web.listen-address="+p.address)
	server.Stdout, server.Stderr = said, said
	must(t, server.Start())
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	return p
}

// answer is one series of what Prometheus answers, with its value.
type answer struct {
	Metric map[string]string
	Value  [2]any
}

// ask evaluates an expression as of now. An error is Prometheus' own, or that it is not up yet.
func (p *prometheus) ask(expr string) ([]answer, error) {
	request, err := http.NewRequestWithContext(p.ctx, http.MethodGet, "http://"+p.address+"/api/v1/query?"+url.Values{"query": {expr}}.Encode(), nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	var reply struct {
		Status, Error string
		Data          struct{ Result []answer }
	}
	if err := json.NewDecoder(response.Body).Decode(&reply); err != nil {
		return nil, fmt.Errorf("%s: %w", response.Status, err)
	}
	if reply.Status != "success" {
		return nil, fmt.Errorf("%s: %s", response.Status, reply.Error)
	}
	return reply.Data.Result, nil
}

// value returns the value of an expression that has one series; empty when it has none.
func (p *prometheus) value(expr string) string {
	found, err := p.ask(expr)
	if err != nil || len(found) != 1 {
		return ""
	}
	text, _ := found[0].Value[1].(string)
	return text
}

// compare holds what Prometheus has stored against what the run left.
func (p *prometheus) compare(dir string) {
	run, err := record.Open(dir)
	must(p.t, err)
	all := record.NewFrame(0, "all")
	for f, err := range run.Frames() {
		must(p.t, err)
		must(p.t, all.Merge(f))
	}
	if all.Outcomes["acknowledged"] < 100 || run.Ledger == nil {
		p.t.Fatalf("%d actions acknowledged, ledger %v: too little to prove anything", all.Outcomes["acknowledged"], run.Ledger)
	}
	for expr, want := range map[string]int64{
		`sum(last_over_time(muster_actions_planned_total[1h]))`:                              all.Planned,
		`sum(last_over_time(muster_actions_total{outcome="acknowledged"}[1h]))`:              all.Outcomes["acknowledged"],
		`sum(last_over_time(muster_response_seconds_count[1h]))`:                             all.Response.TotalCount(),
		`sum(last_over_time(muster_response_seconds_bucket{le="+Inf"}[1h]))`:                 all.Response.TotalCount(),
		`sum(last_over_time(muster_lag_seconds_count[1h]))`:                                  all.Lag.TotalCount(),
		`sum(last_over_time(muster_ledger_events{state="found"}[1h]))`:                       run.Ledger.Found,
		`sum(last_over_time(muster_run_state{state="complete"}[1h]))`:                        1,
		`count(last_over_time(muster_run_info{scenario="smoke",target="reference"}[1h]))`:    1,
		`count(count by (run) (last_over_time(muster_run_state{state="complete"}[1h]) > 0))`: 1,
	} {
		if got := p.value(expr); got != strconv.FormatInt(want, 10) {
			p.t.Errorf("%s: Prometheus has %q, the run left %d", expr, got, want)
		}
	}
}

// dashboard has Prometheus evaluate every expression of the dashboard.
func (p *prometheus) dashboard() {
	data, err := os.ReadFile("../../../fixtures/grafana/muster.json")
	must(p.t, err)
	var d struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	must(p.t, json.Unmarshal(data, &d))
	variables := strings.NewReplacer("$__rate_interval", "12s", "$__range", "1h", "$run", ".+", "$operation", ".*")
	asked := 0
	for _, panel := range d.Panels {
		for _, target := range panel.Targets {
			asked++
			if _, err := p.ask(variables.Replace(target.Expr)); err != nil {
				p.t.Errorf("%s: %s: %v", panel.Title, target.Expr, err)
			}
		}
	}
	if asked < 50 {
		p.t.Errorf("only %d expressions were asked", asked)
	}
}

// await calls look until it finds something.
func await(ctx context.Context, t *testing.T, look func() string) string {
	t.Helper()
	for {
		if found := look(); found != "" {
			return found
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			t.Fatal("it did not come about in time")
		}
	}
}

func get(ctx context.Context, t *testing.T, address string) []byte {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	must(t, err)
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	must(t, err)
	return body
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
