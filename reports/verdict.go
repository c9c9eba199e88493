package reports

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// evidence is what the verdict on a load half needs beside its figures.
type evidence struct {
	ended, fault string
	problems     []record.Problem
	thresholds   []string
	totals       map[string]*record.Frame // by operation; "" is all
}

// judge sets the faults, the judgements and the verdict of the load half. A broken word about events is a fact about the
// target even when the generator was late, so it outranks an invalid run; a latency measured by a generator that was the
// limit is no fact at all, so it is not judged.
func (l *Load) judge(e evidence) {
	l.Faults.Ledger = ledgerFaults(l.Ledger)
	l.Faults.Generator = slices.Concat(endFaults(e, l), generatorFaults(e, l), bookFaults(l.Ledger), readFaults(e.problems))
	valid := len(l.Faults.Generator) == 0
	if valid && l.All.Acknowledged == 0 {
		l.Faults.Target = append(l.Faults.Target, fmt.Sprintf("The target acknowledged none of %s.", count(l.All.Sent, "action")))
	}
	for _, text := range e.thresholds {
		j := judgeThreshold(text, l, e.totals, valid)
		l.Thresholds = append(l.Thresholds, j)
		if j.Status == Failed && !l.told(text) {
			l.Faults.Target = append(l.Faults.Target, fmt.Sprintf("Threshold %q was not met: %s.", j.Threshold, j.Measured))
		}
	}
	switch {
	case len(l.Faults.Ledger) > 0:
		l.LoadVerdict = Failed
	case !valid:
		l.LoadVerdict = Invalid
	case len(l.Faults.Target) > 0:
		l.LoadVerdict = Failed
	default:
		l.LoadVerdict = Passed
	}
}

// told says whether a threshold only repeats what a fault of the ledger says.
func (l *Load) told(threshold string) bool {
	t, err := ParseThreshold(threshold)
	return err == nil && len(l.Faults.Ledger) > 0 && slices.Contains([]string{"lost", "corrupt", "phantom"}, t.Quantity)
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
	part := fmt.Sprintf("after %s; all figures are of that part", seconds(l.DurationS))
	switch e.ended {
	case record.Complete:
		return nil
	case record.Interrupted:
		return Lines{"The run was interrupted " + part + "."}
	case record.Broken:
		return Lines{"Muster itself failed " + part + ": " + strings.TrimSuffix(e.fault, ".") + "."}
	default:
		return Lines{"The run never came to its end: its process died " + part + "."}
	}
}

// generatorFaults say that the generator was the limit.
func generatorFaults(e evidence, l *Load) Lines {
	var faults Lines
	g := l.Generator
	if n := len(g.LateSeconds); n > 0 && float64(n) > g.LateShare*float64(g.Seconds) {
		faults = append(faults, fmt.Sprintf("The generator was late in %d of %s (p99 lag above %s; up to %s is allowed): %s.",
			n, count(int64(g.Seconds), "second"), micros(g.MaxLagUS), percent(g.LateShare), spans(g.LateSeconds)))
	}
	if e.ended != record.Complete {
		return faults
	}
	if l.All.Sent == 0 && l.All.NeverSent == 0 {
		faults = append(faults, "Nothing was sent.")
	}
	if l.All.NeverSent > 0 {
		faults = append(faults, neverSent(l.All))
	}
	if l.All.Unaccounted != 0 {
		faults = append(faults, fmt.Sprintf("The outcome of %s is not on record.", count(l.All.Unaccounted, "planned action")))
	}
	return faults
}

// neverSent says how many actions were never sent, and why as far as the classes tell.
func neverSent(all Operation) string {
	var why []string
	for _, c := range []contract.Class{contract.ClassGenerator, contract.ClassDial, contract.ClassTLS, contract.ClassAuth, contract.ClassCancelled} {
		if n := all.Classes[string(c)]; n > 0 {
			why = append(why, fmt.Sprintf("%s %s", c, thousands(n)))
		}
	}
	text := fmt.Sprintf("Muster could not send %s", count(all.NeverSent, "planned action"))
	if len(why) > 0 {
		text += " (" + strings.Join(why, ", ") + ")"
	}
	return text + "."
}

// bookFaults say that the ledger proves nothing: it is not closed, or does not add up.
func bookFaults(l *record.Ledger) Lines {
	if l == nil {
		return nil
	}
	var faults Lines
	if !l.Complete {
		faults = append(faults, fmt.Sprintf("Read-back did not reach its end, so the ledger is open: %s not seen so far.", count(l.Lost, "acknowledged event")))
	}
	if outcomes := l.NeverSent + l.Failed + l.Indeterminate + l.Acknowledged; outcomes != l.Planned {
		faults = append(faults, fmt.Sprintf("The ledger does not add up: %s planned, %s with an outcome.", thousands(l.Planned), thousands(outcomes)))
	}
	if l.Found+l.Lost != l.Acknowledged {
		faults = append(faults, fmt.Sprintf("The ledger does not add up: %s acknowledged, %s found, %s lost.",
			thousands(l.Acknowledged), thousands(l.Found), thousands(l.Lost)))
	}
	return faults
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
	failed, invalid := false, s.Partial || (s.Load == nil && s.Conformance == nil)
	if c := s.Conformance; c != nil {
		failed = c.Verdict == NonConformant
		invalid = invalid || c.Verdict == Inconclusive
		s.Reasons = append(s.Reasons, c.Reasons...)
	}
	if l := s.Load; l != nil {
		failed = failed || l.LoadVerdict == Failed
		invalid = invalid || l.LoadVerdict == Invalid
		s.Reasons = slices.Concat(l.Faults.Ledger, s.Reasons, l.Faults.Generator, l.Faults.Target, unjudged(l.Thresholds))
	} else {
		s.Reasons = append(endFaults(evidence{ended: m.Ended, fault: m.Fault}, &Load{}), s.Reasons...)
	}
	if s.Load == nil && s.Conformance == nil {
		s.Reasons = append(s.Reasons, "The run has neither a load half nor a conformance half.")
	}
	switch {
	case failed:
		s.Verdict = Failed
	case invalid:
		s.Verdict = Invalid
	default:
		s.Verdict = Passed
	}
	s.ExitStatus = s.ExitCode()
}

// unjudged names the thresholds that were neither met nor missed, so that a passed run does not hide them.
func unjudged(all []Judgement) Lines {
	var notes Lines
	for _, j := range all {
		if j.Status == NotJudged {
			notes = append(notes, fmt.Sprintf("Threshold %q was not judged: %s.", j.Threshold, j.Note))
		}
	}
	return notes
}
