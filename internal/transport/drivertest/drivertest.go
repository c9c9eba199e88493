// Package drivertest holds what every driver must do, as one test suite.
//
// A Fixture flows in: how to open a driver to a target that takes everything, to one that never answers, to one that is
// not there, and to targets that refuse. Run reports every broken promise of transport.Driver on t. The package is for
// tests; it imports internal/contract and internal/transport.
package drivertest

import (
	"context"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

// patience bounds every wait of the suite. A wait that gets there has failed; none is expected to come near.
const patience = 30 * time.Second

// Fixture is one kind of driver and the targets to try it on. Every function starts what it needs and has t end it; the
// suite closes the drivers.
type Fixture struct {
	// Render overwrites m with a message that carries id, reusing the memory of m.
	Render func(m *contract.Message, id string)

	// Live opens a driver to a target that acknowledges everything; taken lists the ids that it took, in any order.
	Live func(t *testing.T) (d transport.Driver, taken func() []string)

	// Hanging opens a driver to a target that takes messages and never answers. reached gets a value, without
	// blocking, for the first message at least. The driver's deadline should be short.
	Hanging func(t *testing.T) (d transport.Driver, reached <-chan struct{})

	// Dead opens a driver to an address where nobody listens; nil when such a driver cannot be opened in the first place.
	Dead func(t *testing.T) transport.Driver

	// Cases are the other replies that the fixture can provoke.
	Cases []Case
}

// Case is one way in which a target does not take a message.
type Case struct {
	Name    string
	Open    func(t *testing.T) transport.Driver
	Message func(m *contract.Message) // changes the rendered message; nil leaves it
	Outcome contract.Outcome
	Class   contract.Class
	Status  int
}

// Run tries a driver on a fresh fixture for every promise.
func Run(t *testing.T, mk func(t *testing.T) Fixture) {
	t.Helper()
	for _, promise := range []struct {
		name string
		test func(*testing.T, Fixture)
	}{
		{"acknowledged reply is stamped", acknowledgedIsStamped},
		{"done comes once and the message is free then", doneComesOnce},
		{"ended context sends nothing", endedContextSendsNothing},
		{"hanging target times out", hangingTimesOut},
		{"cancelling ends the wait", cancellingEndsTheWait},
		{"close waits for messages", closeWaits},
		{"close cuts messages off when its context ends", closeCutsOff},
		{"dead target is never sent to", deadIsNeverSent},
		{"refusals are classified", refusalsAreClassified},
	} {
		t.Run(promise.name, func(t *testing.T) {
			before := goleak.IgnoreCurrent()
			t.Cleanup(func() { goleak.VerifyNone(t, before) }) // runs last, when the fixture has ended its targets too
			promise.test(t, mk(t))
		})
	}
}

// exchange renders a message, sends it and waits for its reply.
func exchange(ctx context.Context, t *testing.T, f Fixture, d transport.Driver, change func(*contract.Message)) contract.Reply {
	t.Helper()
	var m contract.Message
	f.Render(&m, "one")
	if change != nil {
		change(&m)
	}
	replies := make(chan contract.Reply, 2)
	d.Send(ctx, &m, func(r contract.Reply) { replies <- r })
	return await(t, replies, "done")
}

// await takes one value from c, or fails the test.
func await[T any](t *testing.T, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("no %s within %v", what, patience)
		panic("unreachable")
	}
}

// shut closes d and expects nothing to be left.
func shut(t *testing.T, d transport.Driver) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := d.Close(ctx); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// expect checks what every reply must be, beside its outcome and class.
func expect(t *testing.T, r contract.Reply, outcome contract.Outcome, class contract.Class) {
	t.Helper()
	if r.Outcome != outcome || r.Class != class {
		t.Errorf("reply is %v/%q (%d, %q), want %v/%q", r.Outcome, r.Class, r.Status, r.Detail, outcome, class)
	}
	if r.Done.IsZero() {
		t.Error("reply has no Done stamp")
	}
	if (r.Outcome == contract.NeverSent) != r.Sent.IsZero() {
		t.Errorf("outcome %v with Sent %v: a message that was never sent, and no other, has no Sent stamp", r.Outcome, r.Sent)
	}
	if !r.Sent.IsZero() && r.Done.Before(r.Sent) {
		t.Errorf("Done %v is before Sent %v", r.Done, r.Sent)
	}
	if (r.Detail == "") != (r.Outcome == contract.Acknowledged) {
		t.Errorf("outcome %v with detail %q: a reply that was not acknowledged, and no other, says why", r.Outcome, r.Detail)
	}
}
