package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/loadgen"
	"github.com/passmuster/muster/scenarios"
)

// loadFlags choose a scenario and bend it.
type loadFlags struct {
	Scenario string `arg:"" optional:"" default:"smoke" help:"A built-in scenario's name ('muster scenarios list') or a file; default smoke."`
	bend
	Samples bool           `help:"Keep every single action in the run directory (50 bytes each), for 'muster report export'."`
	Floor   *time.Duration `placeholder:"D" help:"How long the instrument's own floor is measured before the run, at most 3s; 0s leaves it out (default a tenth of the run)."`

	Regardless bool `help:"Play a scenario that this machine is reckoned not to hold; a run in which the generator was the limit is invalid all the same."`
}

// bend is what the command line may change about a scenario.
type bend struct {
	CCU      *int           `name:"ccu" placeholder:"N" help:"Scale the scenario's curve so that at most N play at once."`
	Duration *time.Duration `placeholder:"D" help:"Stretch or shrink the scenario so that it lasts so long on the wall."`
	Seed     *uint64        `placeholder:"S" help:"Seed of everything that is drawn; the same seed plays the same schedule."`
}

// longestFloor bounds the time before a run that is spent on the floor.
const longestFloor = 3 * time.Second

// floor returns how long the floor of a scenario is measured.
func (f loadFlags) floor(s scenarios.Scenario) time.Duration {
	if f.Floor != nil {
		return *f.Floor
	}
	wall := float64(s.Duration) / s.WithDefaults().TimeScale
	return min(longestFloor, time.Duration(wall/10))
}

// scenario reads the scenario and applies the overrides.
func (f loadFlags) scenario() (scenarios.Scenario, error) {
	if f.Floor != nil && (*f.Floor < 0 || *f.Floor > longestFloor) {
		return scenarios.Scenario{}, usage(fmt.Errorf("--floor %v: want 0s to %v", *f.Floor, longestFloor), "0s leaves the floor out")
	}
	s, _, err := scenarios.Lookup(f.Scenario, checkThresholds)
	if err != nil {
		return s, usage(err, "%s", hintFor(err, "'muster scenarios list' lists the built-in ones, 'muster scenarios check FILE' checks a file"))
	}
	if s, err = f.apply(s); err != nil {
		return s, usage(err, "%s", hintFor(err, "--ccu is at least 1, --duration such as 30s or 10m"))
	}
	return s, checkClients(s)
}

// apply returns the scenario as the flags bend it. To a scenario zero means that nothing is changed; who types it means
// something else, so it is refused.
func (b bend) apply(s scenarios.Scenario) (scenarios.Scenario, error) {
	var (
		ccu      int
		duration time.Duration
		seed     uint64
	)
	for _, flag := range []struct {
		name string
		zero bool
	}{{"--ccu", given(b.CCU, &ccu)}, {"--duration", given(b.Duration, &duration)}, {"--seed", given(b.Seed, &seed)}} {
		if flag.zero {
			return s, fmt.Errorf("%s 0: want more; without it the scenario's own is taken", flag.name)
		}
	}
	return s.Override(ccu, duration, seed)
}

// given copies what a flag says, if it was given, and says whether that is zero.
func given[T comparable](flag, to *T) (zero bool) {
	if flag == nil {
		return false
	}
	*to = *flag
	return *to == *new(T)
}

// loadCmd replays a scenario.
type loadCmd struct {
	targetFlags
	runFlags
	loadFlags
	sliceFlags
	watchedFlags
}

// Run plays the scenario, leaves a run directory and prints the summary.
func (c loadCmd) Run(ctx context.Context, v *voice) (err error) {
	scenario, err := c.scenario()
	if err != nil {
		return err
	}
	portion, err := c.portion(scenario.Peak())
	if err != nil {
		return err
	}
	s, err := c.open(ctx, v, scenario.Peak())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	l, err := prepareLoad(ctx, v, s, scenario, portion, c.Regardless)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	l.floor = c.floor(scenario)
	l.samples = c.Samples
	c.tell(v, portion)
	r, end, err := c.begin(ctx, v, l, func() (*runDir, error) { return c.create("load", scenario.Name, s) })
	if err != nil {
		return err
	}
	defer end()
	fault := l.play(ctx, v, r)
	return r.finish(v, c.runFlags, endedBy(ctx), fault)
}

