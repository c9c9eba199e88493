package selftest

import (
	"fmt"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// Version is the version of a report's JSON form.
const Version = 1

// attributedShare is the least share of all mutants that have to be killed by the clause that they break.
const attributedShare = 0.95

// Fate is what became of a mutant.
type Fate string

// The fates. The first two are kills.
const (
	Attributed Fate = "attributed" // the clause that it breaks failed
	Elsewhere  Fate = "elsewhere"  // that one did not, but another clause failed
	Survived   Fate = "survived"   // no clause failed
)

// Result is what became of one mutant.
type Result struct {
	Name       string  `json:"name"`
	Clause     string  `json:"clause"` // that it breaks
	Level      string  `json:"level"`  // of that clause
	Wrong      string  `json:"wrong"`  // what it does
	Fate       Fate    `json:"fate"`
	By         string  `json:"by,omitempty"`     // the clause that killed it
	Reason     string  `json:"reason,omitempty"` // what the cited clause came to instead of a failure
	DurationMS float64 `json:"duration_ms"`

	level contract.Level
}

func (r *Result) took(d time.Duration) { r.DurationMS = float64(d.Microseconds()) / 1e3 }

// Score counts the mutants of one level.
type Score struct {
	Level      string `json:"level"`
	Mutants    int    `json:"mutants"`
	Killed     int    `json:"killed"`
	Attributed int    `json:"attributed"`
	Survived   int    `json:"survived"`
}

// Clean is what the suite found in the reference without a mutant.
type Clean struct {
	Judged int      `json:"judged"` // clauses
	Faults []string `json:"faults"` // ids of those that did not pass; any is a false alarm
}

// Report is the score of the suite; its JSON form is what `muster selftest --json` prints.
type Report struct {
	Version   int      `json:"version"`
	Passed    bool     `json:"passed"`
	Reasons   []string `json:"reasons"` // why it did not pass
	Clean     Clean    `json:"clean"`
	All       Score    `json:"all"`
	Levels    []Score  `json:"levels"` // the strongest first
	Mutants   []Result `json:"mutants"`
	DurationS float64  `json:"duration_s"`
}

// newReport counts. It passes when the clean reference does, every mutant of a MUST was killed, and enough of all were
// killed by the clause that they break.
func newReport(clean []record.Finding, results []Result, took time.Duration) Report {
	r := Report{Version: Version, Reasons: []string{}, Clean: cleanOf(clean), Mutants: results, DurationS: took.Seconds()}
	r.All = score("all", results, func(Result) bool { return true })
	for _, level := range []contract.Level{contract.Must, contract.Should, contract.May} {
		if s := score(level.String(), results, func(r Result) bool { return r.level == level }); s.Mutants > 0 {
			r.Levels = append(r.Levels, s)
			if level == contract.Must && s.Survived > 0 {
				r.because("%d of %d mutants of MUST clauses survived", s.Survived, s.Mutants)
			}
		}
	}
	if n := len(r.Clean.Faults); n > 0 {
		r.because("the clean reference did not pass %d of %d clauses", n, r.Clean.Judged)
	}
	if r.Clean.Judged == 0 {
		r.because("the clean reference was judged by no clause")
	}
	if r.All.Mutants == 0 {
		r.because("no mutant was tried")
	}
	if float64(r.All.Attributed) < attributedShare*float64(r.All.Mutants) {
		r.because("%d of %d mutants were killed by the clause that they break, want %.0f %% of them", r.All.Attributed, r.All.Mutants, 100*attributedShare)
	}
	r.Passed = len(r.Reasons) == 0
	return r
}

func (r *Report) because(format string, args ...any) {
	r.Reasons = append(r.Reasons, fmt.Sprintf(format, args...))
}

func cleanOf(found []record.Finding) Clean {
	c := Clean{Faults: []string{}}
	for _, f := range found {
		if f.Status == record.Unobservable {
			continue
		}
		c.Judged++
		if f.Status != record.Pass {
			c.Faults = append(c.Faults, f.ID)
		}
	}
	return c
}

func score(name string, results []Result, counts func(Result) bool) Score {
	s := Score{Level: name}
	for _, r := range results {
		if !counts(r) {
			continue
		}
		s.Mutants++
		switch r.Fate {
		case Attributed:
			s.Killed++
			s.Attributed++
		case Elsewhere:
			s.Killed++
		case Survived:
			s.Survived++
		}
	}
	return s
}
