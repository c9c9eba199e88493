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

// readHealth folds the lines about the generator into what they come to; nil when there are none.
func readHealth(run *record.Run, f *fold) (*Health, []record.Problem) {
	h := &Health{Signs: []SignSeen{}, Facts: map[string]FactRange{}}
	counts, seen := map[string]int{}, map[string]*SignSeen{}
	last := -1
	var problems []record.Problem
	for line, err := range run.Health() {
		if err != nil {
			problems = append(problems, record.Problem{File: record.HealthFile, Text: err.Error()})
			continue
		}
		if f.warming(line.Second) {
			continue
		}
		if line.Second != last { // the slices of a run have a line each
			last = line.Second
			h.Seconds++
		}
		h.addFacts(line, counts)
		addSigns(seen, line)
	}
	if h.Seconds == 0 {
		return nil, problems
	}
	for name, r := range h.Facts {
		r.Mean = math.Round(r.Mean/float64(counts[name])*1e4) / 1e4
		h.Facts[name] = r
	}
	for _, s := range fitness.Signs() {
		if s := seen[s.Name]; s != nil {
			s.Touched = append([]int{}, fitness.Touched(s.Seconds, f.touched)...)
			h.Signs = append(h.Signs, *s)
		}
	}
	return h, problems
}

// addFacts adds up a second's facts; the means are sums until all are counted.
func (h *Health) addFacts(line record.Health, counts map[string]int) {
	for name, v := range line.Facts {
		r := h.Facts[name]
		if counts[name] == 0 || math.Abs(v) > math.Abs(r.Worst) {
			r.Worst, r.Second = v, line.Second
		}
		r.Mean += v
		counts[name]++
		h.Facts[name] = r
	}
}

// addSigns notes the signs of a second, once however many processes show them.
func addSigns(seen map[string]*SignSeen, line record.Health) {
	for _, sign := range fitness.Seen(line) {
		s := seen[sign.Name]
		if s == nil {
			s = &SignSeen{Name: sign.Name, Limit: sign.Limit, Cure: sign.Cure, alone: sign.Alone}
			seen[sign.Name] = s
		}
		if n := len(s.Seconds); n == 0 || s.Seconds[n-1] != line.Second {
			s.Seconds = append(s.Seconds, line.Second)
		}
	}
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
