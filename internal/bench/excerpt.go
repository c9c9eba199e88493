package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/passmuster/muster/internal/bench/figures"
	"github.com/passmuster/muster/internal/bench/process"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/reports"
)

// excerpt is a plan that was played in real time up to a point, measured there for a while, and then interrupted.
type excerpt struct {
	figures.Reading
	summary  reports.Summary
	run      *record.Run
	from, to int // whole seconds of the run, [from, to), within the measurement
}

// longer is how long an excerpt is measured: it is played once, not in rounds.
func (r *rig) longer() time.Duration { return 5 * r.window() }

// excerpt plays p until the server has served so much, which must take no longer than within, and measures then.
func (r *rig) excerpt(ctx context.Context, p play, s *server, serve int64, within time.Duration) (*excerpt, error) {
	staged, err := r.stage(ctx, p)
	if err != nil {
		return nil, err
	}
	before, err := s.counter.count(ctx)
	if err != nil {
		return nil, err
	}
	muster, err := process.Start(ctx, staged.Command)
	if err != nil {
		return nil, err
	}
	defer muster.Kill()
	if err := r.reaches(ctx, muster, s, before+serve, within); err != nil {
		return nil, err
	}
	if err := pause(ctx, muster, settleFor); err != nil {
		return nil, err
	}
	reading, err := r.observe(ctx, muster, s, r.longer())
	if err != nil {
		return nil, err
	}
	if err := finish(ctx, muster); err != nil {
		return nil, err
	}
	e := &excerpt{Reading: reading}
	return e, e.read(staged.out, int(r.longer()/time.Second))
}

// finish interrupts a run and waits until its reports are written.
func finish(ctx context.Context, muster *process.Process) error {
	if err := muster.Interrupt(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	_, err := muster.Wait(ctx)
	return err
}

// read reads what the run left. Its last second is cut short, so the measurement ended in the one before.
func (e *excerpt) read(dir string, seconds int) error {
	text, err := os.ReadFile(filepath.Join(dir, "summary.json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &e.summary); err != nil {
		return fmt.Errorf("read %s: %w", dir, err)
	}
	if e.summary.Load == nil {
		return fmt.Errorf("read %s: there is no load half in it", dir)
	}
	if e.run, err = record.Open(dir); err != nil {
		return err
	}
	e.to = max(0, e.run.Seconds()-2)
	e.from = max(0, e.to-seconds)
	return nil
}

// links adds up how connections fared within the measurement.
func (e *excerpt) links() (*record.Links, error) {
	sum := &record.Links{}
	for l, err := range e.run.Links() {
		if err != nil {
			return nil, err
		}
		if l.Second >= e.from && l.Second < e.to {
			if err := sum.Merge(l); err != nil {
				return nil, err
			}
		}
	}
	return sum, nil
}

// frame adds up an operation's frames within the measurement.
func (e *excerpt) frame(operation string) (*record.Frame, error) {
	var sum *record.Frame
	for f, err := range e.run.Frames() {
		switch {
		case err != nil:
			return nil, err
		case f.Operation != operation || f.Second < e.from || f.Second >= e.to:
		case sum == nil:
			sum = f
		default:
			if err := sum.Merge(f); err != nil {
				return nil, err
			}
		}
	}
	if sum == nil {
		return nil, fmt.Errorf("no frame of %s in the seconds %d to %d", operation, e.from, e.to)
	}
	return sum, nil
}