// player is everything that a load half needs, connected.
type player struct {
	scenario scenarios.Scenario
	preview  loadgen.Preview
	subject  *subject
	routes   []transport.Route
	reader   transport.Reader // nil when the target offers no read-back
	floor    time.Duration    // how long the instrument's floor is measured
	closed   bool
	unclosed error // what closing said
	samples  bool  // every action is to be kept
	portion  portion
}

// prepareLoad connects to the target, if its owner lets it be loaded and this machine can do it, or is to try regardless.
func prepareLoad(ctx context.Context, v *voice, s *subject, scenario scenarios.Scenario, portion portion, regardless bool) (*player, error) {
	if !s.target.Loopback() && !s.target.Load.Allowed {
		return nil, usage(fmt.Errorf("load %s: the target is not on loopback and its file does not allow load", s.target.Name),
			"only the owner of a target may set 'load: {allowed: true, max_rate: N}' in its file")
	}
	preview, err := loadgen.Look(scenario)
	if err == nil {
		err = withinRate(s, preview)
	}
	if err == nil {
		preview, err = preview.Share(portion.slice)
	}
	if err == nil {
		err = withinMachine(ctx, v, s, preview, regardless)
	}
	if err != nil {
		return nil, err
	}
	p := &player{scenario: scenario, preview: preview, subject: s, portion: portion}
	return p, p.connect(ctx, v)
}

// connect reaches the target by every way that the run may use. What it has opened is closed again when it fails.
func (p *player) connect(ctx context.Context, v *voice) error {
	t, hint := p.subject.target, "is target %s up, and does its file name the right addresses and credentials?"
	if err := catalog.Reach(ctx, t); err != nil {
		return unreachable(err, hint, t.Name)
	}
	chosen := settings(p.scenario.Connections)
	chosen.Note = func(remark string) { v.say("%s", remark) }
	var err error
	if p.routes, err = catalog.OpenRoutes(ctx, t, chosen); err != nil {
		return unreachable(err, hint, t.Name)
	}
	reader, err := catalog.OpenReader(ctx, t)
	if err != nil {
		return errors.Join(unreachable(err, "check ingest.readback of target %s", t.Name), p.close())
	}
	p.reader = reader
	return nil
}

// withinRate refuses a scenario whose busiest second is over what the target's owner allows.
func withinRate(s *subject, p loadgen.Preview) error {
	if limit := s.target.Load.MaxRate; limit > 0 && float64(p.PeakRate()) > limit {
		return usage(fmt.Errorf("load %s: scenario %s has %d actions due in its busiest second, the target's file allows %g",
			s.target.Name, p.Scenario.Name, p.PeakRate(), limit), "lower it with --ccu, stretch it with --duration, or ask the owner to raise load.max_rate")
	}
	return nil
}

// play runs the scenario and records what happened. The error is muster's own fault, never the target's.
func (p *player) play(ctx context.Context, v *voice, r *runDir) error {
	display := v.display(p.scenario.Name, r.feed.SoFar)
	c := loadgen.Config{
		Scenario: p.scenario, Routes: p.routes, Run: p.portion.run, Slice: p.portion.slice, Preview: &p.preview,
		Recorder: r.writer, Manifest: r.manifest, Reader: p.reader,
		Intact: catalog.Intact, Insights: catalog.NewInsights(p.subject.target), Tokens: p.subject.tokens(),
		Curl: p.subject.evidence().Curl, Progress: display.show, Unfit: display.unfit, Floor: p.floor,
	}
	if p.samples {
		c.Samples = r.writer
	}
	ctx, end := r.watch(ctx, v, &c)
	defer end()
	result, err := loadgen.Run(ctx, c)
	display.end()
	_ = p.close() // told when it is closed again; the reports may need its descriptors
	r.manifest.Load, r.manifest.Generator = result.Plan, result.Generator
	if result.Interrupted {
		r.manifest.Abort = abortOf(ctx)
	}
	if r.manifest.Generator != nil {
		r.manifest.Generator.SharedProcess = p.subject.server != nil
	}
	return err
}

// close frees what prepareLoad connected. The second call says what the first did.
func (p *player) close() error {
	if p.closed {
		return p.unclosed
	}
	p.closed = true
	if p.reader != nil {
		p.reader.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	p.unclosed = catalog.CloseRoutes(ctx, p.routes)
	return p.unclosed
}
