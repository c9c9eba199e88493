package reports

import (
	"bytes"
	"time"

	"github.com/passmuster/muster/internal/record"
)

// Version is the version of summary.json and conformance.json.
const Version = 1

// The verdicts of a load half, and of a run as a whole.
const (
	Passed  = "passed"
	Failed  = "failed"
	Drifted = "drifted" // the known-failing list is not true any more
	Invalid = "invalid" // nothing can be said of the target: the generator was the limit, or the evidence is not whole
)

// The verdicts of a conformance half.
const (
	Conformant    = "conformant"
	NonConformant = "non-conformant"
	Inconclusive  = "inconclusive"
)

// Summary is all that a run came to; its JSON form is summary.json. Times with the ending _us are microseconds of wall
// time, never compressed by the time scale.
type Summary struct {
	Version     int              `json:"version"`
	Verdict     string           `json:"verdict"` // of the run: the worst of its halves
	ExitStatus  int              `json:"exit_code"`
	Reasons     Lines            `json:"reasons"` // one sentence each, the gravest first
	Name        string           `json:"name"`
	Verb        string           `json:"verb"`
	Target      string           `json:"target"`
	Began       string           `json:"began"`           // RFC 3339, UTC
	Ended       string           `json:"ended"`           // running means that the process died
	Partial     bool             `json:"partial"`         // the run did not come to its end
	Abort       *record.Abort    `json:"abort,omitempty"` // the threshold for which it was ended; nil when it was for none
	Live        bool             `json:"-"`               // the run is under way, and everything here is of what is on record so far
	*Load                        // nil when the run had no load half
	Conformance *Conformance     `json:"conformance,omitempty"` // nil when the run had no conformance half
	Problems    []record.Problem `json:"problems,omitempty"`    // what in the run directory could not be read
}

// Lines is a list that is written as [] when it is empty, never as null.
type Lines []string

// MarshalJSON writes the list.
func (l Lines) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	err := encode(&b, append([]string{}, l...))
	return b.Bytes(), err
}

// Load is what the load half came to.
type Load struct {
	LoadVerdict  string               `json:"load_verdict"`
	Faults       Faults               `json:"faults"`
	ScheduleHash string               `json:"schedule_hash"`
	Seed         uint64               `json:"seed"`
	TimeScale    float64              `json:"time_scale"` // plan seconds that passed in one wall second
	Players      int                  `json:"players"`
	PeakCCU      int                  `json:"peak_ccu"`
	DurationS    float64              `json:"duration_s"` // wall time that the plan covered, up to where it stopped
	WarmupS      float64              `json:"warmup_s"`   // wall time at its beginning that percentiles leave out
	SentPerS     float64              `json:"sent_per_s"` // actions, over the wall time that it took to finish them
	Operations   []Operation          `json:"operations"`
	All          Operation            `json:"all"` // all operations merged
	Thresholds   []Judgement          `json:"thresholds,omitempty"`
	Ledger       *record.Ledger       `json:"ledger,omitempty"`   // nil when the target offers no read-back
	Insights     *record.InsightsPair `json:"insights,omitempty"` // nil when they were not compared
	Generator    Generator            `json:"generator"`
	Connections  []Connections        `json:"connections,omitempty"` // by transport; nil when drivers told nothing of them
	Timeline     []Interval           `json:"-"`                     // for pictures; whoever wants figures over time reads the frames
	Readback     bool                 `json:"-"`                     // the run is to end with a ledger
	IntervalS    int                  `json:"-"`                     // how many seconds an interval of the timeline lasts; a power of two
	Reach        int                  `json:"-"`                     // wall seconds that the frames reach
	live         bool                 // the run is under way
	Planned      time.Duration        `json:"-"` // wall time of the plan
	Recent       Interval             `json:"-"` // the last few seconds on record, of a run that is under way
	Intended     []int                `json:"-"` // players that the plan has at the end of each wall second

	// Track is how the insights went while the run went on; nil when there is none on record. Kafka is how records were
	// produced; nil when none were.
	Track *InsightsTrack        `json:"insights_track,omitempty"`
	Kafka *record.KafkaSettings `json:"kafka,omitempty"`

	// Missing is what a run that was merged from slices is without; nil when it is whole.
	Missing *record.Missing `json:"missing,omitempty"`
}

// Faults are the reasons by whose fault it is.
type Faults struct {
	Ledger    Lines `json:"ledger"`    // the target broke its word about events
	Generator Lines `json:"generator"` // why nothing can be said of the target
	Target    Lines `json:"target"`    // what it did wrong: thresholds that were not met, errors beyond measure
	Evidence  Lines `json:"evidence"`  // what is missing for a pass; it excuses nothing that the target did wrong
}

