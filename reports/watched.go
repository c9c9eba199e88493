package reports

import (
	"fmt"
	"html/template"

	"github.com/passmuster/muster/internal/numeral"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/reports/chart"
)

// lagRow is one part of the generator's lag, or of its floor.
type lagRow struct{ Name, P50, P99, Max string }

// lagParts are the parts of lag in the order of an action's way, in words. The wait for the player's earlier action is the
// target's time, and not part of the sum.
var lagParts = []struct{ name, words string }{
	{record.LagPacer, "pacer: planned to published"},
	{record.LagHandOff, "hand-off: published to taken up"},
	{record.LagWorker, "worker: rendered and signed"},
	{record.LagConnect, "connection: until the first byte was written"},
	{record.LagLane, "beside it: behind the same player's earlier action"},
}

// lagRows tell where the generator's lag arose, and what it is without a target; none when the run did not keep the
// parts and no floor was measured.
func lagRows(l *Load) []lagRow {
	var rows []lagRow
	for _, part := range lagParts {
		if p, kept := l.All.Parts[part.name]; kept {
			rows = append(rows, lagRow{part.words, micros(p.P50), micros(p.P99), micros(p.Max)})
		}
	}
	if f := l.Generator.Floor; f != nil {
		rows = append(rows,
			lagRow{"floor: lag without a target", micros(f.LagP50), micros(f.LagP99), "–"},
			lagRow{"floor: response without a target", micros(f.ResponseP50), micros(f.ResponseP99), "–"})
	}
	if len(rows) == 0 {
		return nil
	}
	g := l.Generator.Lag
	return append([]lagRow{{"lag: planned to fired", measured(g, g.P50), measured(g, g.P99), measured(g, g.Max)}}, rows...)
}

// floorNote says what the floor is; empty when there is none.
func floorNote(l *Load) string {
	f := l.Generator.Floor
	if f == nil {
		return ""
	}
	return fmt.Sprintf("floor: the first %s of this scenario (%s) against a target that answers at once, just before the run; less than that cannot be measured on this machine.",
		seconds(float64(int64(f.Seconds*10+0.5))/10), count(f.Actions, "action"))
}

// refusedNote says where the times of refused actions are; empty when there were none.
func refusedNote(l *Load) string {
	p, apart := l.All.Parts[record.FailedResponse]
	switch {
	case apart:
		return fmt.Sprintf("Actions that the target refused are not among these times: %s, response p50 %s, p99 %s.",
			numeral.Thousands(p.Count), micros(p.P50), micros(p.P99))
	case l.All.Failed > 0 && l.All.Response.Count > 0:
		return "The times of actions that the target refused are among these."
	default:
		return ""
	}
}

// signRow is a sign as the page shows it.
type signRow struct {
	SignSeen
	Words string // seconds
	Hit   string // seconds with an effect
	Bar   template.HTML
}

func signRows(h *Health, length int) []signRow {
	if h == nil {
		return nil
	}
	var rows []signRow
	for _, s := range h.Signs {
		row := signRow{SignSeen: s, Words: spans(s.Seconds), Hit: "–", Bar: chart.Marks(length, layer(s.Seconds, "amber"), layer(s.Touched, "alarm"))}
		if len(s.Touched) > 0 {
			row.Hit = spans(s.Touched)
		}
		rows = append(rows, row)
	}
	return rows
}

// layer is ascending seconds as a strip shows them.
func layer(ascending []int, class string) chart.Layer {
	l := chart.Layer{Class: class}
	for _, s := range stretches(ascending) {
		l.Stretches = append(l.Stretches, [2]int{s.first, s.last})
	}
	return l
}

// factRow is a fact as the page shows it.
type factRow struct {
	Name, Mean, Worst string
	Second            int
}

// factWords are the facts that the page shows, in its order, with how they are written.
var factWords = []struct {
	name, words string
	text        func(float64) string
}{
	{record.CPUShare, "CPU of the process, of the cores that it may use", shareText},
	{record.MachineCPU, "CPU of the whole machine", shareText},
	{record.RunQueue, "threads' wait for a core, per second", millisText},
	{record.Throttled, "held back by the control group, per second", millisText},
	{record.Steal, "CPU taken by the machine's host", shareText},
	{record.SchedP99, "goroutines' wait for a thread, p99", microsText},
	{record.GCShare, "CPU for garbage collection, of what was used", shareText},
	{record.GCPause, "standstill for garbage collection, per second", microsText},
	{record.Memory, "memory of the Go runtime", func(v float64) string { return bytesText(int64(v)) }},
	{record.Goroutines, "goroutines", wholeText},
	{record.Threads, "threads", wholeText},
	{record.Descriptors, "open descriptors", wholeText},
	{record.LinksOpen, "open connections", wholeText},
	{record.InFlight, "actions under way", wholeText},
	{record.Workers, "workers", wholeText},
	{record.Backlog, "answered actions waiting to be recorded", wholeText},
	{record.WriteTime, "slowest write into the run directory", millisText},
	{record.ClockStep, "step of the wall clock", func(v float64) string { return fmt.Sprintf("%.0f µs", v) }},
}

func shareText(v float64) string  { return percent(v) }
func millisText(v float64) string { return micros(int64(v * 1e3)) }
func microsText(v float64) string { return micros(int64(v)) }
func wholeText(v float64) string  { return numeral.Thousands(int64(v + 0.5)) }

func factRows(h *Health) []factRow {
	if h == nil {
		return nil
	}
	var rows []factRow
	for _, f := range factWords {
		if r, told := h.Facts[f.name]; told {
			rows = append(rows, factRow{f.words, f.text(r.Mean), f.text(r.Worst), r.Second})
		}
	}
	return rows
}
