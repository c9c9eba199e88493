package engine

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/passmuster/muster/internal/record"
)

// TestClosedSecondsStayClosed checks that no outcome of a second comes after the second was told to be over, by however
// many attackers, with a disk that holds some of them up; and, where nothing does, that every second is told of as it ends.
func TestClosedSecondsStayClosed(t *testing.T) {
	for name, c := range map[string]struct {
		attackers int
		disk      time.Duration
	}{"one attacker": {1, 0}, "three attackers": {3, 0}, "three attackers and a slow disk": {3, 1700 * time.Millisecond}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(after(30 * time.Millisecond))
				s.Attackers = c.attackers
				closed := 0
				var began time.Time
				s.Started = func(at time.Time) { began = at }
				s.Frames = func(frames []*record.Frame) error {
					for _, f := range frames {
						if len(f.Outcomes) > 0 && f.Second < closed {
							t.Errorf("an outcome of second %d after all before %d were told to be over", f.Second, closed)
						}
					}
					time.Sleep(c.disk)
					return s.keep(frames)
				}
				s.Closed = func(second int) {
					if second <= closed || c.disk == 0 && second != closed+1 {
						t.Errorf("second %d is told to be over after %d", second, closed)
					}
					if c.disk == 0 && time.Since(began) != time.Duration(second)*time.Second {
						t.Errorf("second %d is told to be over %v after the beginning, want as it ends", second, time.Since(began))
					}
					closed = second
				}
				s.play(t.Context(), t)
				if closed == 0 || c.disk == 0 && closed < int(lasting/time.Second)-1 {
					t.Errorf("told up to second %d of %v", closed, lasting)
				}
			})
		})
	}
}
