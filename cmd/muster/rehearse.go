package main

import (
	"context"
	"errors"
)

// rehearseCmd is the main job.
type rehearseCmd struct {
	targetFlags
	runFlags
	conformFlags
	loadFlags
	watchedFlags
}

// Run judges the target, plays the scenario, reads back, and leaves one report.
func (c rehearseCmd) Run(ctx context.Context, v *voice) (err error) {
	scenario, err := c.scenario()
	if err != nil {
		return err
	}
	s, err := c.open(ctx, v, scenario.Peak())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	p, err := c.prepare(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	l, err := prepareLoad(ctx, v, s, scenario, everything(), c.Regardless)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	l.floor = c.floor(scenario)
	l.samples = c.Samples

	p.plan.TargetFile, p.plan.Mutant = c.Target, c.Mutant
	r, end, err := c.begin(ctx, v, l, func() (*runDir, error) { return c.create("rehearse", scenario.Name, s) })
	if err != nil {
		return err
	}
	defer end()
	v.say("rehearsing %s against %s", scenario.Name, s.target.Name)
	fault := p.judge(ctx, v, r)
	if fault == nil && ctx.Err() == nil {
		fault = l.play(ctx, v, r)
	}
	return r.finish(v, c.runFlags, endedBy(ctx), fault)
}
