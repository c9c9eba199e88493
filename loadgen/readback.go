package loadgen

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/loadgen/ledger"
)

// How long read-back waits for events that were acknowledged and are not there yet.
const (
	readWithin            = 60 * time.Second       // for all of it, once the run is over
	readWithinInterrupted = 15 * time.Second       // likewise, when the run was cut short by its user
	readQuiet             = 10 * time.Second       // without one more of them: then they are lost
	readAgain             = 200 * time.Millisecond // between two readings
)

// While the run goes on the log is read this long after the last reading ended, but no more than a third of the time, so
// that one core at most is ever busy with it.
const followAgain = 100 * time.Millisecond

// verifier reads back what the target accepted and puts it into the ledger: first behind the run, as it goes on, where
// the log can be followed; then to its end. One goroutine at a time uses it.
type verifier struct {
	ledger *ledger.Ledger
	reader transport.Reader
	intact func(contract.Stored) bool
	seen   *visibility // nil when nobody asks how long it takes
	stop   context.CancelFunc
	ended  <-chan struct{} // closed when nothing follows the log any more; nil when nothing did
	last   time.Time       // when an acknowledged event was last found
}

func newVerifier(l *ledger.Ledger, r transport.Reader, intact func(contract.Stored) bool) *verifier {
	return &verifier{ledger: l, reader: r, intact: intact, stop: func() {}}
}

// follow reads the log behind the run until halt, if the reader can do so at a bounded cost. An error only ends the
// following: what it is about shows when the log is read to its end.
func (v *verifier) follow(ctx context.Context) {
	tail, can := v.reader.(transport.Tail)
	if !can {
		return
	}
	ctx, v.stop = context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	v.ended = ended
	go func() {
		defer close(ended)
		for began := time.Now(); ; began = time.Now() {
			if tail.Read(ctx, v.see) != nil {
				return
			}
			select {
			case <-time.After(max(followAgain, 2*time.Since(began))):
			case <-ctx.Done():
				return
			}
		}
	}()
}

// halt ends the following.
func (v *verifier) halt() {
	v.stop()
	if v.ended != nil {
		<-v.ended
	}
}

// see puts one stored event into the ledger.
func (v *verifier) see(s contract.Stored) error {
	sight := v.ledger.See(s, v.intact)
	if sight.Awaited {
		v.last = time.Now()
	}
	if v.seen != nil && sight.Own && sight.First {
		v.seen.seen(sight.Player, sight.Event, time.Now())
	}
	return nil
}

// standing returns what is known so far, for good; nil when nothing follows the log.
func (v *verifier) standing() *record.Ledger {
	if v.ended == nil {
		return nil
	}
	known := v.ledger.Standing()
	return &known
}

// finish reads what the target accepted until every acknowledged event was seen, or none more came for readQuiet, and
// closes the ledger. It is complete when the log was read to its end as often as that took.
func (v *verifier) finish(ctx context.Context) record.Ledger {
	within := readWithin
	if ctx.Err() != nil {
		within = readWithinInterrupted
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), within)
	defer cancel()
	v.ledger.Settle()
	err := v.readAll(ctx)
	sum := v.ledger.Close()
	sum.Complete = err == nil
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		sum.Note = fmt.Sprintf("read-back was stopped after %v", within)
	case err != nil:
		sum.Note = fmt.Sprintf("read-back failed: %v", err)
	case v.intact == nil:
		sum.Note = "content was not judged"
	case sum.Unchecked > 0:
		sum.Note = fmt.Sprintf("the order of %d events was not judged, because too many others were awaited at once", sum.Unchecked)
	}
	return sum
}

// readAll reads the log to its end again and again. A last reading after everything was found is for duplicates that
// came right behind.
func (v *verifier) readAll(ctx context.Context) error {
	v.last = time.Now()
	for {
		enough := v.ledger.Missing() == 0 || time.Since(v.last) >= readQuiet
		if err := v.reader.Read(ctx, v.see); err != nil {
			return err
		}
		if enough && (v.ledger.Missing() == 0 || time.Since(v.last) >= readQuiet) {
			return nil
		}
		select {
		case <-time.After(readAgain):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
