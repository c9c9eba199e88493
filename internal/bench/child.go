package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/passmuster/muster/internal/bench/figures"
	"github.com/passmuster/muster/internal/bench/process"
)

// child is this program run again, as one of the processes that are measured.
func child(ctx context.Context, what string, args []string) error {
	switch what {
	case "floor":
		return floor(ctx, args)
	case "readback":
		return readback(ctx, args)
	case "apachekafka":
		return genuine(ctx, args)
	default:
		return fmt.Errorf("child %q, want floor, readback or apachekafka", what)
	}
}

// own is a contestant that is a child: it says "begin" when what is measured begins, "units N" when it is over, and ends.
func (r *rig) own(name, unit, what string, args ...string) contestant {
	return contestant{name: name, unit: unit, run: func(ctx context.Context) (figures.Reading, error) {
		_, reading, err := r.childReading(ctx, what, args...)
		return reading, err
	}}
}

// childReading runs a child to its end.
func (r *rig) childReading(ctx context.Context, what string, args ...string) (*process.Process, figures.Reading, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*readyWithin)
	defer cancel()
	self, err := os.Executable()
	if err != nil {
		return nil, figures.Reading{}, err
	}
	r.runs++
	dir := fmt.Sprintf("%s/%s-%d", r.dir, what, r.runs)
	p, err := process.Start(ctx, process.Command{Args: append([]string{self, "child", what, dir}, args...), Core: r.generator})
	if err != nil {
		return nil, figures.Reading{}, err
	}
	defer p.Kill()
	if _, err := p.Line(ctx, "begin"); err != nil {
		return p, figures.Reading{}, err
	}
	began := time.Now()
	cpu, err := p.CPU()
	if err != nil {
		return p, figures.Reading{}, err
	}
	units, err := p.Line(ctx, "units")
	if err != nil {
		return p, figures.Reading{}, err
	}
	wall := time.Since(began)
	usage, err := p.Wait(ctx)
	if err != nil {
		return p, figures.Reading{}, err
	}
	n, err := strconv.ParseInt(units[0], 10, 64)
	return p, figures.Reading{Units: n, CPU: usage.CPU - cpu, Wall: wall, RSS: usage.RSS}, err
}
