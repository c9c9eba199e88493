package loadgen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/scenarios"
)

// world is a target in memory with a contract of its own: what it accepts it stores in one log.
type world struct {
	fail func(n int, m *contract.Message) bool // whether the n-th message, from 0, is refused

	mu       sync.Mutex
	open     map[string]uint32 // player by session, of those started and not ended; nil: nobody wants to know
	messages int
	log      []contract.Stored
	read     int
	stall    int // readings that show nothing, before the first that does
	readErr  error
}

func (w *world) Operation(k contract.Kind, t contract.Transport) string {
	if k == contract.Flush {
		return "events." + string(t)
	}
	return "session." + k.String()
}

// Render puts the events' ids, padded to a size, into lines.
func (w *world) Render(m *contract.Message, a *contract.Action) error {
	w.follow(a)
	*m = contract.Message{Operation: w.Operation(a.Kind, a.Transport), Transport: a.Transport, Body: m.Body[:0]}
	for _, e := range a.Events {
		m.Body = fmt.Appendf(m.Body, "%s %s", e.ID, bytes.Repeat([]byte{'.'}, e.Pad))
		if len(a.Events) > 1 {
			m.Body = append(m.Body, '\n')
		}
	}
	return nil
}

// follow keeps which sessions are open. What is rendered is sent, and accepted unless the world is told to fail.
func (w *world) follow(a *contract.Action) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.open == nil:
	case a.Kind == contract.Start:
		w.open[a.SessionID] = a.Player
	case a.Kind == contract.End:
		delete(w.open, a.SessionID)
	}
}

func (w *world) Send(_ context.Context, m *contract.Message, done func(contract.Reply)) {
	w.mu.Lock()
	n := w.messages
	w.messages++
	reply := contract.Reply{Outcome: contract.Acknowledged, Sent: time.Now()}
	if w.fail != nil && w.fail(n, m) {
		reply.Outcome, reply.Class, reply.Status, reply.Detail = contract.Failed, contract.ClassServer, 503, "out of order"
	} else if len(m.Body) > 0 {
		for line := range bytes.Lines(m.Body) {
			w.log = append(w.log, contract.Stored{ID: string(line[:32]), Value: bytes.Clone(line), Partition: 1})
		}
	}
	w.mu.Unlock()
	reply.Done = time.Now()
	done(reply)
}

func (w *world) Read(_ context.Context, yield func(contract.Stored) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stall > 0 {
		w.stall--
		return w.readErr
	}
	for ; w.read < len(w.log); w.read++ {
		if err := yield(w.log[w.read]); err != nil {
			return err
		}
	}
	return w.readErr
}

func (w *world) Close() {}

// link is the world as a driver.
type link struct{ *world }

func (link) Close(context.Context) error { return nil }

func (w *world) routes() []transport.Route {
	return []transport.Route{
		{Transport: contract.HTTP, Renderer: w, Driver: link{w}},
		{Transport: contract.Kafka, Renderer: w, Driver: link{w}},
	}
}

// shelf is a Recorder in memory.
type shelf struct {
	mu        sync.Mutex
	frames    map[string]*record.Frame
	failures  []record.Failure
	ledgers   []record.Ledger
	insights  []record.InsightsPair
	track     []record.InsightsSecond
	manifests []record.Manifest
	links     []*record.Links
	health    []record.Health
	full      bool
}

var errFull = errors.New("disk full")

func (s *shelf) Frames(frames []*record.Frame) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full {
		return errFull
	}
	if s.frames == nil {
		s.frames = map[string]*record.Frame{}
	}
	for _, f := range frames {
		if s.frames[f.Operation] == nil {
			s.frames[f.Operation] = record.NewFrame(0, f.Operation)
		}
		if err := s.frames[f.Operation].Merge(f); err != nil {
			return err
		}
	}
	return nil
}

func (s *shelf) Failure(f record.Failure) error { s.failures = append(s.failures, f); return nil }
func (s *shelf) Ledger(l record.Ledger) error   { s.ledgers = append(s.ledgers, l); return nil }
func (s *shelf) Links(links []*record.Links) error {
	s.links = append(s.links, links...)
	return nil
}
func (s *shelf) Health(seconds []record.Health) error {
	s.health = append(s.health, seconds...)
	return nil
}
func (s *shelf) Insights(p record.InsightsPair) error {
	s.insights = append(s.insights, p)
	return nil
}
func (s *shelf) Track(t record.InsightsSecond) error { s.track = append(s.track, t); return nil }
func (s *shelf) Manifest(m record.Manifest) error {
	s.manifests = append(s.manifests, m)
	return nil
}

// told are insights that somebody tells.
type told struct {
	figures contract.Insights
	err     error
}

func (t told) Insights(context.Context) (contract.Insights, error) { return t.figures, t.err }

// scenario is ten minutes of play of up to 60 players in a minute on the wall.
func scenario() scenarios.Scenario {
	return scenarios.Scenario{
		Version: 1, Name: "test", Seed: 5, Duration: 10 * time.Minute, TimeScale: 10, Warmup: time.Minute,
		Players: scenarios.Players{
			CCU:       []scenarios.Point{{At: 0, Players: 0}, {At: 2 * time.Minute, Players: 60}, {At: 10 * time.Minute, Players: 30}},
			Session:   scenarios.Session{Mean: 3 * time.Minute},
			Heartbeat: scenarios.Heartbeat{Period: 30 * time.Second, Jitter: 5 * time.Second},
			UGC:       scenarios.UGC{Min: 1, Max: 3, Catalogue: 50},
		},
		Events:     scenarios.Events{Every: 20 * time.Second, PerFlush: 3, Bytes: 100, Transport: map[string]int{"http": 1, "kafka": 1}},
		Generator:  scenarios.Generator{Pacing: scenarios.PacingEconomical}, // precise waiting is the kernel's, which knows no fake time
		Thresholds: []scenarios.Threshold{"lost == 0"},
	}
}

// newRun is a run of the scenario against a world.
func newRun(w *world) (Config, *shelf) {
	s := &shelf{}
	return Config{
		Scenario: scenario(), Routes: w.routes(), Run: 77, Recorder: s, Reader: w, Tokens: 10,
		Intact: func(s contract.Stored) bool { return !bytes.Contains(s.Value, []byte("spoiled")) },
	}, s
}

func mustRun(ctx context.Context, t *testing.T, c Config) Result {
	t.Helper()
	result, err := Run(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	return result
}
