package dashboard

import (
	"time"

	"github.com/passmuster/muster/internal/contract"
)

// Source says how the server stands. It is asked once a second, by one goroutine, and may keep nothing of what it
// returned.
type Source func(now time.Time) Snapshot

// Snapshot is how the server stands at one instant. All counts are totals since its start. Text is shown as it is, so it
// must hold no secret.
type Snapshot struct {
	Insights *contract.Insights // nil when the server has none
	Buckets  []Count            // ended sessions by playtime; empty when the server does not tell
	Statuses map[int]int64      // requests by HTTP status
	Accepted []Count            // events by transport; the same names in the same order every time
	Recent   []Request          // the last ones, newest first
	Judgment *Judgment          // nil when clients are not judged
	Faults   []Count            // of the server itself
}

// Count is a number with its name.
type Count struct {
	Name  string
	Total int64
}

// Request is one message that was answered.
type Request struct {
	At        time.Time
	Took      time.Duration
	Transport contract.Transport
	Line      string // method and path, or what stands for them
	Status    int    // 0 where the transport has none
	Accepted  int    // events
	Wrong     bool   // the client broke a clause
}

// Judgment is what holding clients to their clauses has shown.
type Judgment struct {
	Messages int64 // that were judged
	Clauses  int64 // that they were judged by
	Broken   []Broken
}

// Broken is one clause that clients broke.
type Broken struct {
	Clause      string
	Count       int64
	First, Last time.Time
	Examples    []Example
}

// Example is one message that broke a clause.
type Example struct {
	At                      time.Time
	Wanted, Got, Transcript string
}

// About is what does not change while the server runs.
type About struct {
	Mutant string // the one way in which the server is wrong on purpose; empty is none
	Doors  []Door
}

// Door is one address that clients or readers use.
type Door struct{ Name, Address, Note string }
