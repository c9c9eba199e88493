package drivertest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

func acknowledgedIsStamped(t *testing.T, f Fixture) {
	d, taken := f.Live(t)
	defer shut(t, d)
	expect(t, exchange(context.Background(), t, f, d, nil), contract.Acknowledged, contract.ClassNone)
	if got := taken(); !slices.Equal(got, []string{"one"}) {
		t.Errorf("target took %q, want one message", got)
	}
}

// doneComesOnce has several senders reuse one message each, as soon as done gives it back: what the target took shows
// whether the driver held on to any of it, and the race detector whether it read any of it later.
func doneComesOnce(t *testing.T, f Fixture) {
	const senders, each = 8, 50
	d, taken := f.Live(t)
	calls := make([]atomic.Int32, senders*each)
	var all sync.WaitGroup
	for s := range senders {
		all.Go(func() {
			var m contract.Message
			for k := range each {
				n := s*each + k
				f.Render(&m, fmt.Sprintf("id-%04d", n))
				free := make(chan contract.Reply, 2)
				d.Send(context.Background(), &m, func(r contract.Reply) {
					calls[n].Add(1)
					scribble(&m)
					free <- r
				})
				expect(t, <-free, contract.Acknowledged, contract.ClassNone)
			}
		})
	}
	all.Wait()
	shut(t, d)
	var want []string
	for n := range calls {
		want = append(want, fmt.Sprintf("id-%04d", n))
		if got := calls[n].Load(); got != 1 {
			t.Errorf("done of message %d was called %d times, want 1", n, got)
		}
	}
	got := slices.Sorted(slices.Values(taken()))
	if !slices.Equal(got, want) {
		t.Errorf("target took %d messages, want each of %d once and unharmed", len(got), len(want))
	}
}

// scribble destroys everything that a message refers to.
func scribble(m *contract.Message) {
	fill := func(b []byte) {
		for i := range b {
			b[i] = '#'
		}
	}
	fill(m.Body)
	for i := range m.Records {
		fill(m.Records[i].Key)
		fill(m.Records[i].Value)
		m.Records[i] = contract.Record{}
	}
	clear(m.Header)
}

func endedContextSendsNothing(t *testing.T, f Fixture) {
	d, taken := f.Live(t)
	defer shut(t, d)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	expect(t, exchange(ctx, t, f, d, nil), contract.NeverSent, contract.ClassCancelled)
	if got := taken(); len(got) > 0 {
		t.Errorf("target took %q, want nothing", got)
	}
}

func hangingTimesOut(t *testing.T, f Fixture) {
	d, _ := f.Hanging(t)
	defer shut(t, d)
	expect(t, exchange(context.Background(), t, f, d, nil), contract.Indeterminate, contract.ClassTimeout)
}

func cancellingEndsTheWait(t *testing.T, f Fixture) {
	d, reached := f.Hanging(t)
	defer shut(t, d)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	replies := launch(ctx, f, d)
	await(t, reached, "message at the target")
	cancel()
	expect(t, await(t, replies, "done"), contract.Indeterminate, contract.ClassCancelled)
}

func closeWaits(t *testing.T, f Fixture) {
	d, reached := f.Hanging(t)
	replies := launch(context.Background(), f, d)
	await(t, reached, "message at the target")
	shut(t, d)
	select {
	case r := <-replies:
		expect(t, r, contract.Indeterminate, contract.ClassTimeout)
	default:
		t.Error("Close returned before done was called")
	}
}

func closeCutsOff(t *testing.T, f Fixture) {
	d, reached := f.Hanging(t)
	replies := launch(context.Background(), f, d)
	await(t, reached, "message at the target")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := d.Close(ctx); err == nil {
		t.Error("Close cut a message off and returned no error")
	}
	expect(t, await(t, replies, "done"), contract.Indeterminate, contract.ClassCancelled)
}

func deadIsNeverSent(t *testing.T, f Fixture) {
	if f.Dead == nil {
		t.Skip("a driver to a dead target cannot be opened")
	}
	d := f.Dead(t)
	defer shut(t, d)
	expect(t, exchange(context.Background(), t, f, d, nil), contract.NeverSent, contract.ClassDial)
}

func refusalsAreClassified(t *testing.T, f Fixture) {
	for _, c := range f.Cases {
		t.Run(c.Name, func(t *testing.T) {
			d := c.Open(t)
			defer shut(t, d)
			r := exchange(context.Background(), t, f, d, c.Message)
			expect(t, r, c.Outcome, c.Class)
			if r.Status != c.Status {
				t.Errorf("status %d, want %d", r.Status, c.Status)
			}
		})
	}
}

// launch sends one message beside the caller and returns where its reply will be. The channel is filled once done was
// called and, for drivers whose Send returns after done, possibly before Send has returned.
func launch(ctx context.Context, f Fixture, d transport.Driver) <-chan contract.Reply {
	replies := make(chan contract.Reply, 2)
	started := make(chan struct{})
	go func() {
		var m contract.Message
		f.Render(&m, "one")
		close(started)
		d.Send(ctx, &m, func(r contract.Reply) { replies <- r })
	}()
	<-started
	return replies
}
