package reports

import (
	"cmp"
	"slices"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/reports/chart"
)

// classesByCount are the classes of what was not acknowledged in any interval, the most frequent first.
func (v plot) classesByCount() []string {
	names := make([]string, 0, len(v.All.Classes))
	for name := range v.All.Classes {
		if slices.ContainsFunc(v.Timeline, func(i Interval) bool { return i.Classes[name] > 0 }) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(v.All.Classes[b], v.All.Classes[a]), cmp.Compare(a, b))
	})
	return names
}

// part returns a percentile of one part of the times.
func (v plot) part(name string, pick func(Percentiles) int64) []float64 {
	return v.times(func(i Interval) Percentiles { return i.Parts[name] }, pick)
}

func (v plot) lag() chart.Chart {
	return chart.Chart{
		ID: "lag", Title: "Lag of the generator", Note: "From the planned instant to leaving the schedule. Logarithmic.", Unit: chart.Micros, Log: true,
		Series: []chart.Series{
			{Name: "lag p99", Class: "ink", Points: v.times(func(i Interval) Percentiles { return i.Lag }, p99)},
			{Name: "lag p50", Class: "ink thin dash", Points: v.times(func(i Interval) Percentiles { return i.Lag }, p50)},
		},
		Limit: chart.Limit{Value: float64(v.Generator.MaxLagUS), Text: "late above " + micros(v.Generator.MaxLagUS)},
	}
}

func (v plot) lagParts() chart.Chart {
	c := chart.Chart{
		ID: "lag-parts", Title: "Where lag arises", Unit: chart.Micros, Stacked: true,
		Note: "The p99 of each part on an action's way, one upon the other. The sum is an upper bound: not every part is at its worst for the same action.",
	}
	for i, p := range []struct{ part, name string }{
		{record.LagPacer, "pacer"}, {record.LagHandOff, "hand-off"}, {record.LagWorker, "worker"}, {record.LagConnect, "connection"},
	} {
		c.Series = append(c.Series, chart.Series{Name: p.name, Class: hue(i), Points: v.part(p.part, p99)})
	}
	c.Series = present(c.Series)
	return c
}

// buffers shows the way of records through a driver's own buffer.
func (v plot) buffers() chart.Chart {
	c := chart.Chart{
		ID: "buffers", Title: "Buffered sends, step by step", Unit: chart.Micros, Log: true, Size: chart.Wide,
		Note: "Where the time of actions by Kafka and SNS goes: p99 of each step, and p50 as a thin line. Logarithmic.",
	}
	for i, p := range producingParts {
		c.Series = append(c.Series,
			chart.Series{Name: p.name + " p99", Class: hue(i), Points: v.part(p.part, p99)},
			chart.Series{Name: p.name + " p50", Class: hue(i) + " thin dash", Points: v.part(p.part, p50)})
	}
	c.Series = present(c.Series)
	return c
}
