package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/passmuster/muster/conformance"
	"github.com/passmuster/muster/internal/record"
)

// mostProcs bounds the workers of one run.
const mostProcs = 16

// dismissWithin is how long a worker may take to end after it was told to; then it is killed.
const dismissWithin = 5 * time.Second

// mostHeard bounds what is kept of what a worker says on standard error, in bytes.
const mostHeard = 4 << 10

// judgeBy runs the suite in this process, or shared among so many others.
func (p *prober) judgeBy(ctx context.Context, procs int, lost func(error)) ([]record.Finding, error) {
	if procs <= 1 {
		return conformance.Run(ctx, p.cfg)
	}
	return conformance.RunOver(ctx, p.cfg, conformance.Crew{
		Size: procs, Lost: lost,
		Start: func(ctx context.Context, _ int, ids []string) (io.ReadCloser, error) {
			return hire(ctx, p.task(procs, ids))
		},
	})
}

// task is what one of so many workers is told. They share the target's cap on the rate.
func (p *prober) task(procs int, ids []string) task {
	return task{
		Target: *p.target, Clauses: ids, Timeout: p.timeout, MaxRate: p.target.Load.MaxRate / float64(procs),
		Retries: p.cfg.Retries, Order: p.cfg.Seed,
	}
}

// failures collects errors from any goroutine.
type failures struct {
	mu  sync.Mutex
	all []error
}

func (f *failures) add(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, err)
}

// worker is a worker process: what it writes, and how it ended.
type worker struct {
	io.ReadCloser // its standard output

	cmd     *exec.Cmd
	parting io.Closer // its standard input: it ends when that does
	stderr  *heard
}

// command is this very binary as a worker. Its arguments say nothing of the task.
func command(ctx context.Context) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this binary: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, "conform", "worker") //nolint:gosec // it is this very binary
	cmd.Args[0] = os.Args[0]
	return cmd, nil
}

// hire starts a worker and gives it its task. It ends within dismissWithin when ctx does.
func hire(ctx context.Context, t task) (*worker, error) {
	cmd, err := command(ctx)
	if err != nil {
		return nil, err
	}
	stderr := &heard{}
	stdin, inErr := cmd.StdinPipe()
	stdout, outErr := cmd.StdoutPipe()
	if err := errors.Join(inErr, outErr); err != nil {
		return nil, fmt.Errorf("start a worker process: %w", err)
	}
	cmd.Stderr, cmd.Cancel, cmd.WaitDelay = stderr, stdin.Close, dismissWithin
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start a worker process: %w", err)
	}
	w := &worker{ReadCloser: stdout, cmd: cmd, parting: stdin, stderr: stderr}
	if err := t.send(stdin); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// Close lets the worker go, waits for its end and returns how it ended when that was not in good order.
func (w *worker) Close() error {
	if err := w.parting.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return err
	}
	err := w.cmd.Wait()
	if err == nil {
		return nil
	}
	if said := w.stderr.fault(); said != "" {
		return fmt.Errorf("it ended early (%w): %s", err, said)
	}
	return fmt.Errorf("it ended early (%w)", err)
}

// heard keeps the beginning of what a process says: what ends it comes first, and a stack may follow. It is safe for
// concurrent use.
type heard struct {
	mu   sync.Mutex
	kept []byte
}

// Write implements io.Writer.
func (h *heard) Write(text []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.kept = append(h.kept, text[:min(len(text), mostHeard-len(h.kept))]...)
	return len(text), nil
}

// fault returns the first line that tells of a fault, muster's own or that of Go's runtime, and without one the last line.
func (h *heard) fault() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	last := ""
	for line := range strings.Lines(string(h.kept)) {
		line = strings.TrimSpace(line)
		for _, mark := range []string{"muster: ", "panic: ", "fatal error: "} {
			if strings.HasPrefix(line, mark) {
				return strings.TrimPrefix(line, "muster: ")
			}
		}
		last = cmp.Or(line, last)
	}
	return last
}
