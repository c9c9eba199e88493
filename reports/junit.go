package reports

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/passmuster/muster/internal/record"
)

// The elements of a JUnit file, as CI systems read them.
type junitSuites struct {
	XMLName xml.Name     `xml:"testsuites"`
	Name    string       `xml:"name,attr"`
	Tests   int          `xml:"tests,attr"`
	Fails   int          `xml:"failures,attr"`
	Errors  int          `xml:"errors,attr"`
	Skips   int          `xml:"skipped,attr"`
	Time    string       `xml:"time,attr"`
	Suites  []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name   string      `xml:"name,attr"`
	Tests  int         `xml:"tests,attr"`
	Fails  int         `xml:"failures,attr"`
	Errors int         `xml:"errors,attr"`
	Skips  int         `xml:"skipped,attr"`
	Time   string      `xml:"time,attr"`
	Stamp  string      `xml:"timestamp,attr"`
	Cases  []junitCase `xml:"testcase"`

	seconds float64
}

type junitCase struct {
	Class   string     `xml:"classname,attr"`
	Name    string     `xml:"name,attr"`
	Time    string     `xml:"time,attr"`
	Failure *junitNode `xml:"failure"`
	Error   *junitNode `xml:"error"`
	Skipped *junitNode `xml:"skipped"`
	Out     string     `xml:"system-out,omitempty"`
}

type junitNode struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// JUnit writes the run as a JUnit file: one suite per contract and transport, one case per clause, and a suite for the
// load half (see loadSuite). A failed clause
// that counts is a failure; one below the level that counts has passed and says in its output what was seen; a clause that
// could not be judged is an error, or skipped when nobody tried.
func JUnit(w io.Writer, s Summary, run *record.Run) error {
	failOn := "must"
	if s.Conformance != nil {
		failOn = s.Conformance.FailOn
	}
	doc := junitSuites{Name: fmt.Sprintf("muster %s: %s", s.Verb, s.Target)}
	places := map[string]int{}
	for _, f := range run.Findings {
		name := strings.TrimSuffix(f.Contract+"/"+f.Transport, "/")
		i, ok := places[name]
		if !ok {
			i = len(doc.Suites)
			places[name] = i
			doc.Suites = append(doc.Suites, junitSuite{Name: name, Stamp: strings.TrimSuffix(s.Began, "Z")})
		}
		doc.Suites[i].add(f, failOn)
	}
	if s.Load != nil {
		doc.Suites = append(doc.Suites, loadSuite(s))
	}
	doc.total()
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(doc); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *junitSuite) add(f record.Finding, failOn string) {
	c := junitCase{Class: section(f.ID), Name: f.ID, Time: junitTime(f.Duration.Seconds())}
	switch {
	case f.Status == record.Pass && f.Attempts > 1:
		c.Out = f.Reason
	case f.Status == record.Pass:
	case f.Status == record.Fail && f.Known != nil:
		c.Skipped = &junitNode{Message: fmt.Sprintf("known to fail until %s: %s", f.Known.Expires, f.Known.Reason)}
		c.Out = evidenceText(f)
		s.Skips++
	case f.Status == record.Fail && level(f.Level) >= level(failOn):
		c.Failure = &junitNode{Message: headline(f), Type: f.Level, Text: evidenceText(f)}
		s.Fails++
	case f.Status == record.Fail:
		c.Out = fmt.Sprintf("not kept, and %s does not count here (fail on %s)\n%s", f.Level, failOn, evidenceText(f))
	case f.Status == record.NotRun || f.Status == record.NotClaimed || f.Status == record.Unobservable:
		c.Skipped = &junitNode{Message: f.Status + ": " + f.Reason}
		s.Skips++
	default:
		c.Error = &junitNode{Message: f.Reason, Type: f.Status, Text: f.Duty}
		s.Errors++
	}
	s.Cases = append(s.Cases, c)
	s.Tests++
	s.seconds += f.Duration.Seconds()
	s.Time = junitTime(s.seconds)
}

func (d *junitSuites) total() {
	seconds := 0.0
	for _, s := range d.Suites {
		d.Tests += s.Tests
		d.Fails += s.Fails
		d.Errors += s.Errors
		d.Skips += s.Skips
		seconds += s.seconds
	}
	d.Time = junitTime(seconds)
}

func junitTime(seconds float64) string { return fmt.Sprintf("%.3f", seconds) }

// section is the part of a clause id before the duty, with a dot, as class names are written.
func section(id string) string {
	if i := strings.LastIndexByte(id, '/'); i >= 0 {
		id = id[:i]
	}
	return strings.ReplaceAll(id, "/", ".")
}

// headline says in one line what was wrong with a failed clause.
func headline(f record.Finding) string {
	if len(f.Violations) == 0 {
		return f.Duty
	}
	v := f.Violations[0]
	text := fmt.Sprintf("wanted %s, got %s", v.Wanted, v.Got)
	if n := len(f.Violations) - 1; n > 0 {
		text += fmt.Sprintf(" (and %d more)", n)
	}
	return text
}

// evidenceText is all that is known of a failed clause.
func evidenceText(f record.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "duty: %s (%s)\nbasis: %s\n", f.Duty, f.Level, f.Basis)
	if f.Reason != "" {
		fmt.Fprintf(&b, "%s\n", f.Reason)
	}
	for _, v := range f.Violations {
		fmt.Fprintf(&b, "wanted: %s\ngot: %s\n", v.Wanted, v.Got)
		for _, part := range []struct{ name, text string }{{"exchange", v.Exchange}, {"again", v.Curl}} {
			if part.text != "" {
				fmt.Fprintf(&b, "%s:\n%s\n", part.name, strings.TrimRight(part.text, "\n"))
			}
		}
		if v.Replay != "" {
			fmt.Fprintf(&b, "replay: muster conform replay %s\n", v.Replay)
		}
	}
	return b.String()
}
