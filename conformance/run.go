package conformance

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// DefaultTimeout bounds one check, unless Config says otherwise.
const DefaultTimeout = 20 * time.Second

// slowTimeout bounds the check of a slow clause.
const slowTimeout = 12 * time.Minute

// Grace is how long after its limit a check is waited for that does not heed it: it may still have sessions to end at a
// target with a low cap on its rate. Farewell is how long a check is waited for when the run was interrupted.
const (
	grace    = 30 * time.Second
	farewell = 3 * time.Second
)

// ErrNothingSelected means that the filter left no clause that could be judged.
var ErrNothingSelected = errors.New("conform: nothing selected")

// Config is what a run needs to know.
type Config struct {
	Register *contract.Register
	Claimed  []contract.Capability   // what the target says it has
	Sender   contract.Sender         // reaches the target
	Readback contract.Readback       // nil when the target offers none
	Insights contract.InsightsReader // nil when the target offers none

	// Filter is a label filter over the labels that Labels gives a clause; empty selects all.
	Filter string
	// Timeout bounds one check; 0 means DefaultTimeout. One of a slow clause has twelve minutes in any case. A check that does
	// not heed it is abandoned half a minute later.
	Timeout time.Duration
	// Retries is how often a check that found a violation is tried again; findings count the attempts.
	Retries int
	// Seed draws the order in which clauses are judged; 0 means 1.
	Seed int64
	// Evidence makes transcripts and commands of exchanges.
	Evidence Evidence
	// Progress is told of every clause whose check has ended, from one goroutine at a time; nil is allowed.
	Progress func(done, total int)

	grace time.Duration // 0 means grace
}

// limit is how long the check of c may take.
func (cfg Config) limit(c contract.Clause) time.Duration {
	if c.Slow {
		return slowTimeout
	}
	return cmp.Or(cfg.Timeout, DefaultTimeout)
}

func (cfg Config) seed() int64 { return cmp.Or(cfg.Seed, 1) }

// serial admits one run at a time: Ginkgo keeps its suite in package variables.
var serial sync.Mutex //nolint:gochecknoglobals // guards another package's global state, so it must be one itself

// Run judges the target in this process, by one clause after the other, and returns one finding for every clause of the
// register, in the register's order.
//
// It returns ErrNothingSelected when the filter selects no clause that applies to the target, an error for a filter
// that cannot be parsed, and an error beside the findings when muster itself was at fault (a check panicked or did not
// end). When ctx ends, the clauses that had not been judged are findings with the status not-run. Runs of one process
// wait for each other.
func Run(ctx context.Context, cfg Config) ([]record.Finding, error) {
	selected, err := Select(cfg.Register, cfg.Claimed, cfg.Filter)
	if err != nil {
		return nil, err
	}
	t := newTally(cfg, len(selected))
	err = runTree(ctx, cfg, selected, t.take)
	return t.findings(cfg, selected, err)
}

// runTree judges the selected clauses in this process and tells take what became of each.
func runTree(ctx context.Context, cfg Config, selected map[string]bool, take func(id string, r row)) error {
	serial.Lock()
	defer serial.Unlock()
	return runSpecs(cfg.seed(), func() { Describe(ctx, cfg, selected) }, func(id string, r row) {
		r.Reason = cfg.Evidence.Redact(r.Reason)
		take(id, r)
	})
}

// Select returns the ids of the clauses that a run with this filter would judge: those with a check, whose needs the
// target claims, and whose labels the filter accepts. Slow clauses are among them only when the filter speaks of the
// label slow; AlsoSlow makes one that does.
func Select(register *contract.Register, claimed []contract.Capability, filter string) (map[string]bool, error) {
	accepted, err := accepts(filter)
	if err != nil {
		return nil, err
	}
	selected, withSlow := map[string]bool{}, speaksOfSlow.MatchString(filter)
	for _, c := range register.Clauses() {
		if c.Slow && !withSlow {
			continue
		}
		if c.Check != nil && missing(c, claimed) == "" && accepted(Labels(c)) {
			selected[c.ID] = true
		}
	}
	if len(selected) == 0 {
		return nil, fmt.Errorf("%w: filter %q leaves none of %d clauses that this target could be judged by",
			ErrNothingSelected, filter, len(register.Clauses()))
	}
	return selected, nil
}

// missing names the first capability that c needs and the target does not claim; empty when it claims all.
func missing(c contract.Clause, claimed []contract.Capability) contract.Capability {
	for _, need := range c.Needs {
		if !slices.Contains(claimed, need) {
			return need
		}
	}
	return ""
}
