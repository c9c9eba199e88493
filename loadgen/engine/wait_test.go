package engine

import (
	"testing"
	"time"
)

// TestWaiters checks what both kinds of waiter promise: not a moment too early unless woken, and then at once, even when
// they were woken before they began. That a wait of an hour ends at all shows the rest.
func TestWaiters(t *testing.T) {
	for name, w := range map[string]waiter{"timed": newTimed(), "precise": newPrecise()} {
		t.Run(name, func(t *testing.T) {
			for _, d := range []time.Duration{0, time.Microsecond, 70 * time.Microsecond, 3 * time.Millisecond} {
				for range 20 {
					began := time.Now()
					if w.wait(d); time.Since(began) < d {
						t.Errorf("a wait of %v ended too early, after %v", d, time.Since(began))
					}
				}
			}
			w.wake()
			w.wait(time.Hour)
			waiting := make(chan struct{})
			go func() {
				<-waiting
				w.wake()
			}()
			close(waiting)
			w.wait(time.Hour)
		})
	}
}
