// Package ledger accounts for every planned event of one run: what became of it when it was sent, and whether, how often,
// in which order and how whole it was seen afterwards.
//
// The plan's numbers of flushes, the outcomes of flushes and stored events flow in; a record.Ledger flows out. An event's
// id holds its player and number (loadgen/plan), so nothing is looked up and an event takes two bits: acknowledged, and
// seen. All else is an exception and takes memory only where there are some. The package imports internal/contract,
// internal/record and loadgen/plan.
package ledger

import (
	"fmt"
	"sync"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/plan"
)

// Config says which events there are.
type Config struct {
	Identity *plan.Identity // that made the events' ids
	Params   plan.Params    // tells which players are of this slice
	PerFlush int            // events of one flush
	Flushes  []uint32       // by player of the whole population: how many flushes he makes; not kept
	Most     int64          // bytes that the events may take; 0 is any number
}

// Ledger accounts for the events of one slice. Done and See may be called concurrently, also with each other; Settle
// comes when no Done will follow, and Close at the end. It holds 2 bits an event and 4 bytes a player, and further memory
// for exceptions: 512 bytes at most for each, 6 bits an event when there is nothing but exceptions.
type Ledger struct {
	identity *plan.Identity
	params   plan.Params
	perFlush uint32
	layout   layout

	mu       sync.Mutex // guards all below
	settled  bool
	acked    dense
	seen     dense
	refused  sparse // failed
	unsure   sparse // indeterminate
	again    sparse // seen more than once
	late     sparse // seen after a later one of the same player, in one partition
	spoilt   sparse // seen with other content
	order    order
	missing  int64 // acknowledged and not yet seen, once settled
	phantoms int64 // of no event of the plan
	foreign  int64
	examples examples
}

// New returns the ledger of the players' flushes. It refuses what would take more than Most bytes.
func New(c Config) (*Ledger, error) {
	l := &Ledger{
		identity: c.Identity, params: c.Params, perFlush: uint32(max(c.PerFlush, 1)),
		refused: sparse{}, unsure: sparse{}, again: sparse{}, late: sparse{}, spoilt: sparse{}, examples: examples{},
	}
	var err error
	if l.layout, err = newLayout(c.Params, c.Flushes, l.perFlush); err != nil {
		return nil, err
	}
	if size := sizeOf(l.layout.events); c.Most > 0 && size > c.Most {
		return nil, fmt.Errorf("ledger: %d events would take %d MiB, and %d MiB are left: plan fewer events, or give the process more memory",
			l.layout.events, size>>20, c.Most>>20)
	}
	l.acked, l.seen = newDense(l.layout.events), newDense(l.layout.events)
	l.order = newOrder(l.layout.events)
	return l, nil
}

// sizeOf returns how many bytes a ledger takes for so many events when there are no exceptions, besides those for players.
func sizeOf(events int64) int64 { return events / 4 }

// Planned returns how many events the plan holds.
func (l *Ledger) Planned() int64 { return l.layout.events }

// Done notes what became of a player's flush, numbered from 0: its events share the outcome, unless the driver told them
// apart.
func (l *Ledger) Done(player, flush uint32, r *contract.Reply) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.perFlush {
		event, ok := l.layout.event(player, flush*l.perFlush+i)
		if !ok {
			return // not of this slice's plan
		}
		o := r.Outcome
		if int(i) < len(r.Records) {
			o = r.Records[i]
		}
		switch o {
		case contract.Acknowledged:
			l.acked.set(event)
		case contract.Failed:
			l.refused.set(event)
		case contract.Indeterminate:
			l.unsure.set(event)
		case contract.NeverSent: // what has no mark was never sent
		}
	}
}

// Settle ends the time of Done: what has no outcome by now was never sent.
func (l *Ledger) Settle() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.settled = true
	l.missing = l.count(func(w int64) uint64 { return l.acked[w] &^ l.seen[w] })
}

// Missing returns how many acknowledged events were not seen so far. Before Settle it is 0.
func (l *Ledger) Missing() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.missing
}

// Sight is what See makes of a stored event.
type Sight struct {
	Own           bool // of this run, this slice and its plan
	First         bool // seen for the first time
	Awaited       bool // and acknowledged before
	Player, Event uint32
}

// See notes one stored event. Intact judges its content; nil does not.
func (l *Ledger) See(s contract.Stored, intact func(contract.Stored) bool) Sight {
	run, player, seq, ok := l.identity.ParseEventID(s.ID)
	mine := ok && run == l.identity.Run() && (int64(player) >= int64(l.params.Curve.Peak()) || l.params.Mine(player))
	whole := !mine || intact == nil || intact(s) // outside the lock: it takes longer than all the rest
	l.mu.Lock()
	defer l.mu.Unlock()
	if !mine {
		l.foreign++ // another run's, another slice's, or nobody's
		return Sight{}
	}
	event, planned := l.layout.event(player, seq)
	if !planned {
		l.phantoms++
		l.examples.add(record.Example{Kind: phantom, ID: l.identity.EventID(player, seq), Player: player, Event: seq})
		return Sight{Player: player, Event: seq}
	}
	sight := Sight{Own: true, Player: player, Event: seq, First: !l.seen.has(event)}
	if !sight.First {
		l.again.set(event)
		return sight
	}
	l.seen.set(event)
	if s.Partition != 0 && l.isLate(player, event, s.Partition) {
		l.late.set(event)
	}
	if !whole {
		l.spoilt.set(event)
	}
	if sight.Awaited = l.acked.has(event); sight.Awaited && l.settled {
		l.missing--
	}
	return sight
}
