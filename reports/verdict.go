package reports

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/numeral"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/scenarios"
)

// evidence is what the verdict on a load half needs beside its figures.
type evidence struct {
	ended, fault string
	live         bool // the run is under way, so nothing is missing yet
	verb         string
	plan         *record.LoadPlan
	problems     []record.Problem
	thresholds   []string
	totals       map[string]*record.Frame // by operation; "" is all
	windows      map[string]*windows      // of the thresholds that have some, by their text
	abort        *record.Abort            // nil when the run was not aborted
	ledgerGone   bool                     // the run kept a ledger, and it is not there
	unread       bool                     // the run was to be read back, and did not come to that
}

// judge sets the faults, the judgements and the verdict of the load half. A broken word about events is a fact about the
// target even when the generator was late, so it outranks an invalid run; a latency measured by a generator that was the
// limit is no fact at all, so it is not judged. What the target did wrong stands even where other evidence is missing: a
// target that died can seldom be read back.
func (l *Load) judge(e evidence) {
	l.Faults.Ledger = ledgerFaults(l.Ledger)
	missing, notes := mergedFaults(e.plan)
	unfit, warnings := judgeHealth(l.Generator)
	l.Generator.Warnings = append(notes, warnings...)
	l.Faults.Generator = slices.Concat(endFaults(e, l), missing, generatorFaults(e, l), unfit, readFaults(e.problems))
	valid := len(l.Faults.Generator) == 0
	if valid && l.All.Acknowledged+l.All.unconfirmed() == 0 && (!e.live || l.All.outcomes() > 0) {
		l.Faults.Target = append(l.Faults.Target, fmt.Sprintf("The target acknowledged none of %s.", count(l.All.Sent, "action")))
	}
	for _, text := range e.thresholds {
		j := judgeThreshold(text, l, e, valid)
		l.Thresholds = append(l.Thresholds, j)
		switch {
		case j.Status == Failed && !l.told(text):
			l.Faults.Target = append(l.Faults.Target, fmt.Sprintf("Threshold %q was not met: %s%s.", j.Threshold, j.shown(j.because), aborted(j, e.ended, e.abort)))
		case j.open && valid && !e.live:
			l.Faults.Evidence = append(l.Faults.Evidence, fmt.Sprintf("Threshold %q could not be judged: %s.", j.Threshold, j.Note))
		}
	}
	l.Faults.Target = append(l.Faults.Target, unboundedErrors(l, e)...)
	l.Faults.Evidence = slices.Concat(l.Faults.Evidence, abortFaults(l, e), bookFaults(l.Ledger))
	if e.ledgerGone {
		l.Faults.Evidence = append(l.Faults.Evidence, "The run kept a ledger, but its directory holds none.")
	}
	switch {
	case len(l.Faults.Ledger) > 0:
		l.LoadVerdict = Failed
	case !valid:
		l.LoadVerdict = Invalid
	case len(l.Faults.Target) > 0:
		l.LoadVerdict = Failed
	case len(l.Faults.Evidence) > 0:
		l.LoadVerdict = Invalid
	default:
		l.LoadVerdict = Passed
	}
}

// toleratedErrors is the share of an operation's actions that may end without an acknowledgement when the scenario says
// nothing about its errors: a run whose target refused nearly everything is not to pass for want of a threshold.
const toleratedErrors = 0.01

// unboundedErrors are the operations that no threshold about errors covers and that had more than toleratedErrors.
func unboundedErrors(l *Load, e evidence) Lines {
	covered := map[string]bool{}
	for _, text := range e.thresholds {
		if t, err := scenarios.Threshold(text).Parse(); err == nil && t.Quantity == scenarios.Errors {
			covered[t.Operation] = true
		}
	}
	var faults Lines
	for _, o := range l.Operations {
		errors, all := o.errors(e.ended)
		if covered[""] || covered[o.Name] || all == 0 || float64(errors) <= toleratedErrors*float64(all) {
			continue
		}
		faults = append(faults, fmt.Sprintf("%s of %s were not acknowledged%s; the scenario sets no threshold for these errors, and without one up to %s are tolerated.",
			percent(float64(errors)/float64(all)), o.Name, classes(o.reasons(e.ended)), percent(toleratedErrors)))
	}
	return faults
}

// told says whether a threshold only repeats what a fault of the ledger says.
func (l *Load) told(threshold string) bool {
	t, err := scenarios.Threshold(threshold).Parse()
	return err == nil && len(l.Faults.Ledger) > 0 && slices.Contains([]string{scenarios.Lost, scenarios.Corrupt, scenarios.Phantom}, t.Quantity)
}

