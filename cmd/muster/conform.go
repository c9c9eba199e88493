package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/passmuster/muster/conformance"
	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// conformFlags choose what is judged and how strictly.
type conformFlags struct {
	Filter string   `placeholder:"EXPR" help:"Judge only clauses whose labels match, for example 'level:MUST && transport:http'."`
	Clause []string `placeholder:"ID" help:"Judge only this clause; may be given several times."`
	FailOn string   `name:"fail-on" enum:"must,should,may" default:"must" help:"Level from which a broken clause fails the run: must, should or may."`

	Known string `placeholder:"FILE" help:"List of clauses that are known to fail: they still run, and exit code 4 says that the list drifted from the truth."`

	Timeout time.Duration `default:"10s" placeholder:"D" help:"How long one answer may take, at most 10s. A door that never answers is given up after three clauses."`
}

// filter returns the label filter that the flags ask for.
func (f conformFlags) filter(register *contract.Register) (string, error) {
	if len(f.Clause) == 0 {
		return f.Filter, nil
	}
	var wanted []string
	for _, id := range f.Clause {
		c, known := register.Lookup(id)
		if !known {
			return "", usage(fmt.Errorf("--clause %s: no such clause", id), "'muster conform list' lists all clauses")
		}
		wanted = append(wanted, conformance.Labels(c)[0])
	}
	filter := "(" + strings.Join(wanted, " || ") + ")"
	if f.Filter != "" {
		filter += " && (" + f.Filter + ")"
	}
	return filter, nil
}

// conformCmd judges a target by the clauses.
type conformCmd struct {
	Run  conformRunCmd  `cmd:"" default:"withargs" help:"Judge a target (what 'muster conform' does)."`
	List conformListCmd `cmd:"" help:"List all clauses, whether they can be judged from outside or not."`
	Plan conformPlanCmd `cmd:"" help:"Say what a run would send and how long it would take, without sending anything to the target."`

	Replay conformReplayCmd `cmd:"" help:"Judge one clause again that failed in an earlier run, against the same target."`
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

// prober is everything that a conformance half needs, connected.
type prober struct {
	cfg    conformance.Config
	plan   record.ConformPlan
	sender *catalog.Sender
	known  *conformance.Known // nil without --known
	index  *conformance.Index // nil when the target offers no read-back
}

// longestAnswer bounds how long a vendor may have one answer take.
const longestAnswer = 10 * time.Second

// prepare connects to the target and checks that something is selected.
func (f conformFlags) prepare(ctx context.Context, s *subject) (*prober, error) {
	if f.Timeout <= 0 || f.Timeout > longestAnswer {
		return nil, usage(fmt.Errorf("--timeout %v: want more than 0 and at most %v", f.Timeout, longestAnswer), "leave it out for %v", longestAnswer)
	}
	register, err := catalog.Register(s.target)
	if err != nil {
		return nil, err
	}
	filter, err := f.filter(register)
	if err != nil {
		return nil, err
	}
	if _, err := conformance.Select(register, s.claimed(), filter); err != nil {
		return nil, usage(err, "'muster conform list' shows the labels that a filter can use")
	}
	known, err := f.knownFailures()
	if err != nil {
		return nil, err
	}
	p := &prober{known: known, sender: catalog.NewSender(s.target, catalog.Settings{UserAgent: "muster-conform", Timeout: f.Timeout, MaxRate: s.target.Load.MaxRate})}
	if err := p.sender.Reach(ctx); err != nil {
		return nil, errors.Join(unreachable(err, "is target %s up, and does its file name the right addresses and credentials?", s.target.Name), p.close())
	}
	reader, err := catalog.OpenReader(ctx, s.target)
	if err != nil {
		return nil, errors.Join(unreachable(err, "check ingest.readback of target %s", s.target.Name), p.close())
	}
	p.cfg = conformance.Config{
		Register: register, Claimed: s.claimed(), Filter: filter, Sender: p.sender, Insights: catalog.NewInsights(s.target),
		Evidence: s.evidence(),
	}
	if reader != nil {
		p.index = conformance.NewIndex(reader)
		p.cfg.Readback = p.index
	}
	p.plan = record.ConformPlan{
		Claimed: s.target.Capabilities(), Filter: filter, FailOn: strings.ToUpper(f.FailOn), Clauses: len(register.Clauses()),
	}
	return p, nil
}

// knownFailures reads the known-failing list, if there is to be one.
func (f conformFlags) knownFailures() (*conformance.Known, error) {
	if f.Known == "" {
		return nil, nil
	}
	known, err := conformance.LoadKnown(f.Known)
	if err != nil {
		return nil, usage(err, "%s", hintFor(err, "README.md shows a known-failing list"))
	}
	return known, nil
}

// judge runs the suite and records every finding. The error is muster's own fault, never the target's.
func (p *prober) judge(ctx context.Context, v *voice, r *runDir) error {
	r.manifest.Conform = &p.plan
	bar := v.bar("conformance", "clauses")
	p.cfg.Progress = bar.set
	found, fault := conformance.Run(ctx, p.cfg)
	bar.end()
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
