// Package player says what one synthetic player does next: it turns a due of the plan into a contract's action.
//
// A Due and the instant at which it happens flow in, an Action flows out: session, nonce, place in the session, content
// ids, platform, portal, transport and events. All of it is a function of (seed, run, due), so nothing is stored for a
// player. The package imports internal/contract, scenarios and loadgen/plan; it names no particular contract.
package player

import (
	"slices"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/scenarios"
)

// Cast is all the players of one run. It is safe for concurrent use once Pad has been set.
type Cast struct {
	scenario  scenarios.Scenario
	identity  *plan.Identity
	dice      plan.Dice
	clients   weights
	platforms weights
	portals   weights
	transport weights
	senders   weights // of events by HTTP
	pad       map[contract.Transport]int
}

// The draws of a player (asked of session 0), of a session and of an event. Families of draws are far apart.
const (
	drawPlatform uint64 = iota << 32
	drawPortal
	drawTransport
	drawUGCCount
	drawUGC
	drawName
	drawClient
	drawEventClient
)

// New returns the players of a scenario, whose defaults must be filled in. Run is the run's number, see
// plan.NewIdentity.
func New(s scenarios.Scenario, run uint64) *Cast {
	return &Cast{
		scenario:  s,
		identity:  plan.NewIdentity(run),
		dice:      plan.NewDice(s.Seed, "player"),
		clients:   newWeights(s.Players.Clients),
		platforms: newWeights(s.Players.Platforms),
		portals:   newWeights(s.Players.Portals),
		transport: newWeights(s.Events.Transport),
		senders:   newWeights(s.Events.Clients),
		pad:       map[contract.Transport]int{},
	}
}

// Identity returns the ids of the run.
func (c *Cast) Identity() *plan.Identity { return c.identity }

// Pad sets how many bytes of padding an event carries by a transport. It must not be called beside Act.
func (c *Cast) Pad(t contract.Transport, n int) { c.pad[t] = max(n, 0) }

// Transport returns the way by which a player hands over his events. He keeps to it.
func (c *Cast) Transport(player uint32) contract.Transport {
	if t := c.transport.pick(c.dice.Roll(player, 0, drawTransport)); t != "" {
		return contract.Transport(t)
	}
	return contract.HTTP
}

// PerFlush returns how many events one flush holds.
func (c *Cast) PerFlush() int { return max(c.scenario.Events.PerFlush, 1) }

// Act overwrites a with what d asks for, stamped with the instant at. It reuses the slices of a.
func (c *Cast) Act(a *contract.Action, d plan.Due, at time.Time) {
	*a = contract.Action{
		Kind:      contract.Kind(d.Kind),
		Transport: contract.HTTP,
		Player:    d.Player,
		SessionID: c.identity.SessionID(d.Player, d.Session),
		At:        at,
		Client:    c.clients.pick(c.dice.Roll(d.Player, 0, drawClient)),
		Platform:  c.platforms.pick(c.dice.Roll(d.Player, 0, drawPlatform)),
		Portal:    c.portals.pick(c.dice.Roll(d.Player, 0, drawPortal)),
		UGC:       a.UGC[:0],
		Events:    a.Events[:0],
	}
	if d.Kind == plan.Flush {
		a.Transport = c.Transport(d.Player)
		a.EventClient = c.senders.pick(c.dice.Roll(d.Player, 0, drawEventClient))
		a.Events = c.appendEvents(a.Events, d, at, c.pad[a.Transport])
		return
	}
	// The plan numbers a session's start 0, its heartbeats from 1, and its end after the last of them.
	a.Order = 1 + int(d.Seq)
	a.Nonce = c.identity.Nonce(d.Player, d.Session, uint32(a.Order))
	if d.Kind == plan.Start {
		a.UGC = c.AppendUGC(a.UGC, d.Player, d.Session)
	}
}

// appendEvents appends the events of a flush. Event i of flush n is the player's event number n x PerFlush + i.
func (c *Cast) appendEvents(events []contract.Event, d plan.Due, at time.Time, pad int) []contract.Event {
	n := uint32(c.PerFlush())
	for seq := d.Seq * n; seq < (d.Seq+1)*n; seq++ {
		events = append(events, contract.Event{
			ID:   c.identity.EventID(d.Player, seq),
			Name: c.name(d.Player, seq),
			At:   at,
			Pad:  pad,
		})
	}
	return events
}

// name draws what an event says happened.
func (c *Cast) name(player, seq uint32) string {
	names := c.scenario.Events.Names
	if len(names) == 0 {
		return "level_complete"
	}
	return names[plan.Below(c.dice.Roll(player, 0, drawName+uint64(seq)), uint64(len(names)))]
}

// AppendUGC appends the ids of the content that a session starts with: distinct ones from 1 to the catalogue's size.
func (c *Cast) AppendUGC(ids []int64, player, session uint32) []int64 {
	first := len(ids)
	u := c.scenario.Players.UGC
	size := uint64(max(u.Catalogue, 1))
	for n := c.ugcCount(player, session); n > 0; n-- {
		id := plan.Below(c.dice.Roll(player, session, drawUGC+uint64(n)), size)
		for slices.Contains(ids[first:], int64(id)+1) { // ends: there are fewer ids than the catalogue holds
			id = (id + 1) % size
		}
		ids = append(ids, int64(id)+1)
	}
	return ids
}

// ugcCount draws how many content ids a session starts with.
func (c *Cast) ugcCount(player, session uint32) int {
	u := c.scenario.Players.UGC
	span := uint64(max(u.Max-u.Min, 0)) + 1
	n := u.Min + int(plan.Below(c.dice.Roll(player, session, drawUGCCount), span))
	return min(n, max(u.Catalogue, 1))
}
