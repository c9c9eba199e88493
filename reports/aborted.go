package reports

import (
	"fmt"

	"github.com/passmuster/muster/internal/numeral"
	"github.com/passmuster/muster/internal/record"
)

// abortedIn says when a run was aborted.
func abortedIn(a *record.Abort) string {
	return fmt.Sprintf("aborted in second %s of %s", numeral.Thousands(int64(a.Second)), numeral.Thousands(int64(a.Of)))
}

// endedHow says how the run ended, and when it was aborted.
func (s Summary) endedHow() string {
	switch {
	case s.Ended == record.Aborted && s.Abort != nil:
		return abortedIn(s.Abort)
	case s.Ended == record.Running && !s.Live:
		return "its process died"
	}
	return s.Ended
}

// aborted says of a threshold that was not met that the run was ended for it; empty of all others.
func aborted(j Judgement, ended string, abort *record.Abort) string {
	if ended != record.Aborted || abort == nil || abort.Threshold != j.Threshold {
		return ""
	}
	return "; the run was " + abortedIn(abort)
}

// abortFaults say why a run was ended for a threshold that did not fail in the end: one of its slices broke it for itself
// alone, or the generator was the limit.
func abortFaults(l *Load, e evidence) Lines {
	if e.ended != record.Aborted || e.abort == nil {
		return nil
	}
	for _, j := range l.Thresholds {
		if j.Threshold == e.abort.Threshold && j.Status == Failed {
			return nil
		}
	}
	return Lines{fmt.Sprintf("The run was %s, when threshold %q was broken (%s), which the run as a whole does not confirm.",
		abortedIn(e.abort), e.abort.Threshold, e.abort.Measured)}
}
