package conformance

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/patience"
	"github.com/passmuster/muster/internal/record"
)

// outcome is what a check saw: violations, or why it could not judge, or was not tried at all.
type outcome struct {
	NotRun       string             `json:"not_run,omitempty"`
	Inconclusive string             `json:"inconclusive,omitempty"`
	Violations   []record.Violation `json:"violations,omitempty"`
	Stuck        bool               `json:"stuck,omitempty"` // it did not end when it should, and was abandoned
}

// row is what became of one spec, free of Ginkgo's types. It travels between processes as JSON.
type row struct {
	Executed bool          `json:"executed"` // the check ran to its end
	Attempts int           `json:"attempts"`
	Duration time.Duration `json:"duration_ns"`
	Outcome  outcome       `json:"outcome"`
	Reason   string        `json:"reason,omitempty"`   // why it was not executed, or how it ended otherwise than by its check's word
	Panicked bool          `json:"panicked,omitempty"` // the check, in one of its attempts
}

// judge runs the check of c until spec or outer ends and returns what it saw, unless its door was given up.
func (cfg Config) judge(outer, spec context.Context, tried *doors, c contract.Clause) outcome {
	if why := tried.givenUp(c); why != "" {
		return outcome{NotRun: cfg.Evidence.Redact(why)}
	}
	ctx, cancel := context.WithCancel(spec)
	defer cancel()
	defer context.AfterFunc(outer, cancel)()
	listening := &watch{Sender: cfg.Sender}
	cfg.Sender = listening
	o := examine(ctx, cfg, c)
	tried.heard(c, listening)
	return o
}

// examine runs the check of c within its time limit, and tells what it saw without the secrets. A check that does not end
// when it should is abandoned: its goroutine stays behind.
func examine(ctx context.Context, cfg Config, c contract.Clause) outcome {
	bounded, cancel := patience.WithLimit(ctx, cfg.limit(c)) // the target's rate cap takes none of it
	defer cancel()
	ended := make(chan verdict, 1)
	go func() { ended <- cfg.verdict(bounded, c) }()
	saw, abandoned := cfg.await(ctx, bounded, ended)
	switch {
	case saw.panicked != nil:
		panic(saw.panicked)
	case ctx.Err() != nil: // what a check did not find when it was cut short may well be there
		return outcome{Inconclusive: "the run was interrupted during it"}
	case abandoned:
		return outcome{Stuck: true}
	case saw.err != nil:
		return outcome{Inconclusive: cfg.Evidence.Redact(saw.err.Error())}
	}
	return outcome{Violations: cfg.Evidence.violations(saw.violations)}
}

// await waits for a check to end: after its limit only as long as grace, and when the run was interrupted only as long as
// a farewell takes.
func (cfg Config) await(run, bounded context.Context, ended <-chan verdict) (saw verdict, abandoned bool) {
	select {
	case saw = <-ended:
		return saw, false
	case <-bounded.Done():
	}
	wait := cmp.Or(cfg.grace, grace)
	if run.Err() != nil {
		wait = min(wait, farewell)
	}
	select {
	case saw = <-ended:
		return saw, false
	case <-time.After(wait):
		return saw, true
	}
}

// verdict is how a check ended.
type verdict struct {
	violations []contract.Violation
	err        error
	panicked   any
}

// verdict runs the check of c and catches its panic, for the goroutine that waits for it.
func (cfg Config) verdict(ctx context.Context, c contract.Clause) (v verdict) {
	defer func() { v.panicked = recover() }()
	v.violations, v.err = c.Check(ctx, cfg.probe())
	return v
}

// probe returns a fresh probe on the target.
func (cfg Config) probe() *contract.Probe {
	return &contract.Probe{Sender: cfg.Sender, Readback: cfg.Readback, Insights: cfg.Insights, Now: time.Now, ID: newID}
}

// newID returns 32 random hex digits.
func newID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // crypto/rand never fails since Go 1.24
	return hex.EncodeToString(id[:])
}
