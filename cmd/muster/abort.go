package main

import (
	"context"
	"errors"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen"
	"github.com/passmuster/muster/reports"
)

// watch has a load run ended as soon as one of its thresholds with abort is broken for good. The run is then settled as
// after Ctrl-C, by the context that is returned; end frees it.
func (r *runDir) watch(ctx context.Context, v *voice, c *loadgen.Config) (_ context.Context, end func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &reports.Watch{}
	r.writer.Watch(w)
	c.Closed = func(second int, known *record.Ledger) {
		if b := w.Closed(second, known); b != nil && ctx.Err() == nil {
			cancel(b)
			v.say("%s  aborting: %v", c.Scenario.Name, b)
		}
	}
	return ctx, func() { cancel(nil) }
}

// abortOf returns why a run was aborted; nil when its context did not end for a threshold.
func abortOf(ctx context.Context) *record.Abort {
	var b *reports.Breach
	if errors.As(context.Cause(ctx), &b) {
		return &b.Abort
	}
	return nil
}
