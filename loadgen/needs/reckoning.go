package needs

import (
	"time"

	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/scenarios"
)

// reckoning goes through a plan second by second and keeps the peaks.
type reckoning struct {
	scenario scenarios.Scenario
	doors    Doors
	share    shares // of the flushes
	costs    costs
	peak     Needs

	own              bool    // each player has a connection of his own
	beats, ends      float64 // shares of the actions that dial
	flushes, entries float64 // the same of flushes; and of players who come, for their first flush

	session, events *window // actions over the time for which their connections stay open, by door
	waiting         *window // new connections over the time for which their ports wait
	sends, dials    *window // cores spent, over ten seconds
}

// shares are those of the transports among flushes.
type shares struct{ http, kafka, sns float64 }

// shareOf turns weights into shares; without any, all go by HTTP.
func shareOf(weights map[string]int) shares {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	if sum == 0 {
		return shares{http: 1}
	}
	of := func(name string) float64 { return float64(weights[name]) / float64(sum) }
	return shares{http: of("http"), kafka: of("kafka"), sns: of("sns")}
}

func newReckoning(s scenarios.Scenario, d Doors, reuse int) *reckoning {
	c := s.Connections
	idle := *c.Idle
	wall := func(plan time.Duration) time.Duration { return time.Duration(float64(plan) / s.TimeScale) }
	period := wall(s.Players.Heartbeat.Period + 2*s.Players.Heartbeat.Jitter)
	r := &reckoning{scenario: s, doors: d, share: shareOf(s.Events.Transport), costs: costsOf(c, d), own: c.Mode == scenarios.PerPlayer}
	r.beats = dialShare(period, idle)
	r.ends = max(0, 1-idle.Seconds()/max(period.Seconds(), 1e-9)) // an end comes at any time after the last heartbeat
	r.flushes = dialShare(wall(s.Events.Every), idle)
	if r.flushes == 0 && s.Events.Every > 0 {
		r.entries = r.share.http
	}
	open := seconds(idle) + 1 // and a second for the answer
	r.session, r.events = newWindow(open), newWindow(open)
	r.waiting = newWindow(timeWait(d, reuse))
	r.sends, r.dials = newWindow(busiest), newWindow(busiest)
	return r
}

// timeWait returns for how many seconds a port waits after its connection was closed from this side, before it is given
// out again.
func timeWait(d Doors, reuse int) int {
	if reuse == 1 || reuse == 2 && d.Loopback {
		return 1
	}
	return 60
}

// seconds rounds a duration up to whole seconds.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// second takes what is due in the next second.
func (r *reckoning) second(due [plan.Kinds]float64) {
	rates := Rates{
		Starts: due[plan.Start] * on(r.doors.Playtime), Heartbeats: due[plan.Heartbeat] * on(r.doors.Playtime), Ends: due[plan.End] * on(r.doors.Playtime),
		HTTP: due[plan.Flush] * r.share.http * on(r.doors.Events), Kafka: due[plan.Flush] * r.share.kafka * on(r.doors.Kafka),
		SNS: due[plan.Flush] * r.share.sns * on(r.doors.SNS),
	}
	rates.Actions = rates.Starts + rates.Heartbeats + rates.Ends + rates.HTTP + rates.Kafka + rates.SNS
	dials := 0.0
	if r.own {
		dials = rates.Starts + r.beats*rates.Heartbeats + r.ends*rates.Ends + r.flushes*rates.HTTP + r.entries*due[plan.Start]*on(r.doors.Events)
	}
	r.connections(rates, dials)
	r.work(rates, dials)
	p := &r.peak
	p.Peak = p.Peak.most(rates)
	p.Events = max(p.Events, (rates.HTTP+rates.Kafka+rates.SNS)*float64(r.scenario.Events.PerFlush))
}

// connections keeps the peaks of what new and open connections need.
func (r *reckoning) connections(rates Rates, dials float64) {
	if !r.own {
		return
	}
	players := float64(r.scenario.Peak())
	open := min(r.session.add(rates.Starts+rates.Heartbeats+rates.Ends), players) + min(r.events.add(rates.HTTP), players*r.share.http)
	p := &r.peak
	p.Dials = max(p.Dials, dials)
	p.Open = max(p.Open, ceil(open))
	p.Ports = max(p.Ports, ceil(open+r.waiting.add(dials)))
	if r.doors.Secure {
		resumed := *r.scenario.Connections.TLS.Resumed
		p.Full, p.Resumed = p.Dials*(1-resumed), p.Dials*resumed
	}
}

// work keeps the peak of the cores, over the busiest seconds.
func (r *reckoning) work(rates Rates, dials float64) {
	c := r.costs
	events := float64(r.scenario.Events.PerFlush)
	sends := (rates.Starts+rates.Heartbeats+rates.Ends+rates.HTTP)*c.action + rates.HTTP*events*costEvent +
		rates.Kafka*events*costRecord + rates.SNS*(costPublish+events*costEvent)
	ofSends, ofDials := r.sends.add(sends/1e6)/busiest, r.dials.add(dials*c.dial/1e6)/busiest
	if p := &r.peak; ofSends+ofDials > p.Cores {
		p.Cores, p.OfActions, p.OfDials = ofSends+ofDials, ofSends, ofDials
	}
}

func on(is bool) float64 { return float64(count(is)) }

func (r Rates) most(o Rates) Rates {
	return Rates{
		Starts: max(r.Starts, o.Starts), Heartbeats: max(r.Heartbeats, o.Heartbeats), Ends: max(r.Ends, o.Ends),
		HTTP: max(r.HTTP, o.HTTP), Kafka: max(r.Kafka, o.Kafka), SNS: max(r.SNS, o.SNS), Actions: max(r.Actions, o.Actions),
	}
}

// window is a sum over the last so many seconds.
type window struct {
	last []float64
	next int
	sum  float64
}

func newWindow(seconds int) *window { return &window{last: make([]float64, max(seconds, 1))} }

// add takes the next second's value and returns the sum.
func (w *window) add(v float64) float64 {
	w.sum += v - w.last[w.next]
	w.last[w.next] = v
	w.next = (w.next + 1) % len(w.last)
	return w.sum
}
