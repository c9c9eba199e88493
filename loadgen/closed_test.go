package loadgen

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/reports"
	"github.com/passmuster/muster/scenarios"
)

// watchedShelf is a Recorder that somebody watches.
type watchedShelf struct {
	*shelf
	watch *reports.Watch

	mu   sync.Mutex
	sent map[int]int64 // actions by the second in which their outcome became known
}

func (s *watchedShelf) Frames(frames []*record.Frame) error {
	err := s.shelf.Frames(frames)
	s.watch.Observe(record.Entry{Frames: frames})
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range frames {
		s.sent[f.Second] += f.Sent
	}
	return err
}

func (s *watchedShelf) Manifest(m record.Manifest) error {
	s.watch.Observe(record.Entry{Manifest: &m})
	return s.shelf.Manifest(m)
}

// TestAbortStopsWithinTwoSeconds plays a minute in fake time against a target that fails from second 20 on, and has the run
// cancelled as soon as a threshold is broken for good: no action may be sent two seconds after that second, and the run
// is accounted for as after Ctrl-C.
func TestAbortStopsWithinTwoSeconds(t *testing.T) {
	for _, c := range []struct {
		threshold scenarios.Threshold
		known     bool // by read-back, which follows the run
		breaks    int  // at the end of which second
	}{
		{"session.heartbeat errors < 30% over any 1s abort", false, 21},
		{"errors < 50% over any 4s abort", false, 22},
		{"errors < 5% abort", false, 0}, // whenever it is beyond hope
		{"duplicated == 0 abort", true, 0},
	} {
		t.Run(string(c.threshold), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				w := &world{fail: func(int, *contract.Message) bool { return !c.known && time.Since(began) >= 20*time.Second }}
				config, shelf := newRun(w)
				if c.known {
					config.Reader = &repeating{world: w, from: began.Add(20 * time.Second)}
				}
				config.Attackers, config.Scenario.Thresholds = 3, []scenarios.Threshold{c.threshold}
				config.Manifest.Version = record.Version
				watched := &watchedShelf{shelf: shelf, watch: &reports.Watch{}, sent: map[int]int64{}}
				config.Recorder = watched
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				var told time.Duration
				config.Closed = func(second int, known *record.Ledger) {
					if b := watched.watch.Closed(second, known); b != nil && told == 0 {
						told = time.Since(began)
						cancel(b)
					}
				}
				result := mustRun(ctx, t, config)
				var b *reports.Breach
				if !errors.As(context.Cause(ctx), &b) || !result.Interrupted {
					t.Fatalf("cause %v, interrupted %v; want a breach that ended the run", context.Cause(ctx), result.Interrupted)
				}
				if c.breaks > 0 && b.Second != c.breaks || b.Second < 20 || b.Second > 55 {
					t.Errorf("broken in second %d, want %d", b.Second, c.breaks)
				}
				if late := told - time.Duration(b.Second)*time.Second; late < 0 || late > time.Second {
					t.Errorf("told %v after the end of second %d", late, b.Second)
				}
				for second, n := range watched.sent {
					if n > 0 && second > b.Second+1 {
						t.Errorf("%d actions sent in second %d, want none two seconds after second %d", n, second, b.Second)
					}
				}
				if l := result.Ledger; l.NeverSent == 0 || l.NeverSent+l.Failed+l.Acknowledged != l.Planned || l.Found != l.Acknowledged || !l.Complete {
					t.Errorf("ledger %+v, want it closed over all that was planned", l)
				}
			})
		})
	}
}

// repeating is a log that is followed, and that shows each event twice from an instant on.
type repeating struct {
	*world
	from time.Time
}

func (r *repeating) Tails() {}

func (r *repeating) Read(ctx context.Context, yield func(contract.Stored) error) error {
	return r.world.Read(ctx, func(s contract.Stored) error {
		err := yield(s)
		if err == nil && !time.Now().Before(r.from) {
			err = yield(s)
		}
		return err
	})
}
