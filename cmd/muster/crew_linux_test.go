package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/reference"
)

// gate lies before the clean reference and lets so many requests through; all others wait until it is opened.
type gate struct {
	file   string // a target file that leads through the gate
	opened chan struct{}
	open   func() // opens it for all

	mu      sync.Mutex // guards all below
	through int
	waiting int
}

// gated starts the reference and a gate before its playtime door. The file takes its secrets from the environment.
func gated(t *testing.T, through int) *gate {
	t.Helper()
	server, err := startReference(t.Context(), reference.Options{Players: 1}, halves(catalog.Manners{}, nil))
	if err != nil {
		t.Fatal(err)
	}
	to, err := url.Parse(server.Target().Playtime.BaseURL)
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{file: filepath.Join(t.TempDir(), "gated.yaml"), opened: make(chan struct{}), through: through}
	g.open = sync.OnceFunc(func() { close(g.opened) })
	pass := &httputil.ReverseProxy{
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: to.Scheme, Host: to.Host}) },
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }, // whoever asked is gone
	}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.wait()
		pass.ServeHTTP(w, r)
	}))
	p := server.Target().Playtime
	t.Setenv("GATED_TOKEN", p.AccessTokens[0].Reveal())
	t.Setenv("GATED_KEY", p.MetricsKey.Reveal())
	write(t, g.file, fmt.Sprintf("version: 1\nname: gated\nplaytime: {base_url: %q, access_tokens: [\"${GATED_TOKEN}\"], metrics_key: \"${GATED_KEY}\"}\n", front.URL+to.Path))
	t.Cleanup(func() {
		g.open()
		front.Close()
		ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
		defer cancel()
		if err := server.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return g
}

func (g *gate) wait() {
	g.mu.Lock()
	g.through--
	shut := g.through < 0
	if shut {
		g.waiting++
	}
	g.mu.Unlock()
	if shut {
		<-g.opened
	}
}

// crowd waits until so many requests wait at the gate.
func (g *gate) crowd(t *testing.T, want int) {
	t.Helper()
	for deadline := time.Now().Add(waitLimit); ; time.Sleep(5 * time.Millisecond) {
		g.mu.Lock()
		n := g.waiting
		g.mu.Unlock()
		if n >= want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d requests wait at the gate after %v, want %d", n, waitLimit, want)
		}
	}
}

// process is muster as a process of its own.
type process struct {
	*exec.Cmd
	said bytes.Buffer // on either stream
	out  string       // its run directory
}

func start(t *testing.T, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*waitLimit)
	t.Cleanup(cancel)
	p := &process{Cmd: exec.CommandContext(ctx, self, append(args, "--out", filepath.Join(t.TempDir(), "run"))...)}
	p.out = p.Args[len(p.Args)-1]
	p.Args[0] = "muster" // TestMain goes by the name
	p.Stdout, p.Stderr = &p.said, &p.said
	p.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a signal to the group is not for the test
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

// exits waits for the end and demands the exit code.
func (p *process) exits(t *testing.T, want int) {
	t.Helper()
	err := p.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if got := p.ProcessState.ExitCode(); got != want {
		t.Errorf("exit code %d, want %d:\n%s", got, want, p.said.String())
	}
}

// workers returns the ids of its child processes.
func (p *process) workers(t *testing.T) []int {
	t.Helper()
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", p.Process.Pid))
	if err != nil || len(lists) == 0 {
		t.Skipf("the kernel does not list child processes: %v", err)
	}
	var ids []int
	for _, list := range lists {
		for _, id := range strings.Fields(content(t, list)) {
			n, err := strconv.Atoi(id)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, n)
		}
	}
	return ids
}

// gone waits until no process has any of these ids.
func gone(t *testing.T, ids []int) {
	t.Helper()
	for _, id := range ids {
		for deadline := time.Now().Add(waitLimit); syscall.Kill(id, 0) == nil; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("worker %d outlives its parent", id)
			}
		}
	}
}

// statusesOf counts what a run found.
func statusesOf(t *testing.T, dir string) (counts map[string]int, run *record.Run) {
	t.Helper()
	run, err := record.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	counts = map[string]int{}
	for _, f := range run.Findings {
		counts[f.Status]++
	}
	return counts, run
}

// TestT9WorkersGetSecretsByPipeOnly: everybody on the machine can read the arguments of a process, and workers must be found
// wherever the parent was started from.
func TestT9WorkersGetSecretsByPipeOnly(t *testing.T) {
	g := gated(t, 0)
	p := start(t, "conform", "--procs", "3", "--target", g.file)
	g.crowd(t, 3)
	workers := p.workers(t)
	if len(workers) != 3 {
		t.Errorf("got %d workers, want 3", len(workers))
	}
	for _, id := range workers {
		line := content(t, fmt.Sprintf("/proc/%d/cmdline", id))
		if want := "muster\x00conform\x00worker\x00"; line != want {
			t.Errorf("worker %d has the arguments %q, want %q", id, line, want)
		}
	}
	cmd, err := command(t.Context())
	if err != nil || !filepath.IsAbs(cmd.Path) || len(cmd.Args) != 3 || cmd.Env != nil {
		t.Errorf("got %v %q %q and %v, want an absolute path, two arguments and the environment inherited", cmd.Path, cmd.Args, cmd.Env, err)
	}
	g.open()
	p.exits(t, exitOK)
}

