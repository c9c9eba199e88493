package reports

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// Summarize folds a run into its summary and judges it. It is pure: the same run gives the same summary.
func Summarize(run *record.Run) Summary { return accountOf(run).Summary() }

// accountOf is the account of a run that is on record.
func accountOf(run *record.Run) *Account {
	a := NewAccount(run.Manifest)
	a.run.Findings, a.run.Failures, a.run.Ledger, a.run.Insights = run.Findings, run.Failures, run.Ledger, run.Insights
	a.run.Problems = slices.Clone(run.Problems)
	if a.books != nil {
		for frame, err := range run.Frames() {
			a.read(record.FramesFile, record.Entry{Frames: []*record.Frame{frame}}, err)
		}
		for line, err := range run.Health() {
			a.read(record.HealthFile, record.Entry{Health: []record.Health{line}}, err)
		}
		for line, err := range run.Links() {
			a.read(record.LinksFile, record.Entry{Links: []*record.Links{line}}, err)
		}
		for line, err := range run.Track() {
			a.read(record.TrackFile, record.Entry{Track: &line}, err)
		}
	}
	return a
}

// read adds an entry that was read from a file, unless it could not be.
func (a *Account) read(file string, e record.Entry, err error) {
	if err == nil {
		err = a.Add(e)
	}
	if err != nil {
		a.run.Problems = append(a.run.Problems, record.Problem{File: file, Text: err.Error()})
	}
}

// Summary sums up and judges the run as it is on record: one that says it is running is one whose process died. The caller
// owns the result, which may be used beside the Account.
func (a *Account) Summary() Summary { return a.summary(false) }

// SoFar sums up and judges a run that is under way, by what is on record so far: what is still to come is held against
// nobody. See Summary for the rest.
func (a *Account) SoFar() Summary { return a.summary(true) }

func (a *Account) summary(live bool) Summary {
	m := a.run.Manifest
	s := Summary{
		Version: Version, Name: m.Name, Verb: m.Verb, Target: m.TargetIs,
		Began: stamp(m.Began), Ended: m.Ended, Abort: m.Abort, Partial: m.Ended != record.Complete, Live: live,
		Problems: slices.Clone(a.run.Problems),
	}
	if m.Load != nil {
		totals, late := a.books.sums(), a.books.lateness.lates()
		s.Load = a.load(totals, late, live)
		if live {
			s.Recent, s.live = a.books.recent.interval(), true
		}
		ledgerless := m.Load.Readback && a.run.Ledger == nil
		s.judge(evidence{ended: m.Ended, live: live, fault: m.Fault, plan: m.Load, problems: s.Problems, thresholds: m.Load.Thresholds, totals: totals,
			windows: a.books.windows, abort: m.Abort,
			ledgerGone: ledgerless && m.Ended == record.Complete, unread: ledgerless && m.Ended != record.Complete})
	}
	if whole := m.Conform != nil && len(a.run.Findings) >= m.Conform.Clauses; whole || !live && (m.Conform != nil || len(a.run.Findings) > 0) {
		c := judgeFindings(a.run.Findings, m.Conform)
		s.Conformance = &c
	}
	s.settle(m)
	return s
}

// sums are the totals by operation; "" is all of them together.
func (b *books) sums() map[string]*record.Frame {
	all, sums := record.NewFrame(0, "all"), maps.Clone(b.totals)
	for _, total := range b.totals {
		_ = all.Merge(total) // cannot fail: the total was merged from the same histograms before
	}
	sums[""] = all
	return sums
}

// load gathers the figures of the load half, unjudged.
func (a *Account) load(totals map[string]*record.Frame, late lates, live bool) *Load {
	b, plan := a.books, a.run.Manifest.Load
	until := b.timeline.reach
	if live && until > 0 {
		until = b.timeline.ahead()
	}
	l := &Load{
		ScheduleHash: plan.ScheduleHash, Seed: plan.Seed, TimeScale: cmp.Or(plan.TimeScale, 1),
		Players: plan.Players, PeakCCU: plan.PeakCCU, Readback: plan.Readback, Reach: b.timeline.reach, IntervalS: b.timeline.width,
		DurationS: a.covered().Seconds(), WarmupS: plan.Warmup.Seconds(), Missing: plan.Missing,
		Operations: []Operation{}, Ledger: a.run.Ledger, Insights: a.run.Insights, Timeline: b.timeline.intervals(until), Intended: plan.CCU, Planned: plan.PlannedWall,
		Track: b.track.track(), Kafka: plan.Kafka, Connections: b.links.connections(),
	}
	l.operations(plan, totals)
	l.SentPerS = float64(l.All.Sent) / l.took()
	l.Generator = Generator{
		Lag: l.All.Lag, MaxLagUS: b.lateness.maxLag, LateShare: b.lateness.lateShare, LateSeconds: late.late, Seconds: late.active,
		EffectLagUS: effectLag(b.lateness.maxLag), Waited: late.waited, Health: b.vitals.health(late.touched),
	}
	if g := a.run.Manifest.Generator; g != nil {
		l.Generator.Generator = *g
	}
	return l
}

// operations fills in what became of each operation, and of all.
func (l *Load) operations(plan *record.LoadPlan, totals map[string]*record.Frame) {
	for _, name := range operations(plan, totals) {
		total := totals[name]
		if total == nil {
			total = record.NewFrame(0, name)
		}
		l.Operations = append(l.Operations, operation(total, planned(plan, total)))
	}
	l.All = operation(totals[""], 0)
	for _, o := range l.Operations {
		l.All.Planned += o.Planned
		l.All.Unaccounted += o.Unaccounted
	}
}

// covered is the wall time of the plan that the run got through.
func (a *Account) covered() time.Duration {
	reached := time.Duration(a.books.timeline.reach) * time.Second
	if whole := a.run.Manifest.Load.PlannedWall; a.run.Manifest.Ended == record.Complete || reached > whole {
		return whole
	}
	return reached
}

// took is the wall time, in seconds, from the beginning until the last outcome: longer than the plan when the target or
// the generator fell behind. A rate over less than a second would be one that nobody saw.
func (l *Load) took() float64 { return max(l.DurationS, float64(l.Reach-1), 1) }

// operations returns the names in the order of the plan, then those that only the frames know.
func operations(plan *record.LoadPlan, totals map[string]*record.Frame) []string {
	names := slices.Clone(plan.Operations)
	var others []string
	for name := range totals {
		if name != "" && !slices.Contains(names, name) {
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
		Name: f.Operation, Planned: planned, Sent: f.Sent, Classes: maps.Clone(f.Classes),
		Acknowledged:  f.Outcomes[contract.Acknowledged.String()],
		Failed:        f.Outcomes[contract.Failed.String()],
		Indeterminate: f.Outcomes[contract.Indeterminate.String()],
		NeverSent:     f.Outcomes[contract.NeverSent.String()],
		Response:      percentiles(f.Response), Service: percentiles(f.Service), Lag: percentiles(f.Lag),
		Curves: curvesOf(f),
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
