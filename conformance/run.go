package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/onsi/ginkgo/v2/types"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// DefaultTimeout bounds one check, unless Config says otherwise.
const DefaultTimeout = 20 * time.Second

// ErrNothingSelected means that the filter left no clause that could be judged.
var ErrNothingSelected = errors.New("conform: nothing selected")

// Config is what a run needs to know.
type Config struct {
	Register *contract.Register
	Claimed  []contract.Capability   // what the target says it has
	Sender   contract.Sender         // reaches the target
	Readback contract.Readback       // nil when the target offers none
	Insights contract.InsightsReader // nil when the target offers none

	// Filter is a Ginkgo label filter over the labels that Labels gives a clause; empty selects all.
	Filter string
	// Timeout bounds one check; 0 means DefaultTimeout.
	Timeout time.Duration
	// Evidence makes transcripts and commands of exchanges.
	Evidence Evidence
	// Progress is told of every finished check, from the goroutine that ran it; nil is allowed.
	Progress func(done, total int)
}

// serial admits one run at a time: Ginkgo keeps its suite in package variables.
var serial sync.Mutex //nolint:gochecknoglobals // guards another package's global state, so it must be one itself

// Run judges the target and returns one finding for every clause of the register, in the register's order.
//
// It returns ErrNothingSelected when the filter selects no clause that applies to the target, an error for a filter
// that cannot be parsed, and an error beside the findings when muster itself was at fault (a check panicked). When ctx
// ends, the clauses that had not been judged are findings with the status not-run. Runs of one process wait for each
// other.
func Run(ctx context.Context, cfg Config) ([]record.Finding, error) {
	selected, err := Select(cfg.Register, cfg.Claimed, cfg.Filter)
	if err != nil {
		return nil, err
	}
	serial.Lock()
	defer serial.Unlock()
	rows := runTree(ctx, cfg, selected)
	return findings(cfg.Register, cfg.Claimed, selected, rows), faults(rows)
}

// Select returns the ids of the clauses that a run with this filter would judge: those with a check, whose needs the
// target claims, and whose labels the filter accepts.
func Select(register *contract.Register, claimed []contract.Capability, filter string) (map[string]bool, error) {
	accepts, err := types.ParseLabelFilter(filter)
	if err != nil {
		return nil, fmt.Errorf("conform: filter %q: not a label filter, want for example 'level:MUST && transport:http'", filter)
	}
	selected := map[string]bool{}
	for _, c := range register.Clauses() {
		if c.Check != nil && missing(c, claimed) == "" && accepts(Labels(c)) {
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
