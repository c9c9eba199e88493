package reports

import (
	"errors"
	"slices"

	"github.com/passmuster/muster/internal/record"
)

// Account is all that reports need of a run, kept as it comes on record: it takes the entries of a run directory one after
// the other and can be summed up at any time, at a cost that does not grow with the run but for a few nanoseconds a
// second. A report of a finished run is made by the same Account, so that what was seen live is what is reported.
//
// Frames may come in any order, and several of one second and operation; links, health and track come in the order of their
// seconds, as a run writes them. It keeps some megabytes, and some hundred bytes more for each second. Not safe for
// concurrent use.
type Account struct {
	run   record.Run // what is kept as it came: manifest, ledger, insights, findings, failures, problems
	books *books     // nil until the manifest tells of a load half
}

// books are the sums of a load half.
type books struct {
	totals   map[string]*record.Frame // by operation: counts of the whole run, histograms of what came after the warm-up
	lateness *lateness
	timeline *timeline
	vitals   *vitals
	links    linksFold
	track    *trackFold
	windows  map[string]*windows // of the thresholds that have some, by their text
	recent   *recent
}

// NewAccount begins the account of a run with its manifest.
func NewAccount(m record.Manifest) *Account {
	a := &Account{}
	a.manifest(m)
	return a
}

// Add takes what the run directory was given, and keeps a copy of what it needs. What belongs to a load half counts from the
// manifest on that tells of one. An error says that something could not be added up; the rest still counts.
func (a *Account) Add(e record.Entry) error {
	switch {
	case e.Manifest != nil:
		a.manifest(*e.Manifest)
	case e.Failure != nil:
		a.run.Failures = append(a.run.Failures, *e.Failure)
	case e.Finding != nil:
		a.run.Findings = append(a.run.Findings, *e.Finding)
	case e.Ledger != nil:
		l := *e.Ledger
		l.Version = record.Version
		l.Examples = slices.Clone(l.Examples)
		a.run.Ledger = &l
	case e.Insights != nil:
		a.run.Insights = copied(*e.Insights)
	case a.books != nil:
		return a.books.add(e)
	}
	return nil
}

// copied shares nothing with p.
func copied(p record.InsightsPair) *record.InsightsPair {
	p.Version = record.Version
	if p.Target != nil {
		told := *p.Target
		p.Target = &told
	}
	if p.Open != nil {
		open := record.Orphans{Sessions: p.Open.Sessions, First: slices.Clone(p.Open.First)}
		p.Open = &open
	}
	return &p
}

// manifest takes the place of an earlier one. The plan of a load half never changes once it is told.
func (a *Account) manifest(m record.Manifest) {
	if m.Load != nil && a.books == nil {
		a.books = newBooks(m.Load)
	}
	if m.Load != nil {
		plan := *m.Load
		m.Load = &plan
	}
	if m.Conform != nil {
		plan := *m.Conform
		m.Conform = &plan
	}
	if m.Generator != nil {
		g := *m.Generator
		m.Generator = &g
	}
	a.run.Manifest = m
}

// Run is what the account was given, without what it only adds up: frames, links, health and track. It shares no memory with
// what is added later.
func (a *Account) Run() *record.Run {
	run := a.run
	run.Findings, run.Failures, run.Problems = slices.Clip(run.Findings), slices.Clip(run.Failures), slices.Clip(run.Problems)
	return &run
}

func newBooks(plan *record.LoadPlan) *books {
	return &books{
		totals: map[string]*record.Frame{}, lateness: newLateness(plan), timeline: newTimeline(plan.CCU), vitals: newVitals(), track: newTrackFold(),
		windows: windowsOf(plan), recent: newRecent(),
	}
}

func (b *books) add(e record.Entry) error {
	var errs []error
	for _, f := range e.Frames {
		errs = append(errs, b.frame(f))
	}
	for _, l := range e.Links {
		b.timeline.addLinks(l)
		errs = append(errs, b.links.add(l))
	}
	for _, h := range e.Health {
		b.timeline.addFacts(h)
		if !b.lateness.warming(h.Second) {
			b.vitals.add(h)
		}
	}
	if e.Track != nil {
		b.track.add(*e.Track)
	}
	return errors.Join(errs...)
}

// frame adds a frame to everything that frames are summed up in.
func (b *books) frame(f *record.Frame) error {
	measured := f
	if b.lateness.warming(f.Second) {
		counts := bare(f)
		measured = &counts
	}
	if err := sumFor(b.totals, f.Operation).Merge(measured); err != nil {
		return err
	}
	small := squeeze(f) // shared by all that follows, which change nothing of it
	b.lateness.add(f, small)
	b.timeline.addFrame(f, small)
	for _, w := range b.windows {
		w.add(f)
	}
	b.recent.add(f, small)
	return nil
}

// sumFor returns the sum of an operation, which it adds when there is none yet.
func sumFor(sums map[string]*record.Frame, operation string) *record.Frame {
	if sums[operation] == nil {
		sums[operation] = record.NewFrame(0, operation)
	}
	return sums[operation]
}
