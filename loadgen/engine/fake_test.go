package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/loadgen/player"
	"github.com/passmuster/muster/scenarios"
)

// renderer is a contract of its own: every action is a message whose body names it.
type renderer struct {
	without contract.Kind // has no operation, when not Kinds
	broken  contract.Kind // cannot be rendered, when not Kinds
}

func (r renderer) Operation(k contract.Kind, t contract.Transport) string {
	switch k {
	case r.without:
		return ""
	case contract.Flush:
		return "flush." + string(t)
	default:
		return "session." + k.String()
	}
}

func (r renderer) Render(m *contract.Message, a *contract.Action) error {
	if a.Kind == r.broken {
		return errors.New("cannot be rendered")
	}
	*m = contract.Message{
		Operation: r.Operation(a.Kind, a.Transport), Transport: a.Transport, Method: "POST", Path: "/",
		Body: fmt.Appendf(m.Body[:0], "%d/%s/%d", a.Player, a.SessionID, a.Order),
	}
	for _, e := range a.Events {
		m.Body = append(append(m.Body, '/'), e.ID...)
	}
	return nil
}

// driver is a wire in memory. answer says how long an answer takes and what it is; it is asked when a message is sent.
type driver struct {
	async  bool // done is called from another goroutine, after Send has returned
	quiet  bool // does not keep what was sent
	answer func(sent time.Time, m *contract.Message) (time.Duration, contract.Reply)

	mu   sync.Mutex
	sent []string
}

func (d *driver) Send(ctx context.Context, m *contract.Message, done func(contract.Reply)) {
	sent := time.Now()
	d.mu.Lock()
	if !d.quiet {
		d.sent = append(d.sent, string(m.Body))
	}
	d.mu.Unlock()
	wait, reply := time.Duration(0), contract.Reply{Outcome: contract.Acknowledged}
	if d.answer != nil {
		wait, reply = d.answer(sent, m)
	}
	reply.Sent = sent
	finish := func() {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			reply.Outcome, reply.Class = contract.Indeterminate, contract.ClassCancelled
		}
		reply.Done = time.Now()
		done(reply)
	}
	if d.async {
		go finish()
		return
	}
	finish()
}

func (d *driver) Close(context.Context) error { return nil }

// silent is a driver that breaks its promise: it never calls done.
type silent struct{}

func (silent) Send(context.Context, *contract.Message, func(contract.Reply)) {}
func (silent) Close(context.Context) error                                   { return nil }

// scene is a run in the making, with what came of it.
type scene struct {
	Config
	mu     sync.Mutex
	frames map[string]*record.Frame // by operation, all seconds merged
	second map[int]int64            // planned actions by second
	result Result
}

const (
	players = 50
	lasting = time.Minute
)

// newScene is a minute with 50 players, all of whose messages go by one driver.
func newScene(d transport.Driver) *scene {
	s := &scene{frames: map[string]*record.Frame{}, second: map[int]int64{}}
	r := renderer{without: contract.Kinds, broken: contract.Kinds}
	s.Config = Config{
		Plan: plan.Params{
			Seed: 1, Duration: lasting,
			Curve:   plan.Curve{{At: 0, Players: 0}, {At: 10 * time.Second, Players: players}, {At: lasting, Players: players}},
			Lengths: plan.Lengths{Law: plan.Exponential, Mean: 20 * time.Second, Min: time.Millisecond, Max: time.Minute},
			Period:  5 * time.Second, Jitter: time.Second, Every: 3 * time.Second,
		},
		Cast: player.New(scenarios.Scenario{Seed: 1, Events: scenarios.Events{Transport: map[string]int{"http": 1, "kafka": 1}}}, 1),
		Routes: []transport.Route{
			{Transport: contract.HTTP, Renderer: r, Driver: d},
			{Transport: contract.Kafka, Renderer: r, Driver: d},
		},
		MaxInFlight: 64,
		Attackers:   1,
		Pacing:      Precise,
		waiter:      newTimed, // which a bubble's clock moves, and to the instant
		Grace:       5 * time.Second,
		Frames:      s.keep,
	}
	return s
}

func (s *scene) route(r renderer) {
	for i := range s.Routes {
		s.Routes[i].Renderer = r
	}
}

func (s *scene) keep(frames []*record.Frame) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range frames {
		s.second[f.Second] += f.Planned
		if s.frames[f.Operation] == nil {
			s.frames[f.Operation] = record.NewFrame(0, f.Operation)
		}
		if err := s.frames[f.Operation].Merge(f); err != nil {
			return err
		}
	}
	return nil
}

// play runs the scene and checks that every due of the plan is accounted for exactly once.
func (s *scene) play(ctx context.Context, t *testing.T) *scene {
	t.Helper()
	result, err := Run(ctx, s.Config)
	if err != nil {
		t.Fatal(err)
	}
	s.result = result
	s.balance(t)
	return s
}

func (s *scene) balance(t *testing.T) {
	t.Helper()
	want, err := s.planned()
	if err != nil {
		t.Fatal(err)
	}
	for op, n := range want {
		f := s.frames[op]
		if f == nil {
			t.Fatalf("no frames of %s, want %d actions", op, n)
		}
		sum := int64(0)
		for _, k := range f.Outcomes {
			sum += k
		}
		if f.Planned != n || sum != n {
			t.Errorf("%s: planned %d, outcomes %v, want %d of both", op, f.Planned, f.Outcomes, n)
		}
		if f.Fired > 0 && f.Lag.TotalCount() != f.Fired {
			t.Errorf("%s: %d lags of %d fired", op, f.Lag.TotalCount(), f.Fired)
		}
	}
	if len(s.frames) != len(want) {
		t.Errorf("frames of %d operations, want %d", len(s.frames), len(want))
	}
}

// planned counts the plan's dues by operation, straight from the plan.
func (s *scene) planned() (map[string]int64, error) {
	timeline, err := plan.NewTimeline(s.Plan)
	if err != nil {
		return nil, err
	}
	counts, table := map[string]int64{}, NewTable(s.Routes)
	for d, ok := timeline.Next(); ok; d, ok = timeline.Next() {
		by := contract.HTTP
		if d.Kind == plan.Flush {
			by = s.Cast.Transport(d.Player)
		}
		if name, _, ok := table.Operation(contract.Kind(d.Kind), by); ok {
			counts[name]++
		}
	}
	return counts, nil
}

// total merges the frames of all operations.
func (s *scene) total(t *testing.T) *record.Frame {
	t.Helper()
	sum := record.NewFrame(0, "all")
	for _, f := range s.frames {
		if err := sum.Merge(f); err != nil {
			t.Fatal(err)
		}
	}
	return sum
}
