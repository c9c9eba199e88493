package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/passmuster/muster/internal/record"
)

// mute is how long a worker may say nothing before it is taken for lost; a sound one says something every aliveEvery.
const mute = 30 * time.Second

// Crew is a number of worker processes that share a run. Each must call Work with a Config for the same target.
type Crew struct {
	// Size is how many workers there are at most.
	Size int
	// Start starts the worker with this number, from 1, and returns what it writes. When ctx ends, the worker is to end
	// within a bounded time. Close waits for that, and returns how it ended if that was not in good order.
	Start func(ctx context.Context, number int, ids []string) (io.ReadCloser, error)
	// Lost is told of every worker that ended before all its clauses were judged though the run went on, from any
	// goroutine.
	Lost func(error)
}

// RunOver judges the target like Run, but by a crew, and returns the same findings. Clauses that count the whole target
// are judged in this process when all workers have ended. What a lost worker had not told of is not-run, with the reason.
// A door that does not answer is given up by each worker for itself.
func RunOver(ctx context.Context, cfg Config, crew Crew) ([]record.Finding, error) {
	selected, err := Select(cfg.Register, cfg.Claimed, cfg.Filter)
	if err != nil {
		return nil, err
	}
	shares, alone := Deal(cfg.Register, selected, crew.Size, cfg.seed())
	t := newTally(cfg, len(selected))
	var workers sync.WaitGroup
	for i, ids := range shares {
		workers.Go(func() {
			fault := crew.work(ctx, i+1, ids, t.take)
			if fault == nil || ctx.Err() != nil { // what an interrupted worker had not judged is told as such
				return
			}
			fault = fmt.Errorf("worker %d of %d: %w", i+1, len(shares), fault)
			n := t.lose(ids, cfg.Evidence.Redact(fault.Error()))
			crew.Lost(fmt.Errorf("%w; %d of its %d clauses were not judged", fault, n, len(ids)))
		})
	}
	workers.Wait()
	if len(alone) > 0 && ctx.Err() == nil {
		err = runTree(ctx, cfg, alone, t.take)
	}
	return t.findings(cfg, selected, err)
}

// work has one worker judge its share. A worker that falls mute is ended.
func (c Crew) work(outer context.Context, number int, ids []string, take func(id string, r row)) error {
	ctx, cancel := context.WithCancelCause(outer)
	defer cancel(nil)
	silent := time.AfterFunc(mute, func() { cancel(fmt.Errorf("it said nothing for %v", mute)) })
	defer silent.Stop()
	from, err := c.Start(ctx, number, ids)
	if err != nil {
		return err
	}
	var foreign error
	err = hear(from, func(line word) {
		silent.Reset(mute)
		switch {
		case line.ID == "":
		case slices.Contains(ids, line.ID):
			take(line.ID, line.Row)
		default:
			foreign = fmt.Errorf("it judged clause %q, which is none of its share", line.ID)
		}
	})
	if err != nil && !errors.Is(err, errUntold) {
		cancel(err) // it has to end, though it may have more to tell
	}
	ended := from.Close()
	if ctx.Err() != nil && outer.Err() == nil {
		return errors.Join(context.Cause(ctx), foreign)
	}
	if ended != nil {
		err = ended // says more than that it had not told all
	}
	return errors.Join(err, foreign)
}
