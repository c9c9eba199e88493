package conformance

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/passmuster/muster/internal/contract"
)

// logOf is a reader that does as told.
type logOf func(ctx context.Context, yield func(contract.Stored) error) error

func (l logOf) Read(ctx context.Context, yield func(contract.Stored) error) error {
	return l(ctx, yield)
}
func (l logOf) Close() {}

func TestFind(t *testing.T) {
	hangs := func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	}
	reads := 0
	for _, c := range []struct {
		name   string
		log    logOf
		copies int
		fails  bool
	}{
		{"an empty log", func(context.Context, func(contract.Stored) error) error { return nil }, 0, false},
		{"a log that holds it", func(_ context.Context, yield func(contract.Stored) error) error {
			return yield(contract.Stored{ID: "x"})
		}, 1, false},
		{"a log that fails", func(context.Context, func(contract.Stored) error) error { return errors.New("refused") }, 0, true},
		{"a log that never answers", func(ctx context.Context, _ func(contract.Stored) error) error { return hangs(ctx) }, 0, true},
		{"a log that stops to answer", func(ctx context.Context, _ func(contract.Stored) error) error {
			if reads++; reads > 5 {
				return hangs(ctx)
			}
			return nil
		}, 0, true},
		{"a log that is cut off at the very end", func(ctx context.Context, _ func(contract.Stored) error) error {
			if deadline, _ := ctx.Deadline(); time.Until(deadline) < time.Second {
				return hangs(ctx)
			}
			return nil
		}, 0, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 16*time.Second)
			defer cancel()
			copies, err := NewIndex(c.log).Find(ctx, "x")
			if len(copies) != c.copies || (err != nil) != c.fails {
				t.Errorf("%s: got %d copies and error %v, want %d and an error %v", c.name, len(copies), err, c.copies, c.fails)
			}
		})
	}
}

// TestFindAfterAnother whose time it shares may still say that nothing is there.
func TestFindAfterAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := NewIndex(logOf(func(ctx context.Context, _ func(contract.Stored) error) error { return ctx.Err() }))
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		for range 2 {
			if copies, err := x.Find(ctx, "x"); len(copies) > 0 || err != nil {
				t.Errorf("got %d copies and error %v, want none", len(copies), err)
			}
		}
	})
}
