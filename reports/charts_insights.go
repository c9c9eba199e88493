package reports

import (
	"math"

	"github.com/passmuster/muster/reports/chart"
)

// insight returns one of the five insights by interval: as muster counts it, and as the target said when it was asked.
func (v plot) insight(which int) (truth, target []float64) {
	truth, target = make([]float64, len(v.Timeline)), make([]float64, len(v.Timeline))
	for i := range truth {
		truth[i], target[i] = math.NaN(), math.NaN()
	}
	if v.Track == nil {
		return truth, target
	}
	for _, m := range v.Track.Points {
		i := m.Second / max(1, v.IntervalS)
		if i < 0 || i >= len(truth) {
			continue
		}
		truth[i] = m.Truth[which]
		if m.Target != nil {
			target[i] = m.Target[which]
		}
	}
	return truth, target
}

// insights are small pictures of the same kind, one for each insight.
func (v plot) insights() []chart.Chart {
	var all []chart.Chart
	for which, name := range insightNames() {
		truth, target := v.insight(which)
		all = append(all, chart.Chart{
			ID: "insight-" + [...]string{"players", "ugc", "total", "playtime", "per-session"}[which], Title: upper(name), Unit: chart.Number, Size: chart.Third,
			Series: present([]chart.Series{
				{Name: "by the target", Class: "second", Points: target, Dots: true},
				{Name: "by muster's count", Class: "first", Points: truth},
			}),
		})
	}
	return all
}
