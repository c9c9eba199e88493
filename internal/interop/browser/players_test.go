//go:build integration

package browser

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/reference"
	"github.com/passmuster/muster/internal/target"
)

// grumbler judges every heartbeat to be wrong.
type grumbler struct{}

func (grumbler) Clauses() []string { return []string{"playtime/grumbler/wants-no-heartbeat"} }

func (g grumbler) Judge(_ time.Time, m *contract.Message) []contract.Breach {
	if m.Path != "/v1/metrics/sessions/heartbeat" {
		return nil
	}
	return []contract.Breach{{Clause: g.Clauses()[0], Wanted: "no heartbeat", Got: "a heartbeat"}}
}

// serve starts a reference whose clients are judged, and ends it with the test.
func serve(t *testing.T) *reference.Server {
	t.Helper()
	var halves []reference.Half
	for _, c := range catalog.Contracts() {
		halves = append(halves, reference.Half{Name: c.Name, New: c.Serve, Mutants: c.Mutants()})
	}
	halves[0].Judge = func(*target.Target) (contract.Judge, error) { return grumbler{}, nil }
	s, err := reference.Start(t.Context(), reference.Options{Players: 1000, CheckClients: true}, halves)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Errorf("close the reference: %v", err)
		}
	})
	return s
}

// play has one new player after the other start, go on, end and hand over an event, about fifty actions a second, until
// the test ends.
func play(t *testing.T, to *target.Target) {
	t.Helper()
	var renderers []contract.Renderer
	for _, c := range catalog.Contracts() {
		r, err := c.Renderer(to)
		if err != nil {
			t.Fatal(err)
		}
		renderers = append(renderers, r)
	}
	sender := catalog.NewSender(to, catalog.Settings{})
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() {
		defer close(over)
		every := time.NewTicker(20 * time.Millisecond)
		defer every.Stop()
		for n := 0; ctx.Err() == nil; n++ {
			if err := act(ctx, sender, renderers, action(n)); err != nil && ctx.Err() == nil {
				t.Errorf("action %d: %v", n, err)
				return
			}
			select {
			case <-every.C:
			case <-ctx.Done():
			}
		}
	}()
	t.Cleanup(func() {
		stop()
		<-over
		if err := sender.Close(context.Background()); err != nil {
			t.Errorf("close the sender: %v", err)
		}
	})
}

// action is the n-th of all: each player starts, sends a heartbeat, hands over an event and ends.
func action(n int) *contract.Action {
	player, step := n/4, n%4
	now := time.Now()
	a := &contract.Action{
		Kind: [...]contract.Kind{contract.Start, contract.Heartbeat, contract.Flush, contract.End}[step], Transport: contract.HTTP,
		Player: uint32(player % 1000), SessionID: fmt.Sprintf("00000000-0000-4000-8000-%012d", player),
		Nonce: fmt.Sprintf("00000000-0000-4000-9000-%012d", n), Order: step + 1, At: now,
	}
	if step == 0 {
		a.UGC = []int64{int64(player + 1), int64(player + 2)}
	}
	a.Events = []contract.Event{{ID: fmt.Sprintf("%032x", n), Name: "level_up", At: now}}
	return a
}

// act renders the action by the contract whose business it is, sends it, and insists on its being taken.
func act(ctx context.Context, sender *catalog.Sender, renderers []contract.Renderer, a *contract.Action) error {
	for _, r := range renderers {
		operation := r.Operation(a.Kind, a.Transport)
		if operation == "" {
			continue
		}
		var m contract.Message
		if err := r.Render(&m, a); err != nil {
			return err
		}
		reply, err := sender.Send(ctx, &m, contract.AsTold)
		if err == nil && reply.Outcome != contract.Acknowledged {
			err = fmt.Errorf("%s was answered with %d %s", operation, reply.Status, reply.Detail)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
