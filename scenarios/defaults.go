package scenarios

import (
	"cmp"
	"time"
)

// WithDefaults returns s with every default filled in that the fields name. It changes nothing that is given, and
// nothing when applied twice. Waves become points. Lists and maps that are given are shared with s.
func (s Scenario) WithDefaults() Scenario {
	s.Seed = cmp.Or(s.Seed, 1)
	s.TimeScale = cmp.Or(s.TimeScale, 1)
	s.Players = s.Players.withDefaults(s.Duration)
	s.Events = s.Events.withDefaults()
	s.Connections = s.Connections.withDefaults()
	s.Generator.MaxInFlight = cmp.Or(s.Generator.MaxInFlight, 4096)
	s.Generator.MaxLag = cmp.Or(s.Generator.MaxLag, 250*time.Millisecond)
	s.Generator.LateShare = cmp.Or(s.Generator.LateShare, 0.1)
	s.Generator.Pacing = cmp.Or(s.Generator.Pacing, PacingAuto)
	return s
}

// withDefaults lets what is not given follow from what is. The mean of the uniform law lies in the middle of its bounds.
func (s Session) withDefaults() Session {
	s.Law = cmp.Or(s.Law, Exponential)
	if s.Law == Uniform && s.Max > 0 {
		s.Min = cmp.Or(s.Min, min(time.Second, s.Max))
		s.Mean = cmp.Or(s.Mean, s.Min+(s.Max-s.Min)/2)
	}
	s.Mean = cmp.Or(s.Mean, 30*time.Minute)
	s.Min = cmp.Or(s.Min, min(time.Second, s.Mean))
	if s.Law == Uniform {
		s.Max = cmp.Or(s.Max, s.Mean+(s.Mean-s.Min))
	}
	s.Max = cmp.Or(s.Max, 8*min(s.Mean, longest))
	return s
}

func (u UGC) withDefaults() UGC {
	u.Min = cmp.Or(u.Min, 1)
	u.Max = cmp.Or(u.Max, max(5, min(u.Min, maxUGC)))
	u.Catalogue = cmp.Or(u.Catalogue, 10_000)
	return u
}

func (e Events) withDefaults() Events {
	e.PerFlush = cmp.Or(e.PerFlush, 1)
	e.Bytes = cmp.Or(e.Bytes, 450)
	if len(e.Names) == 0 {
		e.Names = []string{"level_complete"}
	}
	if len(e.Transport) == 0 {
		e.Transport = map[string]int{"http": 1}
	}
	return e
}
