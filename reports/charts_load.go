package reports

import (
	"slices"

	"github.com/passmuster/muster/internal/contract/playtime"
	"github.com/passmuster/muster/reports/chart"
)

// held is the one picture for those who look at no other: how many played, and what the answers took.
func (v plot) held() chart.Chart {
	return chart.Chart{
		ID: "held", Title: "Did it hold?", Unit: chart.Micros, Log: true, Right: chart.Number, Size: chart.Wide,
		Note: "Response time of the answers (left, logarithmic) while so many played at once (right). The closer the bands stay together, the calmer the target.",
		Series: []chart.Series{
			{Name: "players", Class: "pale", Points: v.intended(), Filled: true, OnRight: true},
			{Name: "p50", Class: "first thin", Points: v.times(response, p50)},
			{Name: "p90", Class: "first thin", Points: v.times(response, p90), Band: true},
			{Name: "p99", Class: "first", Points: v.times(response, p99), Band: true},
		},
	}
}

// intended is known for the whole plan, also for what of it lies ahead.
func (v plot) intended() []float64 {
	points := make([]float64, len(v.Timeline))
	for i, interval := range v.Timeline {
		points[i] = float64(interval.CCU)
	}
	return points
}

func (v plot) ccu() chart.Chart {
	truth, target := v.insight(0)
	return chart.Chart{
		ID: "ccu", Title: "Concurrent players", Unit: chart.Number,
		Note: "As the plan has it, and whose session the target has acknowledged and not ended. An insight counts whoever gave a sign of life within 30 minutes: as the acknowledged actions imply, and as the target says.",
		Series: present([]chart.Series{
			{Name: "intended", Class: "pale", Points: v.intended(), Filled: true},
			{Name: "acknowledged, in a session", Class: "first", Points: v.inSession()},
			{Name: "insight by the target", Class: "second", Points: target, Dots: true},
			{Name: "insight as acknowledged", Class: "third dash", Points: truth},
		}),
	}
}

// inSession is nothing but gaps where no session action was acknowledged.
func (v plot) inSession() []float64 {
	if !slices.ContainsFunc(v.Operations, func(o Operation) bool { return o.Name == playtime.OpStart && o.Acknowledged > 0 }) {
		return v.points(func(Interval) float64 { return chart.Absent() })
	}
	return v.points(func(i Interval) float64 { return float64(i.InSession) })
}

// present leaves out the series of which nothing is on record.
func present(all []chart.Series) []chart.Series {
	var kept []chart.Series
	for _, s := range all {
		if !(chart.Chart{Series: []chart.Series{s}}).Empty() {
			kept = append(kept, s)
		}
	}
	return kept
}

func (v plot) rates() chart.Chart {
	series := func(v plot) []chart.Series {
		return []chart.Series{
			{Name: "planned", Class: "pale", Points: v.points(func(i Interval) float64 { return i.Planned }), Filled: true},
			{Name: "sent", Class: "second", Points: v.points(func(i Interval) float64 { return i.Sent })},
			{Name: "acknowledged", Class: "first dash", Points: v.points(func(i Interval) float64 { return i.Acknowledged })},
		}
	}
	return chart.Chart{
		ID: "rates", Title: "Actions per second", Note: "A slow target never slows the plan.", Unit: chart.Number,
		Series: series(v), Variants: v.variants(func(name string) [][]float64 { return columns(series(v.only(name))) }),
	}
}

func (v plot) latency() chart.Chart {
	series := func(v plot) []chart.Series {
		return []chart.Series{
			{Name: "response p99", Class: "first", Points: v.times(response, p99)},
			{Name: "response p50", Class: "first thin", Points: v.times(response, p50)},
			{Name: "service p99", Class: "second dash", Points: v.times(service, p99)},
			{Name: "service p50", Class: "second thin dash", Points: v.times(service, p50)},
		}
	}
	return chart.Chart{
		ID: "latency", Title: "Response and service time", Unit: chart.Micros, Log: true, Size: chart.Wide,
		Note:   "What lies between the two clocks is waiting in the generator. Logarithmic.",
		Series: series(v), Variants: v.variants(func(name string) [][]float64 { return columns(series(v.only(name))) }),
	}
}

func (v plot) heat() chart.Chart {
	h := &chart.Heat{Lowest: heatLowest, PerDecade: heatPerDecade, Columns: make([][]int64, len(v.Timeline))}
	for i, interval := range v.Timeline {
		h.Columns[i] = interval.Heat
	}
	return chart.Chart{
		ID: "heat", Title: "Where the answers lie", Unit: chart.Micros, Log: true, Size: chart.Wide, Heat: h,
		Note: "All operations. The darker, the more of the second's answers took so long, in powers: the lightest shade is less than 0.1 % of them, the darkest more than 40 %.",
		Series: []chart.Series{
			{Name: "response p99", Class: "ink", Points: v.times(response, p99)},
			{Name: "response p50", Class: "ink thin dash", Points: v.times(response, p50)},
		},
	}
}

// errors stacks the classes of what was not acknowledged, the rarest on top.
func (v plot) errors() chart.Chart {
	c := chart.Chart{
		ID: "errors", Title: "Not acknowledged, per second", Note: "Failed, without an answer, or never sent, by reason.",
		Unit: chart.Number, Stacked: true, Size: chart.Wide,
	}
	for i, class := range v.classesByCount() {
		points := v.points(func(i Interval) float64 { return i.Classes[class] })
		c.Series = append(c.Series, chart.Series{Name: class, Class: [...]string{"alarm", "second", "sixth", "fourth", "third", "fifth", "seventh", "pale"}[i%8], Points: points})
	}
	return c
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
