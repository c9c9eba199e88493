package engine

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestInterruptWhileCrowded ends a run in which a due waits for a worker, and others for their players' earlier actions. The
// due is given up, and with it the reason to look out for a worker: a pacer that still did would never wait again, so that
// fake time stood still and this test never ended.
func TestInterruptWhileCrowded(t *testing.T) {
	for seed := range uint64(40) {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(fickle(false, seed))
			s.MaxWorkers, s.MaxInFlight, s.Grace = 4, 60, time.Minute
			ctx, cancel := context.WithTimeout(t.Context(), lasting/3)
			defer cancel()
			all := s.play(ctx, t).total(t)
			if all.Classes["cancelled"] == 0 || total(all.Outcomes) != all.Planned {
				t.Errorf("seed %d: outcomes %v of %d, want all of them accounted for", seed, all.Outcomes, all.Planned)
			}
		})
	}
}