// ledgerFaults are the ways in which the target broke its word. Events that a read-back did not get to see are not lost.
func ledgerFaults(l *record.Ledger) Lines {
	if l == nil {
		return nil
	}
	var faults Lines
	if l.Lost > 0 && l.Complete {
		faults = append(faults, fmt.Sprintf("The target lost %s that it had acknowledged.", count(l.Lost, "event")))
	}
	if l.Corrupt > 0 {
		faults = append(faults, fmt.Sprintf("The target stored %s with other content than was sent.", count(l.Corrupt, "event")))
	}
	if l.Phantom > 0 {
		faults = append(faults, fmt.Sprintf("The target shows %s of this run that muster never sent.", count(l.Phantom, "event")))
	}
	return faults
}

// endFaults say that the run is not whole.
func endFaults(e evidence, l *Load) Lines {
	part := "before its load began"
	switch {
	case e.live:
		return nil
	case l != nil:
		part = fmt.Sprintf("after %s; all figures are of that part", seconds(l.DurationS))
	case e.verb != "rehearse":
		part = "before all clauses were judged"
	}
	switch e.ended {
	case record.Complete, record.Aborted: // what aborted it is told by the threshold
		return nil
	case record.Interrupted:
		return Lines{"The run was interrupted " + part + "."}
	case record.Broken:
		return Lines{"Muster itself failed " + part + ": " + strings.TrimSuffix(e.fault, ".") + "."}
	default:
		return Lines{"The run never came to its end: its process died " + part + "."}
	}
}

// cutShort says whether a run ended before its time, and not because of a threshold.
func cutShort(e evidence) bool {
	return !e.live && slices.Contains([]string{record.Interrupted, record.Broken, record.Running}, e.ended)
}

// generatorFaults say that the generator was the limit.
func generatorFaults(e evidence, l *Load) Lines {
	var faults Lines
	g := l.Generator
	if n := len(g.LateSeconds); n > 0 && float64(n) > g.LateShare*float64(g.Seconds) {
		faults = append(faults, fmt.Sprintf("The generator was late in %d of %s (p99 lag above %s; up to %s is allowed): %s.",
			n, count(int64(g.Seconds), "second"), micros(g.MaxLagUS), percent(g.LateShare), spans(g.LateSeconds)))
	}
	if e.ended != record.Complete && e.ended != record.Aborted {
		return faults
	}
	switch {
	case l.All.Sent == 0 && l.All.NeverSent == 0:
		faults = append(faults, "Nothing was sent.")
	case l.All.Sent == 0 && l.All.unsent() < l.All.NeverSent:
		faults = append(faults, fmt.Sprintf("The target could not be reached: none of %s was sent%s.",
			count(l.All.NeverSent, "planned action"), classes(l.All.Classes)))
	case l.All.unsent() > 0:
		faults = append(faults, fmt.Sprintf("Muster could not send %s%s.",
			count(l.All.unsent(), "planned action"), classes(map[string]int64{generatorClass: l.All.unsent()})))
	}
	if l.All.Unaccounted != 0 {
		faults = append(faults, fmt.Sprintf("The outcome of %s is not on record.", count(l.All.Unaccounted, "planned action")))
	}
	return faults
}

const generatorClass = string(contract.ClassGenerator)

// unsent is how many actions were never sent because muster itself was the limit. The others that were never sent had
// no connection to a target that gave none, or waited for its answer to an earlier one: they are the target's errors.
func (o Operation) unsent() int64 { return min(o.NeverSent, o.Classes[generatorClass]) }

// errors returns how many actions of a run that ended so were not acknowledged, and of how many. What was still to come
// when a run was cut short is nobody's error.
func (o Operation) errors(ended string) (errors, all int64) {
	errors, all = o.outcomes()-o.Acknowledged-o.unconfirmed(), o.outcomes()
	if ended != record.Complete {
		left := min(o.NeverSent, o.Classes[string(contract.ClassCancelled)])
		errors, all = errors-left, all-left
	}
	return errors, all
}

// reasons are the classes of those that are errors, of a run that ended so.
func (o Operation) reasons(ended string) map[string]int64 {
	if ended == record.Complete {
		return o.Classes
	}
	left := maps.Clone(o.Classes)
	if cancelled := string(contract.ClassCancelled); left[cancelled] > 0 {
		left[cancelled] -= min(o.NeverSent, left[cancelled])
	}
	return left
}

// unconfirmed is how many actions were sent without asking for an answer. That proves nothing, but is no error either.
func (o Operation) unconfirmed() int64 {
	return min(o.Indeterminate, o.Classes[string(contract.ClassUnconfirmed)])
}

