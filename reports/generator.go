package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/fitness"
	"github.com/passmuster/muster/internal/record"
)

// Health is how the generator's process and machine fared after the warm-up, and which signs they showed that the
// generator may be the limit.
type Health struct {
	Seconds int                  `json:"seconds"` // on record
	Signs   []SignSeen           `json:"signs"`
	Facts   map[string]FactRange `json:"facts"` // by the names of record.Health
}

// SignSeen is a sign of internal/fitness with the seconds in which it showed.
type SignSeen struct {
	Name    string `json:"name"`
	Limit   string `json:"limit"`
	Cure    string `json:"cure"`
	Seconds []int  `json:"seconds"`
	Touched []int  `json:"touched"` // those of them in which it had an effect

	alone bool
}

// FactRange is a fact over the run.
type FactRange struct {
	Mean   float64 `json:"mean"`
	Worst  float64 `json:"worst"`  // the one farthest from zero
	Second int     `json:"second"` // of the worst
}

// vitals adds up the lines about the generator, which come in the order of their seconds.
type vitals struct {
	seconds, last int                  // how many there are, and the latest; -1 before the first
	facts         map[string]FactRange // the means are sums
	counts        map[string]int       // of which so many were added up
	seen          map[string]*SignSeen
}

func newVitals() *vitals {
	return &vitals{last: -1, facts: map[string]FactRange{}, counts: map[string]int{}, seen: map[string]*SignSeen{}}
}

// add takes one line, of which it keeps nothing.
func (v *vitals) add(line record.Health) {
	if line.Second != v.last { // the slices of a run have a line each
		v.last = line.Second
		v.seconds++
	}
	v.addFacts(line)
	v.addSigns(line)
}

// addFacts adds up a second's facts.
func (v *vitals) addFacts(line record.Health) {
	for name, fact := range line.Facts {
		r := v.facts[name]
		if v.counts[name] == 0 || math.Abs(fact) > math.Abs(r.Worst) {
			r.Worst, r.Second = fact, line.Second
		}
		r.Mean += fact
		v.counts[name]++
		v.facts[name] = r
	}
}

// addSigns notes the signs of a second, once however many processes show them.
func (v *vitals) addSigns(line record.Health) {
	for _, sign := range fitness.Seen(line) {
		s := v.seen[sign.Name]
		if s == nil {
			s = &SignSeen{Name: sign.Name, Limit: sign.Limit, Cure: sign.Cure, alone: sign.Alone}
			v.seen[sign.Name] = s
		}
		if n := len(s.Seconds); n == 0 || s.Seconds[n-1] != line.Second {
			s.Seconds = append(s.Seconds, line.Second)
		}
	}
}

// health is what the lines come to, if causes had an effect in the touched seconds; nil when there are none.
func (v *vitals) health(touched map[int]bool) *Health {
	if v.seconds == 0 {
		return nil
	}
	h := &Health{Seconds: v.seconds, Signs: []SignSeen{}, Facts: make(map[string]FactRange, len(v.facts))}
	for name, r := range v.facts {
		r.Mean = math.Round(r.Mean/float64(v.counts[name])*1e4) / 1e4
		h.Facts[name] = r
	}
	for _, sign := range fitness.Signs() {
		if s := v.seen[sign.Name]; s != nil {
			told := *s
			told.Seconds = slices.Clip(s.Seconds)
			told.Touched = append([]int{}, fitness.Touched(s.Seconds, touched)...)
			h.Signs = append(h.Signs, told)
		}
	}
	return h
}

// judgeHealth tells the signs that make a run invalid from those that are only warnings, by the rule of internal/fitness.
func judgeHealth(g Generator) (faults, warnings Lines) {
	if len(g.Waited) > 0 { // for a slow target or by its own bounds: which of them, muster cannot tell
		warnings = append(warnings, fmt.Sprintf("Actions waited for a connection in %s, p99 above %s: the target was slow, or connections.pool or the descriptors were few",
			spans(g.Waited), micros(g.EffectLagUS)))
	}
	if g.Health == nil {
		return nil, warnings
	}
	touched := g.Health.touched()
	invalid := fitness.TooMany(len(touched), g.Seconds, g.LateShare)
	var causes []string
	for _, s := range g.Health.Signs {
		switch {
		case s.alone:
			faults = append(faults, fmt.Sprintf("%s in %s (%s): %s.", upper(s.Name), spans(s.Seconds), s.Limit, s.Cure))
		case invalid && len(s.Touched) > 0:
			causes = append(causes, fmt.Sprintf("%s in %s (%s)", s.Name, spans(s.Touched), s.Cure))
		default:
			warnings = append(warnings, fmt.Sprintf("%s in %s, %s", upper(s.Name), spans(s.Seconds), s.effect(g)))
		}
	}
	if invalid {
		faults = append(faults, fmt.Sprintf("The generator was the limit in %d of %s (a cause, and a p99 lag above %s; up to %s is allowed): %s.",
			len(touched), count(int64(g.Seconds), "second"), micros(g.EffectLagUS), percent(g.LateShare), strings.Join(causes, "; ")))
	}
	return faults, warnings
}

// effect says what a sign that did not make the run invalid did to it.
func (s SignSeen) effect(g Generator) string {
	if len(s.Touched) == 0 {
		return "without effect on lag"
	}
	return fmt.Sprintf("with a p99 lag above %s in %s: too few to make the run invalid", micros(g.EffectLagUS), spans(s.Touched))
}

// touched returns the seconds in which any sign had an effect.
func (h *Health) touched() []int {
	var all []int
	for _, s := range h.Signs {
		all = append(all, s.Touched...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// effectLag is the p99 lag in microseconds above which a second with a sign was touched by it.
func effectLag(maxLagUS int64) int64 {
	return fitness.EffectLag(time.Duration(maxLagUS) * time.Microsecond).Microseconds()
}
