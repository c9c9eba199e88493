package record

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The range and precision of every histogram: 1 µs to 1 hour at two significant digits, an error of at most 1 %.
// They are part of the format: histograms merge exactly only when all have the same buckets.
const (
	lowest  = int64(1)
	highest = int64(time.Hour / time.Microsecond)
	digits  = 2
)

// NewHistogram returns an empty histogram in microseconds with the format's range and precision.
func NewHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(lowest, highest, digits) }

// Observe records a span into h, which is made when there is none: the most that it can hold when the span is longer, and
// nothing below zero.
func Observe(h **hdrhistogram.Histogram, span time.Duration) {
	if *h == nil {
		*h = NewHistogram()
	}
	_ = (*h).RecordValue(min(max(span.Microseconds(), 0), highest)) // it refuses only what is out of range
}

// HistogramOf returns a histogram of the format from its counts by bucket, in the order in which Export has them; those that
// are not given are 0. It keeps nothing of counts.
func HistogramOf(counts []int64) *hdrhistogram.Histogram {
	return hdrhistogram.Import(&hdrhistogram.Snapshot{
		LowestTrackableValue: lowest, HighestTrackableValue: highest, SignificantFigures: digits, Counts: counts, IntegerToDoubleConversionRatio: 1,
	})
}

// Frame is one second of one operation. It is the unit of storage and of merging: several frames of one second and
// operation (from attackers, slices or late answers) merge into their exact sum, in any order.
//
// Planned counts the actions whose planned instant lies in the second; the other counts and the histograms are of the
// actions whose outcome became known in it. Not safe for concurrent use.
type Frame struct {
	Second    int                     // wall seconds since the run began
	Operation string                  // such as playtime.heartbeat
	Planned   int64                   // were due
	Fired     int64                   // left the schedule: a worker took them up
	Sent      int64                   // reached the wire
	Outcomes  map[string]int64        // by contract.Outcome
	Classes   map[string]int64        // by contract.Class, those not acknowledged
	Response  *hdrhistogram.Histogram // done - planned, of those acknowledged or indeterminate
	Service   *hdrhistogram.Histogram // done - sent, likewise
	Lag       *hdrhistogram.Histogram // fired - planned, of those fired

	// Parts are what lag, response and service time are made of, by name (the names below); only those that were
	// measured are there.
	Parts map[string]*hdrhistogram.Histogram
}

// The names of a frame's parts. Each is a span of time of one action; those of one group follow each other.
const (
	LagPacer    = "lag.pacer"      // planned to published by the pacer
	LagHandOff  = "lag.hand_off"   // published to taken up by a worker
	LagWorker   = "lag.worker"     // taken up to handed to the driver: rendering and signing
	LagLane     = "lag.lane"       // ready to its turn: the wait for the same player's earlier action
	LagConnect  = "lag.connection" // handed to the driver to the first byte on the wire: the wait for a connection
	KafkaBuffer = "kafka.enqueue"  // handed to the driver to taken by its buffer; SNS, whose driver has one too, has these as well
	KafkaLinger = "kafka.linger"   // buffered to written: the wait for company, and for the broker's earlier batch or a connection
	KafkaBroker = "kafka.broker"   // written to acknowledged
	KafkaSeen   = "kafka.visible"  // acknowledged to seen by read-back, on one machine's clock

	// Those of actions that the target refused are kept apart: a refusal is often quicker than the work, so that a target
	// which refuses more would look faster. Runs from before these parts have them among the others.
	FailedResponse = "failed.response" // done - planned
	FailedService  = "failed.service"  // done - sent
)

// Part returns the part of this name, ready to record into.
func (f *Frame) Part(name string) *hdrhistogram.Histogram {
	if f.Parts == nil {
		f.Parts = map[string]*hdrhistogram.Histogram{}
	}
	if f.Parts[name] == nil {
		f.Parts[name] = NewHistogram()
	}
	return f.Parts[name]
}

