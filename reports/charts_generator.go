package reports

import (
	"slices"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/reports/chart"
)

// links returns a series for each transport of which there ever was any.
func (v plot) links(suffix, class string, of func(LinkStretch) float64) []chart.Series {
	var all []chart.Series
	for i, transport := range keys(v.Load, func(i Interval) map[string]LinkStretch { return i.Links }) {
		all = append(all, chart.Series{Name: transport + suffix, Class: hue(i) + class, Points: v.points(func(i Interval) float64 {
			l, ok := i.Links[transport]
			return told(of(l), ok)
		})})
	}
	return slices.DeleteFunc(all, func(s chart.Series) bool {
		return !slices.ContainsFunc(s.Points, func(n float64) bool { return n > 0 })
	})
}

func (v plot) open() chart.Chart {
	return chart.Chart{ID: "open", Title: "Open connections", Note: "By transport, at the end of each second.", Unit: chart.Number, Size: chart.Third,
		Series: v.links("", "", func(l LinkStretch) float64 { return float64(l.Open) })}
}

func (v plot) dials() chart.Chart {
	return chart.Chart{ID: "dials", Title: "Dials per second", Note: "Attempts to connect; dashed: attempts, or handshakes, that failed.", Unit: chart.Number, Size: chart.Third,
		Series: append(v.links("", "", func(l LinkStretch) float64 { return l.Dials }),
			v.links(" failed", " dash", func(l LinkStretch) float64 { return l.Errors })...)}
}

func (v plot) handshakes() chart.Chart {
	return chart.Chart{ID: "handshakes", Title: "TLS handshakes per second", Note: "Full ones; dashed: those that resumed a session.", Unit: chart.Number, Size: chart.Third,
		Series: append(v.links(" full", "", func(l LinkStretch) float64 { return l.Full }),
			v.links(" resumed", " dash", func(l LinkStretch) float64 { return l.Resumed })...)}
}

// machine shows how the generator's process and machine fared.
func (v plot) machine() []chart.Chart {
	type line struct{ fact, name, class string }
	group := func(c chart.Chart, lines ...line) chart.Chart {
		c.Size = chart.Third
		for _, l := range lines {
			c.Series = append(c.Series, chart.Series{Name: l.name, Class: l.class, Points: v.fact(l.fact)})
		}
		c.Series = present(c.Series)
		return c
	}
	return []chart.Chart{
		group(chart.Chart{ID: "cpu", Title: "CPU", Note: "Of the cores that each may use.", Unit: chart.Share},
			line{record.MachineCPU, "machine", "pale"}, line{record.CPUShare, "generator", "first"}, line{record.GCShare, "of that, garbage collection", "second dash"},
			line{record.Steal, "taken by the host", "alarm"}),
		group(chart.Chart{ID: "stalls", Title: "Stalls", Note: "Logarithmic.", Unit: chart.Micros, Log: true},
			line{record.SchedP99, "wait for a thread, p99", "first"}, line{record.GCPause, "garbage collection, per second", "second dash"}),
		group(chart.Chart{ID: "memory", Title: "Memory", Note: "Of the Go runtime.", Unit: chart.Bytes},
			line{record.Memory, "held", "first"}, line{record.HeapBytes, "objects", "second dash"}),
		group(chart.Chart{ID: "in-flight", Title: "Under way", Note: "At the end of each second.", Unit: chart.Number},
			line{record.InFlight, "actions", "first"}, line{record.Workers, "workers", "pale"}, line{record.Backlog, "waiting to be recorded", "alarm"}),
		group(chart.Chart{ID: "goroutines", Title: "Goroutines and threads", Unit: chart.Number},
			line{record.Goroutines, "goroutines", "first"}, line{record.Threads, "threads", "second dash"}),
		group(chart.Chart{ID: "descriptors", Title: "Descriptors", Unit: chart.Number},
			line{record.Descriptors, "open", "first"}, line{record.LinksOpen, "of that, connections", "second dash"}),
	}
}

func (v plot) fact(name string) []float64 {
	return v.points(func(i Interval) float64 {
		value, ok := i.Facts[name]
		return told(value, ok)
	})
}
