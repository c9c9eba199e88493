package reports

import (
	"fmt"
	"strings"
)

// loadSuite is the load half as test cases: one per threshold, one for the errors that no threshold covers, one for the
// ledger, and one for the generator, without which the others mean nothing.
func loadSuite(s Summary) junitSuite {
	l := s.Load
	suite := junitSuite{Name: "load/" + s.Name, Stamp: strings.TrimSuffix(s.Began, "Z"), Time: junitTime(l.DurationS), seconds: l.DurationS}
	suite.put("generator", "was not the limit", nil, l.Faults.Generator)
	for _, j := range l.Thresholds {
		c := junitCase{Class: "load.threshold", Name: j.Threshold, Time: junitTime(0), Out: "measured: " + remarked(j.Shown(), j.Note)}
		switch j.Status {
		case Failed:
			c.Failure = &junitNode{Message: fmt.Sprintf("measured %s%s", j.shown(j.because), aborted(j, s.Ended, s.Abort)), Type: "threshold"}
			suite.Fails++
		case NotJudged:
			c.Skipped, c.Out = &junitNode{Message: j.Note}, ""
			suite.Skips++
		}
		suite.Cases, suite.Tests = append(suite.Cases, c), suite.Tests+1
	}
	suite.put("target", "answers without undue errors", l.untold(), nil)
	if l.Ledger != nil {
		suite.put("ledger", "closes, with nothing lost, corrupt or invented", l.Faults.Ledger, nil)
	}
	suite.put("evidence", "is whole", nil, l.Faults.Evidence)
	return suite
}

// remarked adds a note to a text, if there is one.
func remarked(text, note string) string {
	if note == "" {
		return text
	}
	return strings.TrimPrefix(text+", "+note, ", ")
}

// untold are the target's faults that no threshold tells of.
func (l *Load) untold() Lines {
	var faults Lines
	for _, f := range l.Faults.Target {
		if !strings.HasPrefix(f, "Threshold ") {
			faults = append(faults, f)
		}
	}
	return faults
}

// put adds a case: failures are the target's, errors are what keeps it from being judged.
func (s *junitSuite) put(class, name string, failures, errors Lines) {
	c := junitCase{Class: "load." + class, Name: name, Time: junitTime(0)}
	switch {
	case len(failures) > 0:
		c.Failure = &junitNode{Message: failures[0], Type: class, Text: strings.Join(failures, "\n")}
		s.Fails++
	case len(errors) > 0:
		c.Error = &junitNode{Message: errors[0], Type: class, Text: strings.Join(errors, "\n")}
		s.Errors++
	}
	s.Cases, s.Tests = append(s.Cases, c), s.Tests+1
}
