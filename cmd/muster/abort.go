package main

import (
	"context"
	"errors"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/loadgen"
	"github.com/passmuster/muster/reports"
	"github.com/passmuster/muster/scenarios"
)

// watch has a load run ended as soon as one of its thresholds with abort is broken for good. The run is then settled as
// after Ctrl-C, by the context that is returned; end frees it.
func (r *runDir) watch(ctx context.Context, v *voice, c *loadgen.Config) (_ context.Context, end func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &reports.Watch{}
	r.writer.Watch(w)
	if text := blind(c); text != "" {
		v.say("note: threshold %q can abort nothing: this target's read-back is not followed while the run goes on, only read at its end", text)
	}
	c.Closed = func(second int, known *record.Ledger) {
		if b := w.Closed(second, known); b != nil && ctx.Err() == nil {
			cancel(b)
			v.say("%s  aborting: %v", c.Scenario.Name, b)
		}
	}
	return ctx, func() { cancel(nil) }
}

// blind returns a threshold with abort that is about what only read-back sees, where it sees nothing before the end.
func blind(c *loadgen.Config) string {
	if _, follows := c.Reader.(transport.Tail); follows {
		return ""
	}
	for _, text := range c.Scenario.Thresholds {
		if t, err := text.Parse(); err == nil && t.Abort && (t.OfLedger() || t.Quantity == scenarios.Visible) {
			return string(text)
		}
	}
	return ""
}

// abortOf returns why a run was aborted; nil when its context did not end for a threshold.
func abortOf(ctx context.Context) *record.Abort {
	var b *reports.Breach
	if errors.As(context.Cause(ctx), &b) {
		return &b.Abort
	}
	return nil
}
