package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"

	"github.com/passmuster/muster/conformance"
	"github.com/passmuster/muster/internal/catalog"
)

// conformWorkerCmd is a worker of 'muster conform --procs N'. Only its parent calls it.
type conformWorkerCmd struct{}

// Run reads the task from standard input, judges the target by its clauses and writes to standard output what became of
// each. It ends early when standard input does, so that no worker outlives its parent.
func (conformWorkerCmd) Run(ctx context.Context, v *voice) (err error) {
	parent := bufio.NewReader(os.Stdin)
	t, err := receive(parent)
	if err != nil {
		return usage(err, "this verb is for muster's own use; use 'muster conform --procs N'")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { // ends with the process
		_, _ = io.Copy(io.Discard, parent) // however the parent's end of the pipe ends, it is gone
		cancel()
	}()
	s := newSubject(&t.Target, nil)
	v.redactor = s.redactor
	register, err := catalog.Register(s.target)
	if err != nil {
		return err
	}
	p, err := connect(ctx, s, catalog.Settings{Timeout: t.Timeout, MaxRate: t.MaxRate})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	p.cfg.Register, p.cfg.Retries, p.cfg.Seed = register, t.Retries, t.Order
	return conformance.Work(ctx, p.cfg, t.Clauses, v.stdout)
}
