package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/bench/figures"
)

// notes begins the part of the report that people write; it is kept when the rest is written anew.
const notes = "## What is missed, and why"

// report writes the whole run as Markdown.
func (r *rig) report(ctx context.Context, sections []*section, took time.Duration) string {
	var b strings.Builder
	var rows []figures.Row
	for _, s := range sections {
		rows = append(rows, s.rows...)
	}
	fmt.Fprintf(&b, "# Benchmarks\n\nWritten by `make bench`, which measures everything side by side on one machine and counts at the server. Quote the\n"+
		"ratios: each is the median over the rounds of the two contestants' ratio in the same round, with the range behind it;\n"+
		"absolute figures are those of one machine on one day. \"CPU\" is user and system time of the generator's process alone.\n\n")
	fmt.Fprintf(&b, "%s\n", r.machine(ctx))
	fmt.Fprintf(&b, "%d rounds of %d s, in %v: %s.\n\n%s\n", r.rounds, r.seconds, took.Round(time.Second), figures.Count(rows), figures.Goals(rows))
	for _, s := range sections {
		fmt.Fprintf(&b, "## %s: %s\n\n", s.group.name, s.group.about)
		if len(s.series) > 0 {
			b.WriteString(figures.Contestants(s.series) + "\n")
		}
		for _, row := range s.rows {
			if row.How != "" {
				fmt.Fprintf(&b, "- %s: %s.\n", row.What, row.How)
			}
		}
		b.WriteString("\n")
	}
	b.WriteString(commands + "\n")
	return b.String()
}

// machine describes what the figures were measured on and with.
func (r *rig) machine(ctx context.Context) string {
	first := func(name string, args ...string) string {
		tool, err := r.tool(name, "")
		if err != nil {
			return "not installed"
		}
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		out, _ := exec.CommandContext(ctx, tool, args...).CombinedOutput() // some tell their version and fail
		for line := range strings.Lines(string(out)) {
			if line = strings.TrimSpace(line); line != "" {
				return line
			}
		}
		return "there"
	}
	facts := [][]string{
		{"date", time.Now().UTC().Format("2006-01-02 15:04 UTC")},
		{"machine", fmt.Sprintf("%d cores, %s, %s", runtime.NumCPU(), model(), memory())},
		{"system", first("uname", "-sr")},
		{"muster", strings.TrimSpace(first("git", "-C", r.root, "describe", "--always", "--dirty") + ", " + runtime.Version())},
		{"wrk", strings.Split(first("wrk", "-v"), "Copyright")[0]},
		{"nginx", first("/usr/sbin/nginx", "-v")},
		{"openssl", first("openssl", "version")},
		{"oha", first("oha", "--version")},
		{"vegeta", pinned(r.root, "internal/bench/peers/go.mod", "github.com/tsenart/vegeta/v12")},
		{"k6", pinned(r.root, "internal/bench/peers/k6/go.mod", "go.k6.io/k6/v2")},
		{"fasthttp", pinned(r.root, "internal/bench/peers/go.mod", "github.com/valyala/fasthttp")},
		{"franz-go", pinned(r.root, "internal/bench/peers/go.mod", "github.com/twmb/franz-go")},
		{"kfake", pinned(r.root, "internal/bench/peers/go.mod", "github.com/twmb/franz-go/pkg/kfake")},
		{"Apache Kafka", jarVersion(filepath.Join(r.bin, "kafka-tools"))},
	}
	return figures.Table([]string{"what", "which"}, facts)
}

// pinned is the version of a module in a go.mod.
func pinned(root, file, module string) string {
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		return err.Error()
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require ")); len(f) >= 2 && f[0] == module {
			return f[1]
		}
	}
	return "not pinned"
}

func jarVersion(dir string) string {
	found, err := filepath.Glob(filepath.Join(dir, "kafka-tools-[0-9]*.jar"))
	if err != nil || len(found) == 0 {
		return "not installed"
	}
	return strings.TrimSuffix(strings.TrimPrefix(filepath.Base(found[0]), "kafka-tools-"), ".jar")
}

// model is the processor's name, where Linux tells it.
func model() string { return procLine("/proc/cpuinfo", "model name") }

func memory() string {
	var kib int64
	if _, err := fmt.Sscan(procLine("/proc/meminfo", "MemTotal"), &kib); err != nil {
		return "memory unknown"
	}
	return fmt.Sprintf("%.0f GiB", float64(kib)/(1<<20))
}

func procLine(file, name string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// commands tells how the contestants were run.
const commands = "## Commands\n\n" +
	"`make bench` installs the peers into `bin/bench` and runs everything; `make bench BENCH=http` one group, `BENCH_ROUNDS` and\n" +
	"`BENCH_SECONDS` set how often and how long. muster is `bin/muster load SCENARIO --target TARGET`: at full speed its plan is\n" +
	"due at once (20,000 players, hours of play in a second or two on the wall), so that it always has as many actions under way as\n" +
	"`max_in_flight` allows; every action is rendered and signed. The peers send the bytes of one such heartbeat:\n\n" +
	"```\n" +
	"wrk -t1 -c64 -d600s -s post.lua URL\n" +
	"vegeta attack -rate=0 -workers=64 -max-workers=64 -connections=64 -targets=... -output=/dev/null\n" +
	"oha --no-tui -c 64 -z 600s -m POST -d BODY -H ... URL\n" +
	"k6 run --quiet --summary-mode=disabled --no-thresholds --no-usage-report k6.js    # 64 VUs; renders and signs like muster\n" +
	"openssl s_time -connect ADDR -new -www / -time 600\n" +
	"kafka-producer-perf-test --throughput -1 --payload-file ... --command-config ... # batch.size 1000012, as franz-go has it\n" +
	"```\n\n" +
	"Each is ended once it has been measured: from a second after its first request on, for the seconds given.\n"

// save writes the report and keeps what people wrote at its end.
func save(file, report string) error {
	old, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	return os.WriteFile(file, []byte(keepNotes(string(old), report)), 0o644)
}

func keepNotes(old, report string) string {
	if _, kept, ok := strings.Cut(old, "\n"+notes+"\n"); ok {
		return report + "\n" + notes + "\n" + kept
	}
	return report
}