// classes lists in brackets why actions were not acknowledged, the commonest first; empty when nothing is known.
func classes(counts map[string]int64) string {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	var why []string
	for _, name := range names {
		if counts[name] > 0 {
			why = append(why, name+" "+numeral.Thousands(counts[name]))
		}
	}
	if len(why) == 0 {
		return ""
	}
	return " (" + strings.Join(why, ", ") + ")"
}

// bookFaults say that the ledger proves nothing: it is not closed, or does not add up.
func bookFaults(l *record.Ledger) Lines {
	if l == nil {
		return nil
	}
	var faults Lines
	if !l.Complete {
		faults = append(faults, fmt.Sprintf("Read-back did not reach its end, so the ledger is open: %s not seen so far%s.",
			count(l.Lost, "acknowledged event"), inBrackets(l.Note)))
	}
	if outcomes := l.NeverSent + l.Failed + l.Indeterminate + l.Acknowledged; outcomes != l.Planned {
		faults = append(faults, fmt.Sprintf("The ledger does not add up: %s planned, %s with an outcome.", numeral.Thousands(l.Planned), numeral.Thousands(outcomes)))
	}
	if l.Found+l.Lost != l.Acknowledged {
		faults = append(faults, fmt.Sprintf("The ledger does not add up: %s acknowledged, %s found, %s lost.",
			numeral.Thousands(l.Acknowledged), numeral.Thousands(l.Found), numeral.Thousands(l.Lost)))
	}
	return faults
}

func inBrackets(text string) string {
	if text == "" {
		return ""
	}
	return " (" + oneLine(text) + ")"
}

// readFaults say that files which the verdict rests on could not be read in full.
func readFaults(problems []record.Problem) Lines {
	unread := map[string]int64{}
	for _, p := range problems {
		if p.File == record.FramesFile || p.File == record.LedgerFile {
			unread[p.File]++
		}
	}
	var faults Lines
	for _, file := range slices.Sorted(maps.Keys(unread)) {
		faults = append(faults, fmt.Sprintf("%s of %s could not be read.", count(unread[file], "part"), file))
	}
	return faults
}

// settle sets the verdict and the reasons of the run as a whole from its halves.
func (s *Summary) settle(m record.Manifest) {
	failed, drifted, invalid := false, false, s.Partial && !s.Live
	if c := s.Conformance; c != nil {
		failed, drifted = len(c.Failed) > 0, len(c.Drift) > 0
		invalid = invalid || c.open
		s.Reasons = append(s.Reasons, c.Reasons...)
	}
	if l := s.Load; l != nil {
		failed = failed || l.LoadVerdict == Failed
		invalid = invalid || l.LoadVerdict == Invalid
		s.Reasons = slices.Concat(l.Faults.Ledger, s.Reasons, l.Faults.Generator, l.Faults.Target, l.Faults.Evidence)
		if !s.Live { // or it will be yet
			s.Reasons = append(s.Reasons, unjudged(l.Thresholds)...)
		}
	} else {
		s.Reasons = append(endFaults(evidence{ended: m.Ended, live: s.Live, fault: m.Fault, verb: m.Verb}, nil), s.Reasons...)
	}
	if missing := missingHalf(s, m); missing != "" {
		invalid = true
		s.Reasons = append(s.Reasons, missing)
	}
	switch {
	case failed:
		s.Verdict = Failed
	case drifted:
		s.Verdict = Drifted
	case invalid:
		s.Verdict = Invalid
	default:
		s.Verdict = Passed
	}
	s.ExitStatus = s.ExitCode()
}

// missingHalf says which half the run should have and does not; empty when none is missing. What was cut short says so
// already.
func missingHalf(s *Summary, m record.Manifest) string {
	switch {
	case s.Live:
		return ""
	case s.Load == nil && s.Conformance == nil:
		return "The run has neither a load half nor a conformance half."
	case m.Verb != "rehearse" || s.Partial:
		return ""
	case s.Conformance == nil:
		return "The rehearsal has no conformance half."
	case s.Load == nil:
		return "The rehearsal has no load half."
	}
	return ""
}

// unjudged names the thresholds that were neither met nor missed, so that a passed run does not hide them.
func unjudged(all []Judgement) Lines {
	var notes Lines
	for _, j := range all {
		if j.Status == NotJudged && !j.open {
			notes = append(notes, fmt.Sprintf("Threshold %q was not judged: %s.", j.Threshold, j.Note))
		}
	}
	return notes
}
