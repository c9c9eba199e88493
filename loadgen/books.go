package loadgen

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/loadgen/engine"
	"github.com/passmuster/muster/loadgen/ledger"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/loadgen/player"
)

// books are all that is kept of a run while it goes on.
type books struct {
	Config
	params   plan.Params
	pacing   engine.Pacing
	cast     *player.Cast
	plan     *record.LoadPlan
	failures *failures
	ledger   *ledger.Ledger
	verifier *verifier // nil when nothing is to be read back
	truth    *truth
	tracker  *tracker // nil when no session action is part of the run
	samples  *samples // nil when they are not to be kept
	byKafka  string   // the operation of flushes by Kafka; empty when there is none
}

func newBooks(c Config) (*books, error) {
	b := &books{
		Config:   c,
		params:   params(c.Scenario, c.Slice),
		cast:     player.New(c.Scenario, c.Run),
		failures: newFailures(c.Curl),
	}
	table := engine.NewTable(c.Routes)
	if err := calibrate(b.cast, table, c.Scenario.Events.Bytes); err != nil {
		return nil, err
	}
	summary, whole, err := c.summaries()
	if err != nil {
		return nil, err
	}
	b.pacing = pacing(c.Scenario, summary.Dues)
	leaveOut(&summary, b.cast, table)
	if b.plan, err = loadPlan(c, summary, b.cast, table); err != nil {
		return nil, err
	}
	if whole != nil {
		wholePlan(b.plan, *whole, b.cast, table)
	}
	b.ledger, err = ledger.New(ledger.Config{
		Identity: b.cast.Identity(), Params: b.params, PerFlush: b.cast.PerFlush(), Flushes: summary.Flushes, Most: memoryLeft() / 2,
	})
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	b.byKafka, _, _ = table.Operation(contract.Flush, contract.Kafka)
	if b.plan.Readback = b.Reader != nil && b.ledger.Planned() > 0; b.plan.Readback {
		b.verifier = newVerifier(b.ledger, b.Reader, b.Intact)
		if _, can := b.Reader.(transport.Tail); can && b.byKafka != "" {
			b.verifier.seen = newVisibility(b.cast)
		}
	}
	b.truth = newTruth(b.cast, b.params, c.Tokens, c.Scenario.Players.UGC.Catalogue, time.Now())
	if _, _, sessions := table.Operation(contract.Start, contract.HTTP); sessions || b.Insights != nil {
		b.tracker = &tracker{truth: b.truth, target: b.Insights, write: func(s record.InsightsSecond) error { return b.Recorder.Track(s) }}
	}
	return b, nil
}

// open begins what goes on beside the run, which began just now.
func (b *books) open(ctx context.Context, began time.Time) {
	if b.verifier != nil {
		b.verifier.follow(ctx)
	}
	if b.tracker != nil {
		b.tracker.start(ctx, began)
	}
}

// halt ends what went on beside the run.
func (b *books) halt() error {
	if b.verifier != nil {
		b.verifier.halt()
	}
	if b.tracker != nil && b.tracker.stop != nil { // a run that never began has nothing to track
		return b.tracker.halt()
	}
	return nil
}

// Done implements engine.Sink.
func (b *books) Done(s *engine.Sample) {
	if s.Due.Kind == plan.Flush {
		b.ledger.Done(s.Due.Player, s.Due.Seq, s.Reply)
		if b.verifier != nil && b.verifier.seen != nil {
			b.verifier.seen.done(s)
		}
	}
	b.truth.done(s)
	b.failures.done(s)
	if b.samples != nil {
		b.samples.done(s)
	}
}

// frames writes a second's frames, and what was gathered meanwhile.
func (b *books) frames(frames []*record.Frame) error {
	frames = b.visible(frames, latest(frames))
	return errors.Join(b.Recorder.Frames(frames), b.failures.write(b.Recorder))
}

// latest returns the second that frames are of: the others among them only tell what was planned in an earlier one.
func latest(frames []*record.Frame) int {
	second := 0
	for _, f := range frames {
		second = max(second, f.Second)
	}
	return second
}

// closed passes on that the seconds before this one are on record.
func (b *books) closed(second int) {
	if b.Closed == nil {
		return
	}
	var known *record.Ledger
	if b.verifier != nil {
		known = b.verifier.standing()
	}
	b.Closed(second, known)
}

// visible adds how long events took to be seen, if that is measured.
func (b *books) visible(frames []*record.Frame, second int) []*record.Frame {
	if b.verifier == nil || b.verifier.seen == nil {
		return frames
	}
	if f := b.verifier.seen.take(second, b.byKafka); f != nil {
		return append(frames, f)
	}
	return frames
}

// settle writes everything that can only be known at the end.
func (b *books) settle(ctx context.Context, result *Result) error {
	errs := []error{b.failures.write(b.Recorder)}
	if b.verifier != nil {
		l := b.verifier.finish(ctx)
		result.Ledger = &l
		errs = append(errs, b.Recorder.Ledger(l))
		second := int(result.Finished.Sub(result.Began) / time.Second)
		if late := b.visible(nil, second); late != nil {
			errs = append(errs, b.Recorder.Frames(late))
		}
	}
	if b.truth.started() || b.Insights != nil {
		pair := b.truth.compare(context.WithoutCancel(ctx), b.Insights, insightsWithin)
		pair.Open = b.orphans(result.Began)
		if b.Slice.Count > 1 {
			pair.Note = "those of the target are of all slices together"
		}
		result.Insights = &pair
		errs = append(errs, b.Recorder.Insights(pair))
	}
	return errors.Join(errs...)
}
