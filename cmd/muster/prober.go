package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/passmuster/muster/conformance"
	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/target"
)

// prober is everything that a conformance half needs, connected.
type prober struct {
	cfg     conformance.Config
	plan    record.ConformPlan
	target  *target.Target
	sender  *catalog.Sender
	known   *conformance.Known // nil without --known
	index   *conformance.Index // nil when the target offers no read-back
	procs   int                // how many processes share the clauses
	timeout time.Duration      // of one answer
}

// connect reaches the target by every way that a check may use. Close what it returns.
func connect(ctx context.Context, s *subject, settings catalog.Settings) (*prober, error) {
	settings.UserAgent = "muster-conform"
	p := &prober{target: s.target, sender: catalog.NewSender(s.target, settings)}
	if err := p.sender.Reach(ctx); err != nil {
		return nil, errors.Join(unreachable(err, "is target %s up, and does its file name the right addresses and credentials?", s.target.Name), p.close())
	}
	reader, err := catalog.OpenReader(ctx, s.target)
	if err != nil {
		return nil, errors.Join(unreachable(err, "check ingest.readback of target %s", s.target.Name), p.close())
	}
	p.cfg = conformance.Config{
		Claimed: s.claimed(), Sender: p.sender, Insights: catalog.NewInsights(s.target), Evidence: s.evidence(),
	}
	if reader != nil {
		p.index = conformance.NewIndex(reader)
		p.cfg.Readback = p.index
	}
	return p, nil
}

// judge runs the suite and records every finding. The error is muster's own fault, never the target's.
func (p *prober) judge(ctx context.Context, v *voice, r *runDir) error {
	r.manifest.Conform = &p.plan
	bar := v.bar("conformance", "clauses")
	p.cfg.Progress = func(done, total int) {
		bar.set(done, total)
		r.doing(fmt.Sprintf("conformance: %d of %d clauses judged", done, total))
	}
	var lost failures
	found, fault := p.judgeBy(ctx, p.procs, lost.add)
	bar.end()
	r.doing("")
	for _, err := range lost.all {
		v.say("muster: %v", err)
	}
	p.plan.Drift = p.known.Apply(found, time.Now())
	errs := []error{fault}
	for _, f := range found {
		replayable(r.dir, f)
		errs = append(errs, r.writer.Finding(f))
	}
	return errors.Join(errs...)
}

// close frees what prepare connected.
func (p *prober) close() error {
	if p.index != nil {
		p.index.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	return p.sender.Close(ctx)
}
