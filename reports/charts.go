package reports

import (
	"fmt"
	"html/template"
	"math"
)

// figureView is a picture with its words.
type figureView struct {
	Title, Note string
	Wide        bool
	Legend      []series
	SVG         template.HTML
}

// The sizes of the pictures: half the page, and all of it, in units that the page may scale.
const (
	halfWidth, halfHeight = 520.0, 220.0
	fullWidth, fullHeight = 760.0, 230.0
)

// charts returns the pictures over time; none when nothing was recorded.
func charts(l *Load, total float64) []figureView {
	if len(l.Timeline) == 0 {
		return nil
	}
	return []figureView{ccuChart(l, total), rateChart(l, total), latencyChart(l, total), lagChart(l, total), refusalChart(l, total)}
}

func (l *Load) points(of func(Interval) float64) []float64 {
	points := make([]float64, len(l.Timeline))
	for i, v := range l.Timeline {
		points[i] = of(v)
	}
	return points
}

func (l *Load) micros(of func(Interval) int64) []float64 {
	return l.points(func(i Interval) float64 { return float64(of(i)) })
}

func ccuChart(l *Load, total float64) figureView {
	s := series{Name: "intended players", Class: "ink", points: l.points(func(i Interval) float64 { return float64(i.CCU) }), filled: true}
	return linear(l, total, "Concurrent players", "As the plan has it, at the end of each second.", s)
}

func rateChart(l *Load, total float64) figureView {
	planned := series{Name: "planned", Class: "pale", points: l.points(func(i Interval) float64 { return i.Planned }), filled: true}
	sent := series{Name: "sent", Class: "second", points: l.points(func(i Interval) float64 { return i.Sent })}
	acked := series{Name: "acknowledged", Class: "first dash", points: l.points(func(i Interval) float64 { return i.Acknowledged })}
	return linear(l, total, "Actions per second", "A slow target never slows the plan.", planned, sent, acked)
}

func refusalChart(l *Load, total float64) figureView {
	s := series{Name: "not acknowledged", Class: "alarm", points: l.points(func(i Interval) float64 { return i.Unacknowledged }), filled: true}
	return linear(l, total, "Not acknowledged, per second", "Failed, without an answer, or never sent.", s)
}

// linear draws a half-width chart with a linear axis of numbers.
func linear(l *Load, total float64, title, note string, all ...series) figureView {
	most := 0.0
	for _, s := range all {
		for _, v := range s.points {
			most = max(most, v)
		}
	}
	c := lineChart{
		label: title + " over time", width: halfWidth, height: halfHeight, seconds: total, warmup: l.WarmupS,
		y: linearAxis(most), format: short, series: all,
	}
	return figureView{Title: title, Note: note, Legend: all, SVG: c.svg()}
}

func latencyChart(l *Load, total float64) figureView {
	all := []series{
		{Name: "response p99", Class: "first", points: l.micros(func(i Interval) int64 { return i.Response.P99 })},
		{Name: "response p50", Class: "first thin", points: l.micros(func(i Interval) int64 { return i.Response.P50 })},
		{Name: "service p99", Class: "second dash", points: l.micros(func(i Interval) int64 { return i.Service.P99 })},
		{Name: "service p50", Class: "second thin dash", points: l.micros(func(i Interval) int64 { return i.Service.P50 })},
	}
	least, most := extent(all)
	c := lineChart{
		label: "Response and service time percentiles over time, on a logarithmic axis", width: fullWidth, height: fullHeight,
		seconds: total, warmup: l.WarmupS, y: logAxis(least, most), format: shortMicros, series: all,
	}
	note := "Response time counts from the planned instant, service time from sending; what lies between them is waiting in the generator. Logarithmic."
	return figureView{Title: "Response and service time", Note: note, Wide: true, Legend: all, SVG: c.svg()}
}

func lagChart(l *Load, total float64) figureView {
	s := series{Name: "lag p99", Class: "ink", points: l.micros(func(i Interval) int64 { return i.Lag.P99 })}
	least, most := extent([]series{s})
	limit := float64(l.Generator.MaxLagUS)
	c := lineChart{
		label: "The generator's lag over time, on a logarithmic axis", width: halfWidth, height: halfHeight, seconds: total,
		warmup: l.WarmupS, y: logAxis(least, max(most, limit)), format: shortMicros, series: []series{s},
		limit: limit, limitText: "late above " + micros(l.Generator.MaxLagUS),
	}
	return figureView{Title: "Lag of the generator", Note: "From the planned instant to leaving the schedule. Logarithmic.", Legend: c.series, SVG: c.svg()}
}

// extent is the smallest and the largest value above 0; 100 µs to 1 ms when there is none.
func extent(all []series) (least, most float64) {
	least, most = math.Inf(1), 0
	for _, s := range all {
		for _, v := range s.points {
			if v > 0 {
				least, most = min(least, v), max(most, v)
			}
		}
	}
	if most == 0 {
		return 100, 1000
	}
	return least, most
}

// short writes the number at a tick.
func short(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%gM", round(v/1e6))
	case v >= 1e4:
		return fmt.Sprintf("%gk", round(v/1e3))
	case v >= 1:
		return thousands(int64(v + 0.5))
	default:
		return fmt.Sprintf("%g", round(v))
	}
}

// shortMicros writes the time at a tick of a logarithmic axis, which is a power of ten of microseconds.
func shortMicros(us float64) string {
	switch {
	case us < 1e3:
		return fmt.Sprintf("%g µs", round(us))
	case us < 1e6:
		return fmt.Sprintf("%g ms", round(us/1e3))
	default:
		return fmt.Sprintf("%g s", round(us/1e6))
	}
}

func round(v float64) float64 { return math.Round(v*1000) / 1000 }