// Operation is what became of the actions of one operation.
//
//	planned = acknowledged + failed + indeterminate + never sent + unaccounted
type Operation struct {
	Name          string           `json:"name"`
	Planned       int64            `json:"planned"`
	Sent          int64            `json:"sent"`
	Acknowledged  int64            `json:"acknowledged"`
	Failed        int64            `json:"failed"`
	Indeterminate int64            `json:"indeterminate"`
	NeverSent     int64            `json:"never_sent"`
	Unaccounted   int64            `json:"unaccounted"`       // no outcome is on record; 0 in a run that came to its end
	Classes       map[string]int64 `json:"classes,omitempty"` // of those not acknowledged
	Response      Percentiles      `json:"response"`          // done - planned
	Service       Percentiles      `json:"service"`           // done - sent
	Lag           Percentiles      `json:"lag"`               // fired - planned

	// Parts are what the times above are made of, and the times of refused actions, by the names of record.Frame.Parts.
	Parts map[string]Percentiles `json:"parts,omitempty"`

	Curves Curves `json:"-"` // for pictures
}

// Percentiles describes a histogram, in microseconds, each at most 1 % too high; all 0 when Count is 0.
type Percentiles struct {
	Count int64 `json:"count"`
	P50   int64 `json:"p50_us"`
	P90   int64 `json:"p90_us"`
	P99   int64 `json:"p99_us"`
	P999  int64 `json:"p999_us"`
	Max   int64 `json:"max_us"`
}

// Generator is how the generator itself did.
type Generator struct {
	Lag         Percentiles `json:"lag"`
	MaxLagUS    int64       `json:"max_lag_us"`   // a second whose p99 lag is above is late
	LateShare   float64     `json:"late_share"`   // share of late seconds from which on a run is invalid
	LateSeconds []int       `json:"late_seconds"` // after the warm-up
	Seconds     int         `json:"seconds"`      // after the warm-up, in which anything was fired or held up

	EffectLagUS int64   `json:"effect_lag_us"`            // a second that shows a sign and whose p99 lag is above counts against the run
	Health      *Health `json:"health,omitempty"`         // nil when nothing is on record
	Warnings    Lines   `json:"warnings"`                 // signs that do not make the run invalid
	Waited      []int   `json:"waited_seconds,omitempty"` // in which the p99 of waiting for a connection was above EffectLagUS
	record.Generator
}

// Conformance is what the conformance half came to.
type Conformance struct {
	Verdict string         `json:"verdict"`
	FailOn  string         `json:"fail_on"` // the level from which a failed clause counts: must, should or may
	Reasons Lines          `json:"reasons"`
	Counts  map[string]int `json:"counts"`          // clauses by status
	Failed  Lines          `json:"failed"`          // ids of failed clauses that count
	Lesser  Lines          `json:"lesser"`          // ids of failed clauses below FailOn
	Known   Lines          `json:"known,omitempty"` // ids of failed clauses on the known-failing list; in neither of the others
	Drift   []record.Drift `json:"drift,omitempty"` // of the known-failing list
	Flaky   Lines          `json:"flaky,omitempty"` // ids of clauses that passed, but not on the first attempt

	excused bool // a failure on the list would have counted
	open    bool // not all is known that counts

	headlines map[string]string // by id of a failed clause: what was wanted and got
}

// ExitCode returns what a process that made this run is to exit with: 0 passed, 1 failed, 3 invalid or inconclusive,
// 4 drifted, 5 muster's own fault, 130 interrupted.
func (s Summary) ExitCode() int {
	switch {
	case s.Ended == record.Interrupted:
		return 130
	case s.Ended == record.Broken:
		return 5
	case s.Verdict == Failed:
		return 1
	case s.Verdict == Drifted:
		return 4
	case s.Verdict == Invalid:
		return 3
	default:
		return 0
	}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Headline is the verdict in the one word that a person sees first: a run that was cut short says so, unless what it
// did find out is a failure already.
func (s Summary) Headline() string {
	if s.Live {
		return s.soFar()
	}
	if !s.Partial || s.Verdict == Failed {
		return s.Verdict
	}
	if s.Ended == record.Running {
		return "cut short" // nobody was left to say how
	}
	return s.Ended
}

// soFar is the verdict on a run that is under way.
func (s Summary) soFar() string {
	if s.Load == nil || s.All.outcomes() == 0 && s.Verdict == Passed {
		return "running"
	}
	return map[string]string{Passed: "holding so far", Failed: "failing so far", Drifted: "drifted", Invalid: "invalid so far"}[s.Verdict]
}
