package patience_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/passmuster/muster/internal/patience"
)

// endsAfter tells how long it takes until ctx ends.
func endsAfter(ctx context.Context) time.Duration {
	began := time.Now()
	<-ctx.Done()
	return time.Since(began)
}

func TestTheLimitEndsLikeADeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := patience.WithLimit(t.Context(), 20*time.Second)
		defer cancel()
		inner, done := context.WithCancel(ctx)
		defer done()
		if got := endsAfter(inner); got != 20*time.Second {
			t.Errorf("ended after %v, want 20s", got)
		}
		if !errors.Is(inner.Err(), context.DeadlineExceeded) || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			t.Errorf("ended by %v and %v, want the deadline", ctx.Err(), inner.Err())
		}
	})
}

func TestSuspendedTimeDoesNotCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		ctx, cancel := patience.WithLimit(t.Context(), 3*time.Second)
		defer cancel()
		for range 4 { // two at once, each for a minute and overlapping by half
			first := patience.Suspend(ctx)
			if _, has := ctx.Deadline(); has {
				t.Error("there is a deadline while the limit is suspended")
			}
			time.Sleep(30 * time.Second)
			second := patience.Suspend(ctx)
			time.Sleep(30 * time.Second)
			first()
			first() // more than once is no more than once
			time.Sleep(30 * time.Second)
			second()
			time.Sleep(500 * time.Millisecond)
		}
		if ctx.Err() != nil {
			t.Fatalf("ended by %v although 2s of 3s are used", ctx.Err())
		}
		endsAfter(ctx)
		if got := time.Since(began); got != 363*time.Second {
			t.Errorf("ended after %v, want 3s and four times 90s", got)
		}
	})
}

func TestTheEndOfTheParentIsHeardAlsoWhileSuspended(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, stop := context.WithTimeout(t.Context(), 10*time.Second)
		defer stop()
		ctx, cancel := patience.WithLimit(parent, time.Second)
		defer cancel()
		defer patience.Suspend(ctx)()
		if at, has := ctx.Deadline(); !has || time.Until(at) != 10*time.Second {
			t.Errorf("deadline %v, %v, want that of the parent", at, has)
		}
		if got := endsAfter(ctx); got != 10*time.Second {
			t.Errorf("ended after %v, want 10s", got)
		}
	})
}

func TestWithoutALimitThereIsNothingToSuspend(t *testing.T) {
	patience.Suspend(t.Context())()
	ctx, cancel := patience.WithLimit(t.Context(), time.Hour)
	cancel()
	cancel()
	if !errors.Is(ctx.Err(), context.Canceled) {
		t.Errorf("ended by %v, want canceled", ctx.Err())
	}
	patience.Suspend(ctx)()
}
