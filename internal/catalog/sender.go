package catalog

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/time/rate"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/patience"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/kafkadriver"
)

// Sender reaches every door of one target for probes, and keeps to Settings.MaxRate. It connects when a door is first
// used and is safe for concurrent use. Close it to free its connections.
type Sender struct {
	doors    []Door
	settings Settings
	cap      *rate.Limiter // nil without a cap

	mu      sync.Mutex // guards drivers
	drivers map[Door]transport.Driver
}

// NewSender returns a sender for t. Nothing is connected yet.
func NewSender(t *target.Target, s Settings) *Sender {
	s.KeepReplies = true
	sender := &Sender{doors: allDoors(t), settings: s, drivers: map[Door]transport.Driver{}}
	if s.MaxRate > 0 {
		sender.cap = rate.NewLimiter(rate.Limit(s.MaxRate), 1) // no burst: the cap holds for every stretch of time
	}
	return sender
}

// Send implements contract.Sender. What it waits for the cap does not count against a limit that ctx has from package
// patience: the target's owner set the cap, so no clause is to be short of time for it.
func (s *Sender) Send(ctx context.Context, m *contract.Message, wrong contract.Departure) (contract.Reply, error) {
	door, err := s.door(m)
	if err != nil {
		return contract.Reply{}, err
	}
	if err := s.pace(ctx); err != nil {
		return contract.Reply{Outcome: contract.NeverSent, Class: contract.ClassCancelled}, fmt.Errorf("send %s: wait for the rate cap: %w", m.Operation, err)
	}
	if wrong != contract.AsTold {
		return s.depart(ctx, door, m, wrong)
	}
	driver, err := s.driver(ctx, door)
	if err != nil {
		return contract.Reply{}, err
	}
	return judged(transport.Exchange(ctx, driver, m))
}

// pace waits until the cap lets the next message go.
func (s *Sender) pace(ctx context.Context) error {
	if s.cap == nil {
		return nil
	}
	defer patience.Suspend(ctx)()
	return s.cap.Wait(ctx)
}

// depart sends m over a connection of its own that is wrong in one way. A refusal of the connection is the reply.
func (s *Sender) depart(ctx context.Context, door Door, m *contract.Message, wrong contract.Departure) (contract.Reply, error) {
	driver, err := openDoor(ctx, door, s.settings, wrong)
	var refused *kafkadriver.ConnectError
	switch {
	case errors.As(err, &refused) && refused.Class != contract.ClassDial && refused.Class != contract.ClassTimeout:
		return contract.Reply{Outcome: contract.Failed, Class: refused.Class, Detail: refused.Error()}, nil
	case err != nil:
		return contract.Reply{}, err
	}
	reply := transport.Exchange(ctx, driver, m)
	if err := driver.Close(ctx); err != nil && reply.Answered() {
		return reply, err
	}
	return judged(reply)
}

// judged turns a link that failed under a message into an error: the target said nothing that could be judged.
func judged(r contract.Reply) (contract.Reply, error) {
	if !r.Answered() {
		return r, fmt.Errorf("no answer (%s): %s", r.Class, r.Detail)
	}
	return r, nil
}

// door finds the door for a message: that of its contract, which its operation names, over its transport.
func (s *Sender) door(m *contract.Message) (Door, error) {
	name, _, _ := strings.Cut(m.Operation, ".")
	for _, d := range s.doors {
		if d.Contract == name && d.Transport == m.Transport {
			return d, nil
		}
	}
	return Door{}, fmt.Errorf("send %s by %s: the target has no such door", m.Operation, m.Transport)
}

func (s *Sender) driver(ctx context.Context, d Door) (transport.Driver, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if driver, ok := s.drivers[d]; ok {
		return driver, nil
	}
	driver, err := openDoor(ctx, d, s.settings, contract.AsTold)
	if err != nil {
		return nil, err
	}
	s.drivers[d] = driver
	return driver, nil
}

// Reach connects to every door, so that a target that cannot be reached is known before anything is judged.
func (s *Sender) Reach(ctx context.Context) error {
	var errs []error
	for _, d := range s.doors {
		if d.BaseURL != "" {
			errs = append(errs, dial(ctx, d))
			continue
		}
		_, err := s.driver(ctx, d)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Close frees all connections.
func (s *Sender) Close(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, driver := range s.drivers {
		errs = append(errs, driver.Close(ctx))
	}
	clear(s.drivers)
	return errors.Join(errs...)
}
