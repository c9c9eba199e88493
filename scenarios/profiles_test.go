package scenarios_test

import (
	"testing"
	"time"

	"github.com/passmuster/muster/scenarios"
)

// TestProfilesComeAndGo holds what every launch profile promises: nobody pours in at the very beginning or is cut off
// at the very end, save where a day is cut out of many; who plays, by which portal and transport, is said.
func TestProfilesComeAndGo(t *testing.T) {
	days := map[string]bool{"diurnal": true, "regional-wave": true}
	for _, s := range scenarios.Builtin() {
		points := s.Players.CCU
		first, last := points[0], points[len(points)-1]
		if !days[s.Name] && (first.Players != 0 || last.Players != 0 || last.At != s.Duration) {
			t.Errorf("%s: begins with %+v and ends with %+v, want nobody at both ends", s.Name, first, last)
		}
		if len(s.Players.Platforms) < 3 || len(s.Players.Portals) < 3 || len(s.Events.Transport) < 2 || s.Events.Every == 0 {
			t.Errorf("%s: want shares of platforms, portals and transports", s.Name)
		}
	}
}

// TestSoakCanBeShort holds that a million players within five minutes are a load that one machine can carry: coming and
// going are never faster than 10,000 a second.
func TestSoakCanBeShort(t *testing.T) {
	s, _, err := scenarios.Lookup("soak")
	if err != nil {
		t.Fatal(err)
	}
	s, err = s.Override(1_000_000, 5*time.Minute, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range s.Players.CCU[1:] {
		before := s.Players.CCU[i]
		if change := p.Players - before.Players; max(change, -change) > 10_001*int((p.At-before.At)/time.Second) {
			t.Errorf("%d players in %v", change, p.At-before.At)
		}
	}
}
