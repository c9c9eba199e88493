package reports

import (
	"cmp"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// Summarize folds a run into its summary and judges it. It is pure: the same run gives the same summary.
func Summarize(run *record.Run) Summary {
	m := run.Manifest
	s := Summary{
		Version: Version, Name: m.Name, Verb: m.Verb, Target: m.TargetIs,
		Began: stamp(m.Began), Ended: m.Ended, Partial: m.Ended != record.Complete,
		Problems: slices.Clone(run.Problems),
	}
	if m.Load != nil {
		f := newFold(m.Load, run.Seconds())
		s.Problems = append(s.Problems, f.read(run)...)
		s.Load = load(run, f)
		s.Problems = append(s.Problems, s.watched(run, f)...)
		told, unread := track(run)
		s.Track, s.Kafka = told, m.Load.Kafka
		s.Problems = append(s.Problems, unread...)
		s.judge(evidence{ended: m.Ended, fault: m.Fault, plan: m.Load, problems: s.Problems, thresholds: m.Load.Thresholds, totals: f.totals,
			ledgerGone: m.Load.Readback && run.Ledger == nil && m.Ended == record.Complete,
			unread:     m.Load.Readback && run.Ledger == nil && m.Ended != record.Complete})
	}
	if m.Conform != nil || len(run.Findings) > 0 {
		c := judgeFindings(run.Findings, m.Conform)
		s.Conformance = &c
	}
	s.settle(m)
	return s
}

// load gathers the figures of the load half, unjudged.
func load(run *record.Run, f *fold) *Load {
	plan := run.Manifest.Load
	l := &Load{
		ScheduleHash: plan.ScheduleHash, Seed: plan.Seed, TimeScale: cmp.Or(plan.TimeScale, 1),
		Players: plan.Players, PeakCCU: plan.PeakCCU,
		DurationS: covered(run).Seconds(), WarmupS: plan.Warmup.Seconds(), Missing: plan.Missing,
		Operations: []Operation{}, Ledger: run.Ledger, Insights: run.Insights, Timeline: f.timeline,
		Generator: Generator{
			MaxLagUS: f.maxLag, LateShare: f.lateShare, LateSeconds: f.late, Seconds: len(f.active), EffectLagUS: effectLag(f.maxLag), Waited: f.waited,
		},
	}
	all := record.NewFrame(0, "all")
	for _, name := range operations(plan, f.totals) {
		total, ok := f.totals[name]
		if !ok {
			total = record.NewFrame(0, name)
		}
		if err := all.Merge(total); err != nil {
			continue // cannot be: the fold has merged the same histograms before
		}
		l.Operations = append(l.Operations, operation(total, planned(plan, total)))
	}
	f.totals[""] = all
	l.All = operation(all, 0)
	for _, o := range l.Operations {
		l.All.Planned += o.Planned
		l.All.Unaccounted += o.Unaccounted
	}
	l.SentPerS = float64(l.All.Sent) / took(run, l.DurationS)
	l.Generator.Lag = l.All.Lag
	if g := run.Manifest.Generator; g != nil {
		l.Generator.Generator = *g
	}
	return l
}

// watched adds what is on record about the generator and its connections, and returns what could not be read.
func (l *Load) watched(run *record.Run, f *fold) []record.Problem {
	health, problems := readHealth(run, f)
	connections, more := readLinks(run)
	l.Generator.Health, l.Connections = health, connections
	return append(problems, more...)
}

// covered is the wall time of the plan that the run got through.
func covered(run *record.Run) time.Duration {
	reached := time.Duration(run.Seconds()) * time.Second
	if whole := run.Manifest.Load.PlannedWall; run.Manifest.Ended == record.Complete || reached > whole {
		return whole
	}
	return reached
}

// took is the wall time, in seconds, from the beginning until the last outcome: longer than the plan when the target or
// the generator fell behind. A rate over less than a second would be one that nobody saw.
func took(run *record.Run, covered float64) float64 {
	return max(covered, float64(run.Seconds()-1), 1)
}

// operations returns the names in the order of the plan, then those that only the frames know.
func operations(plan *record.LoadPlan, totals map[string]*record.Frame) []string {
	names := slices.Clone(plan.Operations)
	var others []string
	for name := range totals {
		if !slices.Contains(names, name) {
			others = append(others, name)
		}
	}
	for name := range plan.Planned {
		if !slices.Contains(names, name) && !slices.Contains(others, name) {
			others = append(others, name)
		}
	}
	slices.Sort(others)
	return append(names, others...)
}

// planned is how many actions the plan holds. A slice's manifest tells of the whole plan, so there the frames count.
func planned(plan *record.LoadPlan, total *record.Frame) int64 {
	n, told := plan.Planned[total.Operation]
	if !told || plan.Slice.Count > 1 {
		return total.Planned
	}
	return int64(n)
}

func operation(f *record.Frame, planned int64) Operation {
	o := Operation{
		Name: f.Operation, Planned: planned, Sent: f.Sent, Classes: f.Classes,
		Acknowledged:  f.Outcomes[contract.Acknowledged.String()],
		Failed:        f.Outcomes[contract.Failed.String()],
		Indeterminate: f.Outcomes[contract.Indeterminate.String()],
		NeverSent:     f.Outcomes[contract.NeverSent.String()],
		Response:      percentiles(f.Response), Service: percentiles(f.Service), Lag: percentiles(f.Lag),
	}
	for name, h := range f.Parts {
		if h.TotalCount() == 0 {
			continue
		}
		if o.Parts == nil {
			o.Parts = map[string]Percentiles{}
		}
		o.Parts[name] = percentiles(h)
	}
	if planned > 0 {
		o.Unaccounted = planned - o.outcomes()
	}
	return o
}

// outcomes is how many actions have an outcome on record.
func (o Operation) outcomes() int64 { return o.Acknowledged + o.Failed + o.Indeterminate + o.NeverSent }

func percentiles(h *hdrhistogram.Histogram) Percentiles {
	if h == nil || h.TotalCount() == 0 {
		return Percentiles{}
	}
	v := h.ValueAtPercentilesSlice([]float64{50, 90, 99, 99.9, 100})
	return Percentiles{Count: h.TotalCount(), P50: v[0], P90: v[1], P99: v[2], P999: v[3], Max: v[4]}
}
