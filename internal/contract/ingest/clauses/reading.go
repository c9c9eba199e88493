package clauses

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/passmuster/muster/internal/contract"
)

// settle is how much longer than a later event an earlier one is waited for before it counts as not stored.
const settle = 300 * time.Millisecond

// find returns the stored copies of an event, oldest first. It takes four fifths of what time the check has, so that
// an event which never comes is a finding and not the end of the check.
func find(ctx context.Context, p *contract.Probe, id string) ([]contract.Stored, error) {
	if p.Readback == nil {
		return nil, errors.New("read back: the target offers none")
	}
	waiting, cancel := ctx, context.CancelFunc(func() {})
	if deadline, has := ctx.Deadline(); has {
		waiting, cancel = context.WithTimeout(ctx, time.Until(deadline)*4/5)
	}
	defer cancel()
	copies, err := p.Readback.Find(waiting, id)
	if err != nil {
		return nil, fmt.Errorf("read back %s: %w", id, err)
	}
	if len(copies) == 0 && errors.Is(ctx.Err(), context.Canceled) {
		return nil, fmt.Errorf("read back %s: %w", id, ctx.Err())
	}
	return copies, nil
}

// pass sends one more event the same way and waits until it is stored: what was sent before has had its time then.
func (s suite) pass(ctx context.Context, p *contract.Probe, by way) error {
	marker := s.event(p)
	if _, err := deliver(ctx, p, by(marker)); err != nil {
		return err
	}
	copies, err := find(ctx, p, marker.id())
	if err == nil && len(copies) == 0 {
		err = errors.New("read back: an event sent afterwards was not found, so nothing can be counted")
	}
	return err
}

// stored is a check that what was sent is found: every event, when they are sent in one message.
func (s suite) stored(by way, count int) contract.Check {
	return func(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
		events := make([]event, count)
		for i := range events {
			events[i] = s.event(p)
		}
		x, err := deliver(ctx, p, by(events...))
		if err != nil {
			return nil, err
		}
		return missing(ctx, p, x, events)
	}
}

// storedSingly is stored with a message for each event.
func (s suite) storedSingly(by way, count int) contract.Check {
	return func(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
		var last *contract.Exchange
		events := make([]event, count)
		for i := range events {
			events[i] = s.event(p)
			x, err := deliver(ctx, p, by(events[i]))
			if err != nil {
				return nil, err
			}
			last = x
		}
		return missing(ctx, p, last, events)
	}
}

// missing looks for every event and tells of the first that is not found; to wait for more would take too long.
func missing(ctx context.Context, p *contract.Probe, x *contract.Exchange, events []event) ([]contract.Violation, error) {
	for i, e := range events {
		copies, err := find(ctx, p, e.id())
		if err != nil {
			return nil, err
		}
		if len(copies) == 0 {
			return []contract.Violation{{
				Wanted:   "every acknowledged event to be found by read-back",
				Got:      fmt.Sprintf("event %s, number %d of %d, not found", e.id(), i+1, len(events)),
				Exchange: x,
			}}, nil
		}
	}
	return nil, nil
}

// once is a check that an event that was sent so many times is stored a single time.
func (s suite) once(by way, times int) contract.Check {
	return func(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
		e := s.event(p)
		var x *contract.Exchange
		for range times {
			sent, err := deliver(ctx, p, by(e))
			if err != nil {
				return nil, err
			}
			x = sent
		}
		if err := s.pass(ctx, p, by); err != nil {
			return nil, err
		}
		copies, err := find(ctx, p, e.id())
		if err != nil || len(copies) == 1 {
			return nil, err
		}
		return []contract.Violation{{
			Wanted: "one stored copy", Got: fmt.Sprintf("%d stored copies of event %s", len(copies), e.id()), Exchange: x,
		}}, nil
	}
}

// absent is a check that no event of a message is stored, however the message was answered. by is the right way to
// send; it shows that read-back works and how far it has come.
func (s suite) absent(by way, message func(*contract.Probe) (*contract.Message, []event)) contract.Check {
	return func(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
		m, events := message(p)
		x, err := send(ctx, p, m)
		if err != nil {
			return nil, err
		}
		return s.noneStored(ctx, p, by, x, events)
	}
}

// noneStored tells of the first of the events that is stored although it ought not to be.
func (s suite) noneStored(ctx context.Context, p *contract.Probe, by way, x *contract.Exchange, events []event) ([]contract.Violation, error) {
	if err := s.pass(ctx, p, by); err != nil {
		return nil, err
	}
	waiting, cancel := context.WithTimeout(ctx, settle)
	defer cancel()
	for _, e := range events {
		copies, err := p.Readback.Find(waiting, e.id())
		if err != nil {
			return nil, fmt.Errorf("read back %s: %w", e.id(), err)
		}
		if len(copies) > 0 {
			return []contract.Violation{{Wanted: "the event not to be stored", Got: "event " + e.id() + " found by read-back", Exchange: x}}, nil
		}
	}
	return nil, nil
}

// keeps is a check that an event with these changes is stored as it was sent. The latest copy counts.
func (s suite) keeps(by way, changes ...change) contract.Check {
	return func(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
		e := s.event(p, changes...)
		x, err := deliver(ctx, p, by(e))
		if err != nil {
			return nil, err
		}
		return kept(ctx, p, x, e)
	}
}

func kept(ctx context.Context, p *contract.Probe, x *contract.Exchange, e event) ([]contract.Violation, error) {
	copies, err := find(ctx, p, e.id())
	if err != nil {
		return nil, err
	}
	if len(copies) == 0 {
		return []contract.Violation{{Wanted: "the event to be found by read-back", Got: "event " + e.id() + " not found", Exchange: x}}, nil
	}
	var broken []contract.Violation
	for _, d := range differences(e.text(), copies[len(copies)-1].Value) {
		broken = append(broken, contract.Violation{Wanted: d.wanted, Got: d.got, Exchange: x})
	}
	return broken, nil
}