// TestAKilledWorkerLeavesTheRunInconclusive, and muster says which it was and why.
func TestAKilledWorkerLeavesTheRunInconclusive(t *testing.T) {
	g := gated(t, 20)
	p := start(t, "conform", "--procs", "2", "--target", g.file)
	g.crowd(t, 2)
	workers := p.workers(t)
	if len(workers) != 2 {
		t.Fatalf("got %d workers, want 2", len(workers))
	}
	if err := syscall.Kill(workers[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	gone(t, workers[:1]) // its parent has taken note
	g.open()
	p.exits(t, exitInvalid)
	for _, want := range []string{"muster: worker ", " of 2: it ended early (signal: killed); ", "conformance  inconclusive"} {
		if !strings.Contains(p.said.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, p.said.String())
		}
	}
	counts, run := statusesOf(t, p.out)
	if counts[record.Pass] == 0 || counts[record.Fail]+counts[record.Inconclusive] > 0 || run.Manifest.Ended != record.Complete {
		t.Errorf("found %v, ended %s; want some passed and some not run", counts, run.Manifest.Ended)
	}
	lost := 0
	for _, f := range run.Findings {
		if strings.Contains(f.Reason, "signal: killed") {
			lost++
		}
		if f.Status == record.NotRun && !strings.HasPrefix(f.Reason, "slow: ") && !strings.Contains(f.Reason, "signal: killed") {
			t.Errorf("%s was not run because %q, want the worker's end", f.ID, f.Reason)
		}
	}
	if lost == 0 {
		t.Error("no clause was lost")
	}
}

// TestCtrlCStopsAllWorkers in a bounded time and keeps what they found; also when the parent has no time to tell them.
func TestCtrlCStopsAllWorkers(t *testing.T) {
	for _, c := range []struct {
		name   string
		signal syscall.Signal
		all    bool // the workers get the signal, too, as from a terminal
		code   int
	}{
		{"interrupt", syscall.SIGINT, false, exitInterrupted}, {"interrupt from a terminal", syscall.SIGINT, true, exitInterrupted},
		{"terminate", syscall.SIGTERM, false, exitInterrupted}, {"kill", syscall.SIGKILL, false, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := gated(t, 20)
			p := start(t, "conform", "--procs", "2", "--target", g.file)
			g.crowd(t, 2)
			workers := p.workers(t)
			to := p.Process.Pid
			if c.all {
				to = -to
			}
			if err := syscall.Kill(to, c.signal); err != nil {
				t.Fatal(err)
			}
			p.exits(t, c.code)
			gone(t, workers)
			if c.code < 0 {
				return
			}
			counts, run := statusesOf(t, p.out)
			if counts[record.Pass] == 0 || counts[record.NotRun] == 0 || counts[record.Fail] > 0 || run.Manifest.Ended != record.Interrupted {
				t.Errorf("found %v, ended %s; want partial results that say so", counts, run.Manifest.Ended)
			}
		})
	}
}

// TestHoweverManyProcessesFindTheSame in the clean reference and in two mutants of it.
func TestHoweverManyProcessesFindTheSame(t *testing.T) {
	for _, c := range []struct {
		mutant string
		code   int
	}{{"", exitOK}, {"start-answers-200", exitFailed}, {"ingest-drops-nulls", exitFailed}} {
		t.Run("mutant "+c.mutant, func(t *testing.T) {
			t.Parallel()
			var serial []string
			for _, procs := range []int{1, 2, 4} {
				p := start(t, "conform", "--mutant", c.mutant, "--procs", strconv.Itoa(procs), "--order", strconv.Itoa(procs))
				p.exits(t, c.code)
				_, run := statusesOf(t, p.out)
				var found []string
				for _, f := range run.Findings {
					found = append(found, f.ID+" "+f.Status)
				}
				if plan := run.Manifest.Conform; plan == nil || plan.Procs != procs || len(found) != plan.Clauses {
					t.Errorf("%d processes: %d findings of the plan %+v", procs, len(found), plan)
				}
				if procs == 1 {
					serial = found
				}
				if !slices.Equal(found, serial) {
					t.Errorf("%d processes found otherwise than one: %q and %q", procs, without(found, serial), without(serial, found))
				}
			}
		})
	}
}

// without returns those of a that b does not have.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(one string) bool { return slices.Contains(b, one) })
}
