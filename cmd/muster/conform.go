package main

import (
	"context"
	"errors"

	"github.com/passmuster/muster/internal/record"
)

// conformCmd judges a target by the clauses.
type conformCmd struct {
	Run  conformRunCmd  `cmd:"" default:"withargs" help:"Judge a target (what 'muster conform' does)."`
	List conformListCmd `cmd:"" help:"List all clauses, whether they can be judged from outside or not."`
	Plan conformPlanCmd `cmd:"" help:"Say what a run would send and how long it would take, without sending anything to the target."`

	Replay conformReplayCmd `cmd:"" help:"Judge one clause again that failed in an earlier run, against the same target."`

	Worker conformWorkerCmd `cmd:"" hidden:""`
}

type conformRunCmd struct {
	targetFlags
	runFlags
	conformFlags
}

// Run judges the target, leaves a run directory and prints the summary.
func (c conformRunCmd) Run(ctx context.Context, v *voice) (err error) {
	s, err := c.open(ctx, v, 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	p, err := c.prepare(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	p.plan.TargetFile, p.plan.Mutant = c.Target, c.Mutant
	r, err := c.create("conform", "conform-"+s.target.Name, s)
	if err != nil {
		return err
	}
	fault := p.judge(ctx, v, r)
	return r.finish(v, c.runFlags, endedBy(ctx), fault)
}

// endedBy says whether a run came to its own end.
func endedBy(ctx context.Context) string {
	if ctx.Err() != nil {
		return record.Interrupted
	}
	return record.Complete
}
