package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/passmuster/muster/internal/bench/figures"
	"github.com/passmuster/muster/internal/bench/process"
)

// contestant is a generator that can be measured any number of times.
type contestant struct {
	name, unit string
	run        func(ctx context.Context) (figures.Reading, error) // one round; a lacking error says why there can be none
}

// course is where a contestant runs: all that it may use, the server that counts, and how long it runs beforehand.
type course struct {
	core    int
	against *server
	settle  time.Duration // default settleFor
}

// outside is a contestant whose work is counted at a server. Command is asked in each round.
func (r *rig) outside(name, unit string, on course, command func(ctx context.Context) (process.Command, error)) contestant {
	return contestant{name: name, unit: unit, run: func(ctx context.Context) (figures.Reading, error) {
		c, err := command(ctx)
		if err != nil {
			return figures.Reading{}, err
		}
		c.Core = on.core
		return r.reading(ctx, c, on)
	}}
}

// contest measures all contestants in interleaved rounds: A B C, A B C. One that fails is left out from then on.
func (r *rig) contest(ctx context.Context, all []contestant) []figures.Series {
	series := make([]figures.Series, len(all))
	for i, c := range all {
		series[i] = figures.Series{Name: c.name, Unit: c.unit}
	}
	for round := range r.rounds {
		for i, c := range all {
			if series[i].Missing != "" || ctx.Err() != nil {
				continue
			}
			reading, err := c.run(ctx)
			if err != nil {
				var l *lacking
				series[i].Missing, series[i].Readings = oneLine(err.Error()), nil
				series[i].Faulty = !errors.As(err, &l)
				r.say("  %s: %s", c.name, series[i].Missing)
				continue
			}
			series[i].Readings = append(series[i].Readings, reading)
			r.say("  round %d  %-40s %8s µs of CPU per %s, %9s/s", round+1, c.name,
				figures.Number(reading.CPUPerUnit()), c.unit, figures.Number(reading.PerSecond()))
		}
	}
	return series
}

// reading runs a command and measures it once the server has seen its first request and it has settled.
func (r *rig) reading(ctx context.Context, c process.Command, on course) (figures.Reading, error) {
	before, err := on.against.counter.count(ctx)
	if err != nil {
		return figures.Reading{}, err
	}
	p, err := process.Start(ctx, c)
	if err != nil {
		return figures.Reading{}, err
	}
	defer p.Kill()
	const requestsOfCounting = 5
	if err := r.reaches(ctx, p, on.against, before+requestsOfCounting, readyWithin); err != nil {
		return figures.Reading{}, err
	}
	if err := pause(ctx, p, cmp.Or(on.settle, settleFor)); err != nil {
		return figures.Reading{}, err
	}
	return r.observe(ctx, p, on.against, r.window())
}

// reaches waits until the server has served more than so much.
func (r *rig) reaches(ctx context.Context, p *process.Process, s *server, more int64, within time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	last := int64(0)
	for asked := int64(0); ; asked++ {
		n, err := s.counter.count(ctx)
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("%d were served within %v, want %d: %s", last, within, more, p.Said())
		case err != nil:
			return err
		case n > more+asked: // nginx counts the questions too
			return nil
		}
		last = n
		select {
		case <-tick.C:
		case <-p.Exited():
			return fmt.Errorf("it ended before it was measured: %s", p.Said())
		case <-ctx.Done():
		}
	}
}

// observe measures a process for one window.
func (r *rig) observe(ctx context.Context, p *process.Process, s *server, window time.Duration) (figures.Reading, error) {
	units, cpu, began, err := look(ctx, p, s)
	if err != nil {
		return figures.Reading{}, err
	}
	if err := pause(ctx, p, window); err != nil {
		return figures.Reading{}, err
	}
	unitsNow, cpuNow, now, err := look(ctx, p, s)
	if err != nil {
		return figures.Reading{}, err
	}
	rss, err := p.PeakRSS()
	if err != nil {
		return figures.Reading{}, err
	}
	reading := figures.Reading{Units: unitsNow - units, CPU: cpuNow - cpu, Wall: now.Sub(began), RSS: rss}
	const least = 30
	if reading.Units < least {
		return reading, fmt.Errorf("%d served in %v, want %d at least: %s", reading.Units, window, least, p.Said())
	}
	return reading, nil
}

// look reads the server's count and the process's CPU time, close to each other.
func look(ctx context.Context, p *process.Process, s *server) (units int64, cpu time.Duration, at time.Time, err error) {
	if units, err = s.counter.count(ctx); err != nil {
		return
	}
	cpu, err = p.CPU()
	return units, cpu, time.Now(), err
}

// pause waits, unless the process or ctx ends first.
func pause(ctx context.Context, p *process.Process, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-p.Exited():
		return fmt.Errorf("it ended while it was measured: %s", p.Said())
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// missing turns an error into the row that a group shows instead.
func missing(what string, goal figures.Goal, err error) figures.Row {
	var l *lacking
	if errors.As(err, &l) {
		return figures.NotYet(what, "", goal, l.why)
	}
	return figures.Fault(what, "", goal, oneLine(err.Error()))
}
