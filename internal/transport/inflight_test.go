package transport

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestSettleWaits has the last message done before the caller's patience ends, and after it.
func TestSettleWaits(t *testing.T) {
	for _, tc := range []struct {
		name     string
		patience time.Duration
		want     string // of the error; "" for none
	}{
		{"done in time", 3 * time.Second, ""},
		{"cut off", time.Second, "close test driver: 1 messages cut off: context deadline exceeded"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var f InFlight
				cut := make(chan struct{})
				for _, takes := range []time.Duration{0, 2 * time.Second} {
					f.Add()
					go func() {
						defer f.Done()
						select {
						case <-time.After(takes):
						case <-cut:
						}
					}()
				}
				ctx, cancel := context.WithTimeout(t.Context(), tc.patience)
				defer cancel()
				err := f.Settle(ctx, "test", func() { close(cut) })
				if got := text(err); got != tc.want || err != nil && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("Settle says %q, want %q", got, tc.want)
				}
			})
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return strings.TrimSpace(err.Error())
}
