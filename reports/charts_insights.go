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
				{Name: "by muster's count", Class: "first", Points: truth},
				{Name: "by the target", Class: "second", Points: target, Dots: true},
			}),
		})
	}
	return all
}

// curve is the times by percentile, on an axis on which every nine has the same room.
func (v plot) curve() chart.Chart {
	c := chart.Chart{
		ID: "curve", Title: "Percentile by percentile", Unit: chart.Micros, Log: true, Size: chart.Wide,
		Note:  "How long the slowest one in ten, in a hundred, in a thousand took, after the warm-up. The gap between the lines is waiting in the generator. Logarithmic.",
		Nines: nines(max(len(v.All.Curves.Response), len(v.All.Curves.Service))),
	}
	if v.live { // an axis that grew with the actions would be another chart every few seconds
		c.Nines = nines(mostSteps)
	}
	series := func(o Operation) []chart.Series {
		return []chart.Series{
			{Name: "response", Class: "first", Points: o.Curves.Response.upTo(len(c.Nines))},
			{Name: "service", Class: "second dash", Points: o.Curves.Service.upTo(len(c.Nines))},
		}
	}
	c.Series = series(v.All)
	c.Variants = v.variants(func(name string) [][]float64 {
		for _, o := range v.Operations {
			if o.Name == name {
				return columns(series(o))
			}
		}
		return nil
	})
	return c
}
