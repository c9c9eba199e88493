package conformance

import (
	"context"
	"fmt"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// One judges the target by the one clause with this id, whatever cfg.Filter says, and without Ginkgo: several may run
// at once in one process, also beside Run. A clause that the target cannot be judged by is a finding that says why.
//
// It returns an error for an id that the register does not know, and beside the finding when the check panicked.
func One(ctx context.Context, cfg Config, id string) (record.Finding, error) {
	c, known := cfg.Register.Lookup(id)
	if !known {
		return record.Finding{}, fmt.Errorf("conform: clause %q: no such clause in the register", id)
	}
	register, err := contract.NewRegister(c)
	if err != nil {
		return record.Finding{}, err
	}
	selected, rows := map[string]bool{id: true}, map[string]row{}
	if c.Check != nil && missing(c, cfg.Claimed) == "" {
		rows[id] = attempt(ctx, cfg, c)
	}
	return findings(register, cfg.Claimed, selected, rows, 1)[0], faults(rows)
}

// attempt runs the check of c once; a panic in it is told in the row.
func attempt(ctx context.Context, cfg Config, c contract.Clause) (r row) {
	began := time.Now()
	r.Attempts = 1
	defer func() {
		r.Duration = time.Since(began)
		if p := recover(); p != nil {
			r.Panicked, r.Reason = true, cfg.Evidence.Redact(fmt.Sprint("panicked ", p))
		}
	}()
	r.Outcome = examine(ctx, cfg, c)
	r.Executed = true
	return r
}
