// Package needs reckons, before anything is sent, what a load run will need of the machine that generates it, and
// compares that with what the machine has.
//
// A scenario, the summary of its plan and what is known of the target flow in; Needs flow out. Needs and the Facts of a
// machine flow in; Checks flow out, each with what is had, what is needed and the cure. All of it is pure. The package
// imports scenarios, internal/machine, internal/numeral and loadgen/plan.
//
// # How well it knows
//
// Rates, new connections, ports and descriptors are counted on the plan, second by second. Cores and memory are
// estimates from costs that were measured once (see costs.go); machines differ from that one by a factor of two, so only
// what is far over is refused.
package needs

import (
	"math"
	"time"

	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/scenarios"
)

// Doors is what is known of the target.
type Doors struct {
	Playtime, Events, Kafka, SNS bool // which doors it has: session actions, and events by HTTP, Kafka and SNS

	Secure   bool // its HTTP doors are https
	Loopback bool // it is on this machine
	Shared   bool // it runs in this very process
}

// Abroad is a target on another machine, with every door, over HTTPS: what is assumed while none is named.
func Abroad() Doors {
	return Doors{Playtime: true, Events: true, Kafka: true, SNS: true, Secure: true}
}

// Rates are actions due in a second on the wall. Their peaks need not fall into the same second.
type Rates struct {
	Starts     float64 `json:"starts"`
	Heartbeats float64 `json:"heartbeats"`
	Ends       float64 `json:"ends"`
	HTTP       float64 `json:"flushes_http"` // flushes of events by transport, as the shares say
	Kafka      float64 `json:"flushes_kafka"`
	SNS        float64 `json:"flushes_sns"`
	Actions    float64 `json:"actions"` // all of them
}

// Needs is what a run needs at its busiest. Everything is of the generator alone, except with a target that shares its
// process.
type Needs struct {
	Peak    Rates   `json:"peak"`               // in the busiest second of each
	Events  float64 `json:"events"`             // single events in the busiest second
	Dials   float64 `json:"connects"`           // new HTTP connections in the busiest second
	Full    float64 `json:"handshakes_full"`    // of TLS, in the busiest second
	Resumed float64 `json:"handshakes_resumed"` // of TLS, in the busiest second
	Open    int     `json:"connections"`        // HTTP connections open at once

	Descriptors int     `json:"descriptors"`
	Ports       int     `json:"ports"`        // local ports taken at once: by open connections and by those that wait after their end
	Sources     int     `json:"sources"`      // addresses that the scenario dials from; the system's own is one
	Cores       float64 `json:"cores"`        // estimate, over the busiest ten seconds
	OfActions   float64 `json:"cores_sends"`  // the part of Cores that renders, sends and accounts
	OfDials     float64 `json:"cores_dials"`  // the part that connects and shakes hands
	Memory      int64   `json:"memory_bytes"` // estimate
}

// Reckon returns what a scenario needs. Its defaults must be filled in, and sum be the summary of its plan in steps of
// a second on the wall. reuse is the machine's tcp_tw_reuse, -1 for unknown.
func Reckon(s scenarios.Scenario, sum plan.Summary, d Doors, reuse int) Needs {
	r := newReckoning(s, d, reuse)
	for i := range sum.Dues {
		r.second([plan.Kinds]float64{
			plan.Start: float64(sum.Kinds[plan.Start][i]), plan.Heartbeat: float64(sum.Kinds[plan.Heartbeat][i]),
			plan.End: float64(sum.Kinds[plan.End][i]), plan.Flush: float64(sum.Kinds[plan.Flush][i]),
		})
	}
	n := r.peak
	n.Sources = max(1, len(s.Connections.Addresses()))
	pooled := 0
	if s.Connections.Mode != scenarios.PerPlayer {
		pooled = s.Connections.Pool * (count(d.Playtime) + count(d.Events && r.share.http > 0))
		n.Open = pooled
	}
	n.Ports = max(n.Ports, pooled)
	n.Descriptors = n.Open + descriptorsBase
	if d.SNS && r.share.sns > 0 {
		n.Descriptors += s.Connections.Pool
	}
	n.Memory = r.memory(n, sum)
	if d.Shared { // the other ends of all connections, and about as much work again
		n.Descriptors += n.Open
		n.Cores, n.OfActions, n.OfDials = 2*n.Cores, 2*n.OfActions, 2*n.OfDials
	}
	return n
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// memory estimates the bytes of the process.
func (r *reckoning) memory(n Needs, sum plan.Summary) int64 {
	s := r.scenario
	perConnection := int64(plainConnection)
	if r.doors.Secure {
		perConnection = secureConnection
	}
	flushes := int64(sum.Counts[plan.Flush]) * int64(s.Events.PerFlush)
	total := memoryBase + int64(sum.Players)*memoryPlayer + int64(s.Generator.MaxInFlight)*memorySlot +
		int64(n.Open)*perConnection + flushes/4 // two bits an event in the ledger
	if r.doors.Kafka && r.share.kafka > 0 {
		total += int64(min(s.Connections.Kafka.MaxBuffered, int(n.Events)+1)) * int64(s.Events.Bytes+memoryRecord)
	}
	return total
}

// dialShare returns the share of a player's actions that need a new connection, when actions come so far apart and an
// unused connection is kept for idle.
func dialShare(apart, idle time.Duration) float64 {
	if idle <= apart { // when they are equal, who is first is chance
		return 1
	}
	return 0
}

// ceil rounds a number of things up; what summing up shares has added does not count.
func ceil(x float64) int { return int(math.Ceil(x - 1e-6)) }
