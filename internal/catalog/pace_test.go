package catalog

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/patience"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport"
)

// instant is a driver that answers at once and counts.
type instant struct{ sent int }

func (d *instant) Send(_ context.Context, _ *contract.Message, done func(contract.Reply)) {
	d.sent++
	done(contract.Reply{Outcome: contract.Acknowledged})
}

func (d *instant) Close(context.Context) error { return nil }

// capped returns a sender to two doors with this cap, and the driver behind both.
func capped(perSecond float64) (*Sender, *instant, []*contract.Message) {
	s := NewSender(&target.Target{
		Playtime: &target.Playtime{BaseURL: "http://127.0.0.1:1"},
		Ingest:   &target.Ingest{HTTP: &target.HTTP{BaseURL: "http://127.0.0.1:1"}},
	}, Settings{MaxRate: perSecond})
	d := &instant{}
	for _, door := range s.doors {
		s.drivers[door] = transport.Driver(d)
	}
	return s, d, []*contract.Message{
		{Operation: "playtime.start", Transport: contract.HTTP}, {Operation: "ingest.http", Transport: contract.HTTP},
	}
}

func TestTheCapIsThatOfAllDoorsTogether(t *testing.T) {
	for _, perSecond := range []float64{0.5, 8, 200} {
		synctest.Test(t, func(t *testing.T) {
			s, d, messages := capped(perSecond)
			const count = 101
			began := time.Now()
			for i := range count {
				if _, err := s.Send(t.Context(), messages[i%2], contract.AsTold); err != nil {
					t.Fatal(err)
				}
			}
			least := time.Duration(math.Floor(100 / perSecond * float64(time.Second)))
			if took := time.Since(began); took < least || took > least+time.Second || d.sent != count {
				t.Errorf("at %g a second %d messages took %v, want %v", perSecond, d.sent, took, least)
			}
		})
	}
}

func TestWithoutACapNothingWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _, messages := capped(0)
		began := time.Now()
		for range 1000 {
			if _, err := s.Send(t.Context(), messages[0], contract.AsTold); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("took %v, want no time at all", took)
		}
	})
}

// A clause with a limit of 2 s sends 60 messages at one a second, and has all of its time left.
func TestWaitingForTheCapTakesNoTimeFromAClause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d, messages := capped(1)
		ctx, cancel := patience.WithLimit(t.Context(), 2*time.Second)
		defer cancel()
		for range 60 {
			if _, err := s.Send(ctx, messages[0], contract.AsTold); err != nil {
				t.Fatal(err)
			}
		}
		if at, has := ctx.Deadline(); !has || time.Until(at) != 2*time.Second || d.sent != 60 {
			t.Errorf("%v left after %d messages, want 2s after 60", time.Until(at), d.sent)
		}
	})
}

func TestTheEndOfARunEndsTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, d, messages := capped(0.001)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel)
		began := time.Now()
		_, first := s.Send(ctx, messages[0], contract.AsTold)
		reply, second := s.Send(ctx, messages[0], contract.AsTold)
		if first != nil || !errors.Is(second, context.Canceled) || time.Since(began) != time.Minute {
			t.Errorf("got %v and %v after %v, want the second cancelled after a minute", first, second, time.Since(began))
		}
		if d.sent != 1 || reply.Outcome != contract.NeverSent || reply.Class != contract.ClassCancelled {
			t.Errorf("%d sent, reply %+v, want one and a reply that says never sent", d.sent, reply)
		}
	})
}
