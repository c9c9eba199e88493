package loadgen

import (
	"testing"
	"time"

	"github.com/passmuster/muster/loadgen/needs"
	"github.com/passmuster/muster/scenarios"
)

func TestPreviewCountsEveryActionOnce(t *testing.T) {
	s := scenarios.Scenario{
		Version: 1, Name: "preview", Seed: 3, Duration: 10 * time.Minute, TimeScale: 10,
		Players: scenarios.Players{
			CCU:       []scenarios.Point{{At: 0, Players: 0}, {At: 5 * time.Minute, Players: 40}, {At: 10 * time.Minute, Players: 0}},
			Session:   scenarios.Session{Law: scenarios.Exponential, Mean: 3 * time.Minute},
			Heartbeat: scenarios.Heartbeat{Period: 150 * time.Second},
		},
		Events: scenarios.Events{Every: time.Minute, Transport: map[string]int{"http": 1}},
	}
	p, err := Look(s)
	if err != nil {
		t.Fatal(err)
	}
	sum, busiest := 0, 0
	for _, n := range p.Rate {
		sum += n
		busiest = max(busiest, n)
	}
	if sum != p.Actions || sum == 0 {
		t.Errorf("rates sum to %d, but %d actions are planned", sum, p.Actions)
	}
	if p.PeakRate() != busiest {
		t.Errorf("peak rate %d, want %d", p.PeakRate(), busiest)
	}
	if len(p.Rate) != 60 || len(p.CCU) != 60 {
		t.Errorf("%d rates and %d player counts, want one for each of 60 wall seconds", len(p.Rate), len(p.CCU))
	}
	if at := int(p.PeakAt() / time.Second); p.Rate[at] != busiest {
		t.Errorf("second %d is called the busiest, it has %d actions", at, p.Rate[at])
	}
	if n := p.Needs(needs.Abroad(), 2); int(n.Peak.Actions) != busiest {
		t.Errorf("needs are for %v actions a second, want %d", n.Peak.Actions, busiest)
	}
	if p.PeakCCU != 40 || p.Players != 40 {
		t.Errorf("peak %d of %d players, want 40 of 40", p.PeakCCU, p.Players)
	}
}
