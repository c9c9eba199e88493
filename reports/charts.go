package reports

import (
	"math"
	"slices"

	"github.com/passmuster/muster/reports/chart"
)

// The groups of charts, each of which has a place of its own in the page.
const (
	heldCharts       = "held"
	playersCharts    = "players"
	timesCharts      = "times"
	errorCharts      = "errors"
	insightCharts    = "insights"
	bufferCharts     = "buffers"
	connectionCharts = "connections"
	lagCharts        = "lag"
	machineCharts    = "machine"
)

// Groups are the groups of charts in the order of the page.
func Groups() []string {
	return []string{heldCharts, playersCharts, timesCharts, errorCharts, insightCharts, bufferCharts, connectionCharts, lagCharts, machineCharts}
}

// charts returns the pictures of a load half by group; those of which nothing was measured are left out. The same list
// is drawn as SVG and handed to the page's script.
func charts(l *Load) map[string][]chart.Chart {
	groups := map[string][]chart.Chart{}
	if len(l.Timeline) == 0 {
		return groups
	}
	v := plot{l, l.reached()}
	for group, all := range map[string][]chart.Chart{
		heldCharts:       {v.held()},
		playersCharts:    {v.ccu(), v.rates()},
		timesCharts:      {v.latency(), v.heat(), v.curve()},
		errorCharts:      {v.errors()},
		insightCharts:    v.insights(),
		bufferCharts:     {v.buffers()},
		connectionCharts: {v.open(), v.dials(), v.handshakes()},
		lagCharts:        {v.lag(), v.lagParts()},
		machineCharts:    v.machine(),
	} {
		groups[group] = slices.DeleteFunc(all, chart.Chart.Empty)
	}
	return groups
}

// plot reads series out of the timeline.
type plot struct {
	*Load
	reached int // intervals in which anything happened, and those before them
}

// reached is up to which interval anything is on record. What lies beyond is a gap, not nothing.
func (l *Load) reached() int {
	for i := len(l.Timeline); i > 0; i-- {
		if t := l.Timeline[i-1]; t.Planned > 0 || t.Sent > 0 || t.Acknowledged > 0 || t.Unacknowledged > 0 {
			return i
		}
	}
	return 0
}

// points returns a value of every interval that was reached.
func (v plot) points(of func(Interval) float64) []float64 {
	points := make([]float64, len(v.Timeline))
	for i, interval := range v.Timeline {
		points[i] = chart.Absent()
		if i < v.reached {
			points[i] = of(interval)
		}
	}
	return points
}

// times returns a percentile of every interval in which there is one.
func (v plot) times(of func(Interval) Percentiles, pick func(Percentiles) int64) []float64 {
	return v.points(func(i Interval) float64 {
		p := of(i)
		if p.Count == 0 {
			return chart.Absent()
		}
		return float64(pick(p))
	})
}

func p50(p Percentiles) int64 { return p.P50 }
func p90(p Percentiles) int64 { return p.P90 }
func p99(p Percentiles) int64 { return p.P99 }

func response(i Interval) Percentiles { return i.Response }
func service(i Interval) Percentiles  { return i.Service }

// variants returns for each operation what of says of it, when there is more than one to choose from.
func (v plot) variants(of func(name string) [][]float64) []chart.Variant {
	if len(v.Operations) < 2 {
		return nil
	}
	var all []chart.Variant
	for _, o := range v.Operations {
		all = append(all, chart.Variant{Name: o.Name, Points: of(o.Name)})
	}
	return all
}

// only returns the view of one operation.
func (v plot) only(name string) plot {
	l := &Load{Timeline: make([]Interval, len(v.Timeline))}
	for i, interval := range v.Timeline {
		l.Timeline[i].Stretch = interval.Operations[name]
	}
	return plot{l, v.reached}
}

// columns are the points of the series.
func columns(all []chart.Series) [][]float64 {
	points := make([][]float64, len(all))
	for i, s := range all {
		points[i] = s.Points
	}
	return points
}

// hue is the class of the i-th of some series of equal rank. There are eight hues; from the ninth on they come again.
func hue(i int) string {
	return [...]string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"}[i%8]
}

// keys are the names that occur in the intervals, sorted.
func keys[T any](l *Load, of func(Interval) map[string]T) []string {
	var names []string
	for _, i := range l.Timeline {
		for name := range of(i) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// timeAxis is the axis over which the charts of a load half lie.
func timeAxis(l *Load) chart.Time {
	t := chart.Time{Warmup: l.WarmupS, Step: float64(max(1, l.IntervalS))}
	t.Seconds = float64(len(l.Timeline)) * t.Step
	for _, s := range stretches(l.Generator.LateSeconds) {
		t.Late = append(t.Late, [2]int{s.first, s.last})
	}
	return t
}

// told is a value that may be missing.
func told(v float64, ok bool) float64 {
	if !ok {
		return math.NaN()
	}
	return v
}
