package conformance

import (
	"context"
	"fmt"
	"sync"

	"github.com/passmuster/muster/internal/contract"
)

// silentClauses is how many clauses of one door in a row must have got no answer at all, for the same reason, before the
// door is given up: a target that never answers costs so many time-outs and not one for each clause.
const silentClauses = 3

// doors keeps count of what answers. A door is one contract over one transport. It is safe for concurrent use.
type doors struct {
	mu     sync.Mutex
	silent map[string]silence
}

// silence is how many clauses in a row got no answer at a door, and why.
type silence struct {
	clauses int
	class   contract.Class // of the link's fault; none when there was no connection
	reason  string         // of the last one
}

func newDoors() *doors { return &doors{silent: map[string]silence{}} }

func doorOf(c contract.Clause) string { return contractOf(c.ID) + " by " + string(c.Transport) }

// givenUp says why the door of c is not tried any more; empty when it is.
func (d *doors) givenUp(c contract.Clause) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.silent[doorOf(c)]
	if s.clauses < silentClauses {
		return ""
	}
	return fmt.Sprintf("not tried: %d clauses of %s in a row got no answer; the last: %s", s.clauses, doorOf(c), s.reason)
}

// heard takes in what the messages of one check of c met. A check that sent nothing, or was cut short, says nothing.
func (d *doors) heard(c contract.Clause, w *watch) {
	w.mu.Lock()
	answered, unanswered, class := w.answered, w.unanswered, w.class
	w.mu.Unlock()
	d.mu.Lock()
	defer d.mu.Unlock()
	switch s := d.silent[doorOf(c)]; {
	case answered:
		delete(d.silent, doorOf(c))
	case unanswered == nil:
	case s.class != class:
		d.silent[doorOf(c)] = silence{1, class, unanswered.Error()}
	default:
		d.silent[doorOf(c)] = silence{s.clauses + 1, class, unanswered.Error()}
	}
}

// watch is a Sender that remembers whether anything was answered.
type watch struct {
	contract.Sender

	mu         sync.Mutex
	answered   bool
	unanswered error          // the last message that got no answer
	class      contract.Class // why it got none
}

// Send implements contract.Sender. What the run's own end cut short is not held against the target.
func (w *watch) Send(ctx context.Context, m *contract.Message, d contract.Departure) (contract.Reply, error) {
	reply, err := w.Sender.Send(ctx, m, d)
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err == nil:
		w.answered = true
	case reply.Class != contract.ClassCancelled && reply.Class != contract.ClassGenerator && ctx.Err() != context.Canceled:
		w.unanswered, w.class = err, reply.Class
	}
	return reply, err
}
