package scenarios

import (
	"cmp"
	"math/bits"
	"slices"
	"time"

	"github.com/passmuster/muster/internal/strict"
)

// Wave is players who come and go with the hours of the day: a cosine between Trough and Peak. Several waves are added
// up, such as those of regions whose evenings come one after the other.
type Wave struct {
	Peak   int           `yaml:"peak" json:"peak"`               // most players at once
	Trough int           `yaml:"trough,omitempty" json:"trough"` // fewest; default 0
	Period time.Duration `yaml:"period,omitempty" json:"period"` // from one peak to the next; default 24h
	At     time.Duration `yaml:"at,omitempty" json:"at"`         // of a peak, since the beginning of the plan; default 0s
}

const (
	wavePoints = 96 // straight lines that stand for one period; they cut off less than 0.03 % of a wave's height
	maxWaves   = 24
)

// withDefaults fills in the periods, and turns waves into points. Waves that are not valid stay, for validation to
// tell; so do those beside which there are points.
func (p Players) withDefaults(duration time.Duration) Players {
	p.Waves = slices.Clone(p.Waves)
	for i := range p.Waves {
		p.Waves[i].Period = cmp.Or(p.Waves[i].Period, 24*time.Hour)
	}
	faults := 0
	waves(func(string, string, ...any) { faults++ }, p.Waves)
	if len(p.Waves) > 0 && len(p.CCU) == 0 && faults == 0 && duration > 0 && duration <= longest {
		p.CCU, p.Waves = crest(p.Waves, duration), nil
	}
	p.Session = p.Session.withDefaults()
	p.UGC = p.UGC.withDefaults()
	p.Heartbeat.Period = cmp.Or(p.Heartbeat.Period, 150*time.Second)
	return p
}

func waves(fault report, list []Wave) {
	sum := 0
	if len(list) > maxWaves {
		fault("players.waves", "want at most %d waves, got %d", maxWaves, len(list))
	}
	for i, w := range list {
		at := strict.Index("players.waves", i)
		within(fault, strict.Join(at, "peak"), w.Peak, 1, MaxPlayers)
		within(fault, strict.Join(at, "trough"), w.Trough, 0, max(w.Peak, 0))
		within(fault, strict.Join(at, "period"), w.Period, time.Minute, longest)
		within(fault, strict.Join(at, "at"), w.At, 0, longest)
		sum += max(0, min(w.Peak, MaxPlayers))
	}
	if sum > MaxPlayers {
		fault("players.waves", "want peaks that add up to at most %d players, got %d", MaxPlayers, sum)
	}
}

// crest returns the points of the sum of waves over a plan: on a grid that all waves share, in whole players. The waves
// must be valid. It is integer arithmetic throughout, so the same on every machine.
func crest(list []Wave, duration time.Duration) []Point {
	step := duration
	for _, w := range list {
		step = min(step, w.Period/wavePoints)
	}
	step = max(step, (duration+maxPoints-2)/(maxPoints-1))
	var points []Point
	for at := time.Duration(0); ; at += step {
		p := Point{At: min(at, duration)}
		for _, w := range list {
			p.Players += w.value(p.At)
		}
		points = append(points, p)
		if at >= duration {
			return points
		}
	}
}

// value returns the players of a wave at an instant, rounded down.
func (w Wave) value(at time.Duration) int {
	into := ((at-w.At)%w.Period + w.Period) % w.Period
	turn, _ := bits.Div64(uint64(into)>>32, uint64(into)<<32, uint64(w.Period)) // in 2^32 parts
	return w.Trough + int(uint64(w.Peak-w.Trough)*raised(turn)>>32)
}

// raised returns (1 + cos 2πx) / 2, which is cos² πx. Its argument, less than 1, and its result are in 2^32 parts.
func raised(x uint64) uint64 {
	const one, pi = 1 << 32, 3373259426 // π in 2^30 parts
	if x > one/2 {
		x = one - x
	}
	if x > one/4 {
		return one - raised(one/2-x)
	}
	a := x * pi >> 30 // πx, at most π/4; then its sine by the first five terms of its series
	square := a * a >> 32
	s := uint64(one) - square/72
	s = one - (square*s>>32)/42
	s = one - (square*s>>32)/20
	s = a * (one - (square*s>>32)/6) >> 32
	return one - s*s>>32
}
