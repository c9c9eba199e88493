package loadgen

import (
	"reflect"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/needs"
	"github.com/passmuster/muster/scenarios"
)

func previewed() scenarios.Scenario {
	return scenarios.Scenario{
		Version: 1, Name: "preview", Seed: 3, Duration: 10 * time.Minute, TimeScale: 10,
		Players: scenarios.Players{
			CCU:       []scenarios.Point{{At: 0, Players: 0}, {At: 5 * time.Minute, Players: 40}, {At: 10 * time.Minute, Players: 0}},
			Session:   scenarios.Session{Law: scenarios.Exponential, Mean: 3 * time.Minute},
			Heartbeat: scenarios.Heartbeat{Period: 150 * time.Second},
		},
		Events: scenarios.Events{Every: time.Minute, Transport: map[string]int{"http": 1}},
	}
}

func TestPreviewCountsEveryActionOnce(t *testing.T) {
	s := previewed()
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

// TestRunsTakeThePreview has a run begin with the preview that was worked out before, with one that another run has used
// up, and with none: the plan is the same.
func TestRunsTakeThePreview(t *testing.T) {
	for _, slice := range []record.Slice{{Count: 1}, {Index: 1, Count: 3}} {
		all, err := Look(previewed())
		if err != nil {
			t.Fatal(err)
		}
		share, err := all.Share(slice)
		if err != nil {
			t.Fatal(err)
		}
		c := Config{Scenario: previewed().WithDefaults(), Routes: (&world{}).routes(), Slice: slice}
		planned := func(p *Preview) *record.LoadPlan {
			c.Preview = p
			b, err := newBooks(c)
			if err != nil {
				t.Fatal(err)
			}
			return b.plan
		}
		want, first, again := planned(nil), planned(&share), planned(&share)
		if want.Planned["session.start"] == 0 || (want.Whole == nil) != (slice.Count == 1) {
			t.Errorf("slice %+v: plan %+v, want sessions, and the whole's size for a slice only", slice, want)
		}
		if !reflect.DeepEqual(first, want) || !reflect.DeepEqual(again, want) {
			t.Errorf("slice %+v: with a preview %+v, with the same again %+v, want %+v", slice, first, again, want)
		}
	}
}
