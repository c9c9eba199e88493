package engine

import (
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/loadgen/player"
)

// Config is one run of the engine.
type Config struct {
	Plan        plan.Params // of the slice; the engine divides it into shards
	Cast        *player.Cast
	Routes      []transport.Route
	TimeScale   float64       // plan seconds in one wall second; 0 is 1
	Attackers   int           // that share the players; 0 is one less than there are processors, from 1 to 4
	MaxInFlight int           // bound on dues under way, over all attackers; 0 is 4096
	MaxWorkers  int           // bound on vegeta's workers, over all attackers; 0 is one for each due under way
	Pacing      Pacing        // how the next due is waited for
	Grace       time.Duration // how long what is under way may take after the last due; 0 is 30 s
	CCU         []int         // intended players by wall second, for Progress alone

	Frames   func([]*record.Frame) error // called from one goroutine, about once a second; an error ends the run
	Sink     Sink                        // nil: nobody wants to know
	Closed   func(second int)            // nil: nobody wants to know; called from the goroutine of Frames once all frames of the seconds before this one were given
	Progress func(Progress)              // nil: nobody wants to know; called from the goroutine of Frames
	Pulse    func(Pulse)                 // likewise
	Started  func(began time.Time)       // nil: nobody wants to know; called once, before the first due is fired

	waiter func() waiter // of each pacer; nil: as Pacing says
}

// Pacing is how the engine waits for the next due.
type Pacing uint8

// The ways of pacing. Precise costs about half as much CPU again; above some 10,000 dues a second it gains nothing.
const (
	Economical Pacing = iota // waits for a millisecond at least, and then fires all that has become due
	Precise                  // waits for each due, on Linux with the kernel's finest timer
)

// String returns the pacing as scenarios name it.
func (p Pacing) String() string {
	if p == Precise {
		return "precise"
	}
	return "economical"
}

// Sink is told about every due whose outcome is known. Each attacker calls it from a goroutine of its own, for its own
// players, so it may be called concurrently, but never for one player. It must be quick and do no I/O.
type Sink interface {
	Done(s *Sample)
}

// Sample is what happened to one due. It and all that it refers to is valid during the call of Sink.Done only.
type Sample struct {
	Due       plan.Due
	Operation string
	Second    int       // wall second in which the outcome became known
	Planned   time.Time // when it was due on the wall; also the instant stamped into the message
	Fired     time.Time // when it left the schedule
	Action    *contract.Action
	Message   *contract.Message
	Reply     *contract.Reply
}

// Result is what the engine knows of itself when a run has ended.
type Result struct {
	Began          time.Time // the wall instant of the plan's beginning
	Finished       time.Time
	Interrupted    bool // the context ended before the plan did
	Attackers      int
	PeakInFlight   int // most dues under way at once; summed over the attackers, so an upper bound when there are several
	SlotsExhausted int64
	WorkersAtCap   int64
	CoarseFrames   int64
}
