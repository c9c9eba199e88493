package conformance

import (
	"errors"
	"fmt"
	"sync"

	"github.com/passmuster/muster/internal/record"
)

// tally takes in what becomes of each selected clause, from whichever goroutine it is told. It is safe for concurrent use.
type tally struct {
	total    int
	progress func(done, total int)

	mu   sync.Mutex // guards rows, and admits one call of progress at a time
	rows map[string]row
}

func newTally(cfg Config, total int) *tally {
	return &tally{total: total, progress: cfg.Progress, rows: map[string]row{}}
}

// take keeps the row of a clause.
func (t *tally) take(id string, r row) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows[id] = r
	if t.progress != nil {
		t.progress(len(t.rows), t.total)
	}
}

// lose says why those of the clauses were not judged that nothing was told of.
func (t *tally) lose(ids []string, why string) (lost int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, id := range ids {
		if _, told := t.rows[id]; !told {
			t.rows[id] = row{Reason: why}
			lost++
		}
	}
	return lost
}

// findings computes the findings of a run, and joins fault to what the rows say of muster's own faults.
func (t *tally) findings(cfg Config, selected map[string]bool, fault error) ([]record.Finding, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return findings(cfg.Register, cfg.Claimed, selected, t.rows, 1+cfg.Retries), errors.Join(fault, faults(t.rows))
}

// faults returns an error that names every check that panicked or did not end.
func faults(rows map[string]row) error {
	var errs []error
	for id, r := range rows {
		switch {
		case r.Panicked:
			errs = append(errs, fmt.Errorf("check of clause %s panicked: %s", id, r.Reason))
		case r.Outcome.Stuck:
			errs = append(errs, fmt.Errorf("check of clause %s did not end when it should, and was abandoned", id))
		}
	}
	return errors.Join(errs...)
}
