package record

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Whole is the plan that a slice is a share of, as far as the run has routes for it.
type Whole struct {
	Players int   `json:"players"`
	Actions int64 `json:"actions"`
}

// Missing is the share of a plan that a merged run is without.
type Missing struct {
	Slices   []int   `json:"slices"` // from 0
	Of       int     `json:"of"`
	Players  int     `json:"players"`
	Actions  int64   `json:"actions"`
	Whole    Whole   `json:"whole"`
	Accepted float64 `json:"accepted_percent"` // what may be missing at most without making the run invalid
}

// Percent returns how much is missing: of the players or of the planned actions, whichever is more.
func (m Missing) Percent() float64 {
	share := func(n, of float64) float64 { return 100 * n / max(of, 1) }
	return max(share(float64(m.Players), float64(m.Whole.Players)), share(float64(m.Actions), float64(m.Whole.Actions)))
}

// mostExamples bounds the examples of a merged ledger.
const mostExamples = 100

// Join merges the slices of one run into the run that one process would have left: frames and links add up exactly, and so
// do plan and ledger; failures and problems follow each other. Accepted is how many per cent may be missing. What each
// slice knows only of itself is left out: the insights, events of other runs (to a slice, all others' are), and samples.
// The slices are not changed, and share their memory with the result.
//
// It refuses, with every reason at once, what are not different slices of one run.
func Join(parts []*Run, accepted float64) (*Run, error) {
	if err := joinable(parts); err != nil {
		return nil, err
	}
	parts = slices.SortedFunc(slices.Values(parts), func(a, b *Run) int {
		return a.Manifest.Load.Slice.Index - b.Manifest.Load.Slice.Index
	})
	whole := &Run{Manifest: joinManifests(parts, accepted), Ledger: joinLedgers(parts)}
	for _, p := range parts {
		whole.frames = append(whole.frames, p.frames...)
		whole.links = append(whole.links, p.links...)
		whole.health = append(whole.health, p.health...)
		whole.Failures = append(whole.Failures, p.Failures...)
		for _, problem := range p.Problems {
			problem.Text = p.Dir + ": " + problem.Text
			whole.Problems = append(whole.Problems, problem)
		}
	}
	for _, lines := range [][]encoded{whole.frames, whole.links, whole.health} {
		sortLines(lines)
	}
	slices.SortStableFunc(whole.Failures, func(a, b Failure) int { return cmp.Compare(a.Second, b.Second) })
	return whole, nil
}

// joinManifests describes the run that the slices are of. Its end is that of the slice that ended worst.
func joinManifests(parts []*Run, accepted float64) Manifest {
	m := parts[0].Manifest
	m.Load, m.Generator = joinPlans(parts, accepted), joinGenerators(parts)
	badness := func(ended string) int {
		return slices.Index([]string{Complete, Aborted, Interrupted, Broken, Running}, ended)
	}
	for _, p := range parts[1:] {
		if p.Manifest.Began.Before(m.Began) {
			m.Began = p.Manifest.Began
		}
		if p.Manifest.Finished.After(m.Finished) {
			m.Finished = p.Manifest.Finished
		}
		m.Abort = firstAbort(m.Abort, p.Manifest.Abort)
		if badness(p.Manifest.Ended) > badness(m.Ended) {
			m.Ended, m.Fault = p.Manifest.Ended, p.Manifest.Fault
		}
	}
	return m
}

// firstAbort returns the abort that came first in the plan.
func firstAbort(a, b *Abort) *Abort {
	if a == nil || b != nil && b.Second < a.Second {
		return b
	}
	return a
}

