package selftest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/passmuster/muster/conformance"
	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/reference"
	"github.com/passmuster/muster/internal/strict"
	"github.com/passmuster/muster/internal/target"
)

// The defaults of Config.
const (
	defaultTimeout = 2500 * time.Millisecond
	defaultWorkers = 4
	patient        = 4 // times the timeout a check has when it could not judge at first
)

// Config says how to try the suite. The zero value tries every mutant.
type Config struct {
	// Timeout bounds one check against a mutant; default 2.5 s. A mutant that loses events is noticed only when a check
	// has waited in vain, so this is most of what a run takes.
	Timeout time.Duration
	// Workers is how many mutants are tried at once; default 4. Most of their time is waiting.
	Workers int
	// Mutants names those to try; empty is all but those of slow clauses, each of which takes minutes.
	Mutants []string
	// Progress is told of every mutant that was tried, from one goroutine at a time; nil is allowed.
	Progress func(done, total int, r Result)
}

// Run judges the clean reference by the whole suite and every mutant first by the clause that it breaks, and only when
// that notices nothing by all others. It returns an error for a mutant that does not exist, when ctx ends, and when the
// suite could not be run at all; that a mutant survived is no error.
func Run(ctx context.Context, cfg Config) (Report, error) {
	chosen, err := choose(cfg.Mutants)
	if err != nil {
		return Report{}, err
	}
	began := time.Now()
	clean, err := judgeClean(ctx)
	if err != nil {
		return Report{}, interrupted(ctx, err)
	}
	results, err := tryAll(ctx, cfg, chosen)
	if err != nil {
		return Report{}, interrupted(ctx, err)
	}
	return newReport(clean, results, time.Since(began)), nil
}

// interrupted returns why ctx ended, when it did: whatever went wrong then is only what follows from it.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// choose returns the mutants with these names, or all but those that only a slow clause notices.
func choose(names []string) ([]contract.Mutant, error) {
	all := reference.Mutants(halves())
	if len(names) == 0 {
		return quick(all)
	}
	var known []string
	for _, m := range all {
		known = append(known, m.Name)
	}
	var chosen []contract.Mutant
	for _, name := range names {
		i := slices.Index(known, name)
		if i < 0 {
			return nil, fmt.Errorf("selftest: mutant %q is unknown%s", name, strict.Suggest(name, known))
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// quick leaves out the mutants of slow clauses: to try one takes minutes.
func quick(all []contract.Mutant) ([]contract.Mutant, error) {
	register, err := catalog.Register(&target.Target{})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(m contract.Mutant) bool {
		c, _ := register.Lookup(m.Clause) // one that is not known is told of when it is tried
		return c.Slow
	}), nil
}

// judgeClean returns what the whole suite finds in the clean reference.
func judgeClean(ctx context.Context) (_ []record.Finding, err error) {
	s, err := open(ctx, "", conformance.DefaultTimeout)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	found, err := conformance.Run(ctx, s.cfg)
	found = slices.DeleteFunc(found, func(f record.Finding) bool {
		c, _ := s.cfg.Register.Lookup(f.ID)
		return c.Slow // and so not run
	})
	return found, errors.Join(err, ctx.Err())
}

// tryAll tries the mutants, several at once, and returns what became of them in their order.
func tryAll(ctx context.Context, cfg Config, mutants []contract.Mutant) ([]Result, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	results := make([]Result, len(mutants))
	next := make(chan int)
	var (
		workers sync.WaitGroup
		mu      sync.Mutex // guards done and Progress
		done    int
	)
	for range cmp.Or(cfg.Workers, defaultWorkers) {
		workers.Go(func() {
			for i := range next {
				r, err := try(ctx, mutants[i], cmp.Or(cfg.Timeout, defaultTimeout))
				if err != nil {
					cancel(fmt.Errorf("selftest: mutant %s: %w", mutants[i].Name, err))
					continue
				}
				mu.Lock()
				results[i] = r
				if done++; cfg.Progress != nil {
					cfg.Progress(done, len(mutants), r)
				}
				mu.Unlock()
			}
		})
	}
	for i := range mutants {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	workers.Wait()
	return results, context.Cause(ctx)
}

// try judges one mutant.
func try(ctx context.Context, m contract.Mutant, timeout time.Duration) (_ Result, err error) {
	began := time.Now()
	r := Result{Name: m.Name, Clause: m.Clause, Wrong: m.Wrong, Fate: Survived}
	s, err := open(ctx, m.Name, timeout)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	cited, known := s.cfg.Register.Lookup(m.Clause)
	if !known {
		return r, fmt.Errorf("it cites clause %q, which the register does not have", m.Clause)
	}
	r.level, r.Level = cited.Level, cited.Level.String()
	found, err := conformance.One(ctx, s.cfg, m.Clause)
	if err == nil && found.Status == record.Inconclusive { // a machine that is busy with other things was too slow for it
		s.cfg.Timeout *= patient
		found, err = conformance.One(ctx, s.cfg, m.Clause)
	}
	switch {
	case err != nil:
		return r, err
	case found.Status == record.Fail:
		r.Fate, r.By = Attributed, m.Clause
	default:
		r.Reason = found.Status
		if found.Reason != "" {
			r.Reason += ": " + found.Reason
		}
		err = r.tryOthers(ctx, s)
	}
	r.took(time.Since(began))
	return r, errors.Join(err, ctx.Err())
}

// tryOthers looks for a clause other than the cited one that notices the mutant.
func (r *Result) tryOthers(ctx context.Context, s *stand) error {
	for _, c := range s.cfg.Register.Clauses() {
		if c.ID == r.Clause || c.Check == nil || c.Slow {
			continue
		}
		found, err := conformance.One(ctx, s.cfg, c.ID)
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		if found.Status == record.Fail {
			r.Fate, r.By = Elsewhere, c.ID
			return nil
		}
	}
	return nil
}
