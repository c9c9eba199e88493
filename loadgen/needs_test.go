package loadgen

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/needs"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/scenarios"
)

// way is a connection of one player to one door, as it is when every answer comes at once.
type way struct {
	player uint32
	events bool
}

// walked is what a walk through a plan found: the most new connections in a second, the most open at a second's end, and
// the most ports that are taken by open ones and by those closed less than a minute ago.
type walked struct{ dials, open, ports int }

// walk plays the connections of every player, one by one: the model that needs are held to.
func walk(t *rapid.T, s scenarios.Scenario) walked {
	timeline, err := plan.NewTimeline(params(s, record.Slice{Count: 1}))
	if err != nil {
		t.Fatal(err)
	}
	idle, span := *s.Connections.Idle, int(s.Duration/time.Second)+200
	dials, change, waiting := make([]int, span), make([]int, span), make([]int, span)
	until := map[way]time.Duration{} // when a connection is closed unless it is used again
	second := func(at time.Duration) int { return min(int(at/time.Second), span-1) }
	closed := func(at time.Duration) {
		change[second(at)]--
		waiting[second(at)]++
		waiting[min(second(at)+60, span-1)]--
	}
	for d, ok := timeline.Next(); ok; d, ok = timeline.Next() {
		l := way{d.Player, d.Kind == plan.Flush}
		end, open := until[l]
		if open && end <= d.At {
			closed(end)
			open = false
		}
		if !open {
			dials[second(d.At)]++
			change[second(d.At)]++
		}
		until[l] = d.At + idle
	}
	for _, end := range until {
		closed(end)
	}
	var found walked
	open, wait := 0, 0
	for i := range span - 1 {
		open, wait = open+change[i], wait+waiting[i]
		found.dials, found.open, found.ports = max(found.dials, dials[i]), max(found.open, open), max(found.ports, open+wait)
	}
	return found
}

// TestNeedsHoldForEveryPlayer compares what is reckoned from the rates of a plan with a walk in which every player's
// connections are followed: it is never far below, which only players who keep step with each other bring about, and never
// more than some times above.
func TestNeedsHoldForEveryPlayer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sec := func(name string, least, most int) time.Duration {
			return time.Duration(rapid.IntRange(least, most).Draw(t, name)) * time.Second
		}
		idle := sec("idle", 1, 120)
		players, duration := rapid.IntRange(200, 600).Draw(t, "players"), sec("duration", 120, 600)
		s := scenarios.Scenario{
			Version: 1, Name: "drawn", Seed: rapid.Uint64Min(1).Draw(t, "seed"), Duration: duration,
			Players: scenarios.Players{
				CCU:       []scenarios.Point{{}, {At: sec("ramp", 1, 60), Players: players}, {At: duration - sec("leave", 20, 60), Players: players}, {At: duration}},
				Session:   scenarios.Session{Mean: sec("mean", 60, 600)},
				Heartbeat: scenarios.Heartbeat{Period: sec("period", 10, 150)},
			},
			Events:      scenarios.Events{Every: sec("every", 10, 150), Transport: map[string]int{"http": 1}},
			Connections: scenarios.Connections{Mode: scenarios.PerPlayer, Idle: &idle},
		}
		p, err := Look(s)
		if err != nil {
			t.Fatal(err)
		}
		n, found := p.Needs(needs.Abroad(), 0), walk(t, p.Scenario)
		for _, c := range []struct {
			what          string
			reckoned, had int
		}{{"dials", int(n.Dials), found.dials}, {"open", n.Open, found.open}, {"ports", n.Ports, found.ports}} {
			if 10*c.reckoned < 7*c.had-400 || c.reckoned > 4*c.had+50 {
				t.Fatalf("%s: reckoned %d, a walk through the plan has %d", c.what, c.reckoned, c.had)
			}
		}
	})
}