// Ledger accounts for every planned event:
//
//	planned = never sent + failed + indeterminate + acknowledged
//	acknowledged = found + lost
//
// Duplicated, reordered and corrupt are among the found; phantom were found and never sent.
type Ledger struct {
	Version       int       `json:"version"`
	Planned       int64     `json:"planned"`
	NeverSent     int64     `json:"never_sent"`
	Failed        int64     `json:"failed"`
	Indeterminate int64     `json:"indeterminate"`
	Acknowledged  int64     `json:"acknowledged"`
	Found         int64     `json:"found"`                     // acknowledged and seen by read-back
	Lost          int64     `json:"lost"`                      // acknowledged and not seen
	Duplicated    int64     `json:"duplicated"`                // seen more than once
	Reordered     int64     `json:"reordered"`                 // seen after a later one of the same player and transport
	Corrupt       int64     `json:"corrupt"`                   // seen with other content than was sent
	Phantom       int64     `json:"phantom"`                   // seen under this run's key, but never sent
	Landed        int64     `json:"landed"`                    // not acknowledged, yet seen: indeterminate ones that were taken
	Foreign       int64     `json:"foreign"`                   // seen, of other runs; left out of everything above
	Unchecked     int64     `json:"order_unchecked,omitempty"` // seen, but too many were awaited at once to judge their order
	Complete      bool      `json:"complete"`                  // read-back reached its end before its deadline
	Note          string    `json:"note,omitempty"`
	Examples      []Example `json:"examples,omitempty"` // a bounded number of the events that do not add up
}

// Example names one event that does not add up.
type Example struct {
	Kind   string `json:"kind"` // lost, duplicated, reordered, corrupt or phantom
	ID     string `json:"id"`
	Player uint32 `json:"player"`
	Event  uint32 `json:"event"` // the player's event number, from 0
}

// Finding is the outcome of one clause, with the clause's own words copied in, so that an old run still reads the same.
type Finding struct {
	Version    int           `json:"version"`
	ID         string        `json:"id"`
	Duty       string        `json:"duty"`
	Level      string        `json:"level"`
	Basis      string        `json:"basis"`
	Contract   string        `json:"contract"`
	Transport  string        `json:"transport"`
	Status     string        `json:"status"`           // pass, fail, inconclusive, not-run, not-claimed or unobservable
	Reason     string        `json:"reason,omitempty"` // why it was inconclusive, not run, not claimed or unobservable
	Slow       bool          `json:"slow,omitempty"`   // not run because its check takes minutes and nobody asked for it
	Attempts   int           `json:"attempts"`
	Duration   time.Duration `json:"duration_ns"`
	Violations []Violation   `json:"violations,omitempty"`
	Known      *KnownFailure `json:"known,omitempty"` // of a failure that the known-failing list covers
}

// Violation is one observed breach.
type Violation struct {
	Wanted   string `json:"wanted"`
	Got      string `json:"got"`
	Exchange string `json:"exchange,omitempty"` // redacted transcript
	Curl     string `json:"curl,omitempty"`     // a command that does it again, with $VARIABLES for secrets
	Replay   string `json:"replay,omitempty"`   // what `muster conform replay` takes
}

// Failure is one sampled exchange of the load half that was not acknowledged.
type Failure struct {
	Version   int    `json:"version"`
	Second    int    `json:"second"`
	Operation string `json:"operation"`
	Class     string `json:"class"`
	Status    int    `json:"status,omitempty"`
	Detail    string `json:"detail"`
	Curl      string `json:"curl,omitempty"`
}

// InsightsPair holds the five insights twice: as the run's own acknowledged actions imply them, and as the target
// reports them. Target is nil when the target offers none or did not answer; Note then says why.
type InsightsPair struct {
	Version int              `json:"version"`
	Truth   InsightsFigures  `json:"truth"`
	Target  *InsightsFigures `json:"target,omitempty"`
	Note    string           `json:"note,omitempty"`
	Open    *Orphans         `json:"open,omitempty"` // nil when every session that was started was ended
}

// Orphans are sessions whose start was acknowledged, but not their end.
type Orphans struct {
	Sessions int64    `json:"sessions"`
	First    []Orphan `json:"first,omitempty"` // a bounded number of those that were open when the run ended
}

// Orphan names one of them.
type Orphan struct {
	Player    uint32 `json:"player"`
	SessionID string `json:"session_id"`
}

// InsightsFigures are the five insights.
type InsightsFigures struct {
	AsOfMS            int64   `json:"as_of_ms"`
	ConcurrentPlayers int64   `json:"concurrent_players"`
	ConcurrentUGC     int64   `json:"concurrent_ugc"`
	TotalPlayers      int64   `json:"total_players"`
	AveragePlaytime   float64 `json:"average_playtime_seconds"`
	AverageUGC        float64 `json:"average_ugc_per_session"`
}
