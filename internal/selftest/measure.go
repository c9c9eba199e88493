package selftest

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/passmuster/muster/conformance"
	"github.com/passmuster/muster/internal/contract"
)

// Cost is what one clause costs a target that keeps it, as measured on the clean reference.
type Cost struct {
	ID       string
	Messages int           // sent to the target; reads of the insights and of read-back are not among them
	Took     time.Duration // on loopback
}

// Measure judges the clean reference by each of these clauses and returns what each cost, in the order of ids.
func Measure(ctx context.Context, ids []string) (_ []Cost, err error) {
	s, err := open(ctx, "", conformance.DefaultTimeout)
	if err != nil {
		return nil, interrupted(ctx, err)
	}
	defer func() { err = errors.Join(err, s.close()) }()
	count := &counter{Sender: s.sender}
	s.cfg.Sender = count
	costs := make([]Cost, 0, len(ids))
	for _, id := range ids {
		before := count.sent.Load()
		found, err := conformance.One(ctx, s.cfg, id)
		if err != nil || ctx.Err() != nil {
			return nil, interrupted(ctx, err)
		}
		costs = append(costs, Cost{ID: id, Messages: int(count.sent.Load() - before), Took: found.Duration})
	}
	return costs, nil
}

// counter counts the messages that it passes on. It is safe for concurrent use.
type counter struct {
	contract.Sender
	sent atomic.Int64
}

// Send implements contract.Sender.
func (c *counter) Send(ctx context.Context, m *contract.Message, d contract.Departure) (contract.Reply, error) {
	c.sent.Add(1)
	return c.Sender.Send(ctx, m, d)
}