// joinPlans adds up what the slices planned.
func joinPlans(parts []*Run, accepted float64) *LoadPlan {
	plan := *parts[0].Manifest.Load
	of, whole := plan.Slice.Count, plan.Whole
	plan.Slice, plan.Whole = Slice{Count: 1}, nil
	plan.Players, plan.PeakCCU, plan.Planned, plan.CCU = 0, 0, map[string]int{}, make([]int, len(plan.CCU))
	plan.Operations = slices.Clone(plan.Operations)
	missing := Missing{Of: of, Players: whole.Players, Actions: whole.Actions, Whole: *whole, Accepted: accepted}
	first, last := parts[0].Manifest.Began, parts[0].Manifest.Began
	there := map[int]bool{}
	for _, p := range parts {
		l := p.Manifest.Load
		there[l.Slice.Index] = true
		plan.Players += l.Players
		plan.PeakCCU += l.PeakCCU
		plan.Readback = plan.Readback || l.Readback
		plan.Kafka = cmp.Or(plan.Kafka, l.Kafka)
		missing.Players -= l.Players
		for i := range min(len(plan.CCU), len(l.CCU)) {
			plan.CCU[i] += l.CCU[i]
		}
		for _, name := range slices.Sorted(maps.Keys(l.Planned)) {
			plan.Planned[name] += l.Planned[name]
			missing.Actions -= int64(l.Planned[name])
			if !slices.Contains(plan.Operations, name) {
				plan.Operations = append(plan.Operations, name)
			}
		}
		first, last = earlier(first, p.Manifest.Began), later(last, p.Manifest.Began)
	}
	for i := range of {
		if !there[i] {
			missing.Slices = append(missing.Slices, i)
		}
	}
	if len(missing.Slices) > 0 {
		plan.Missing = &missing
	}
	plan.Apart = last.Sub(first)
	return &plan
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// joinGenerators adds up what the processes took; memory is that of the largest, and the floor that of none.
func joinGenerators(parts []*Run) *Generator {
	var sum *Generator
	for _, p := range parts {
		g := p.Manifest.Generator
		if g == nil {
			continue
		}
		if sum == nil {
			sum = &Generator{}
		}
		sum.CPUSeconds += g.CPUSeconds
		sum.MaxRSSBytes = max(sum.MaxRSSBytes, g.MaxRSSBytes)
		sum.Attackers += g.Attackers
		sum.MaxInFlight += g.MaxInFlight
		sum.PeakInFlight += g.PeakInFlight
		sum.SlotsExhausted += g.SlotsExhausted
		sum.WorkersAtCap += g.WorkersAtCap
		sum.CoarseFrames += g.CoarseFrames
		sum.SamplesDropped += g.SamplesDropped
		sum.SharedProcess = sum.SharedProcess || g.SharedProcess
	}
	return sum
}

// joinLedgers adds up the ledgers; nil when a slice has none, because the sum would not be that of the plan.
func joinLedgers(parts []*Run) *Ledger {
	sum := &Ledger{Version: Version, Complete: true}
	for _, p := range parts {
		l := p.Ledger
		if l == nil {
			return nil
		}
		for _, n := range []struct {
			to   *int64
			from int64
		}{
			{&sum.Planned, l.Planned}, {&sum.NeverSent, l.NeverSent}, {&sum.Failed, l.Failed}, {&sum.Indeterminate, l.Indeterminate},
			{&sum.Acknowledged, l.Acknowledged}, {&sum.Found, l.Found}, {&sum.Lost, l.Lost}, {&sum.Duplicated, l.Duplicated},
			{&sum.Reordered, l.Reordered}, {&sum.Corrupt, l.Corrupt}, {&sum.Phantom, l.Phantom}, {&sum.Landed, l.Landed},
			{&sum.Unchecked, l.Unchecked},
		} {
			*n.to += n.from
		}
		sum.Complete = sum.Complete && l.Complete
		if l.Note != "" {
			sum.Note = fmt.Sprintf("%s%sslice %d: %s", sum.Note, separator(sum.Note), p.Manifest.Load.Slice.Index, l.Note)
		}
		sum.Examples = append(sum.Examples, l.Examples[:min(len(l.Examples), mostExamples-len(sum.Examples))]...)
	}
	return sum
}

func separator(before string) string {
	if before == "" {
		return ""
	}
	return "; "
}
