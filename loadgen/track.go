package loadgen

import (
	"context"
	"fmt"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// How the target is asked for its own insights.
const (
	insightsWithin = 10 * time.Second // at the end of the run
	pollEvery      = 5 * time.Second  // while it goes on, counted from the last answer
	pollWithin     = 3 * time.Second
)

// tracker writes the truth of the insights once a second while a run goes on, and now and then the target's own figures
// beside it.
type tracker struct {
	truth  *truth
	target contract.InsightsReader // nil: the target offers none
	write  func(record.InsightsSecond) error
	stop   context.CancelFunc
	ended  chan error
}

// start begins to track a run.
func (k *tracker) start(ctx context.Context, began time.Time) {
	ctx, k.stop = context.WithCancel(context.WithoutCancel(ctx))
	k.ended = make(chan error, 1)
	go func() { k.ended <- k.run(ctx, began) }()
}

// halt ends the tracking and returns what could not be written.
func (k *tracker) halt() error {
	k.stop()
	return <-k.ended
}

// run writes a line a second. An answer of the target makes the line of the second in which it comes.
func (k *tracker) run(ctx context.Context, began time.Time) error {
	answers := make(chan record.InsightsPair, 1)
	polling := k.target != nil
	if polling {
		go k.poll(ctx, pollEvery, answers)
	}
	defer func() {
		if polling {
			<-answers // the poll ends with ctx, so nothing is left behind
		}
	}()
	for second := 0; ; second++ {
		tick := time.NewTimer(time.Until(began.Add(time.Duration(second) * time.Second)))
		line := record.InsightsSecond{Second: second}
		select {
		case <-tick.C:
		case <-ctx.Done():
			tick.Stop()
			return nil
		}
		select {
		case pair := <-answers:
			line.Truth, line.Target, line.Note = pair.Truth, pair.Target, pair.Note
			go k.poll(ctx, pollEvery, answers)
		default:
			line.Truth = k.truth.figures(time.Now())
		}
		if err := k.write(line); err != nil {
			return fmt.Errorf("load: write insights: %w", err)
		}
	}
}

// poll waits, asks the target once and hands over what it said, or why it did not.
func (k *tracker) poll(ctx context.Context, after time.Duration, answers chan<- record.InsightsPair) {
	select {
	case <-time.After(after):
		answers <- k.truth.compare(ctx, k.target, pollWithin)
	case <-ctx.Done():
		answers <- record.InsightsPair{}
	}
}

// compare puts the target's own figures, told within a time, beside the truth.
func (t *truth) compare(ctx context.Context, target contract.InsightsReader, within time.Duration) record.InsightsPair {
	pair := record.InsightsPair{Version: record.Version}
	if target == nil {
		pair.Truth, pair.Note = t.figures(time.Now()), "the target offers no insights"
		return pair
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	in, err := target.Insights(ctx)
	pair.Truth = t.figures(time.Now())
	if err != nil {
		pair.Note = fmt.Sprintf("the target's insights could not be read: %v", err)
		return pair
	}
	pair.Target = &record.InsightsFigures{
		AsOfMS: in.AsOfMS, ConcurrentPlayers: in.ConcurrentPlayers, ConcurrentUGC: in.ConcurrentUGC,
		TotalPlayers: in.TotalPlayers, AveragePlaytime: in.AveragePlaytime, AverageUGC: in.AverageUGCSession,
	}
	return pair
}
