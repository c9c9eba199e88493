package loadgen

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/transport"
)

// How long read-back waits for events that were acknowledged and are not there yet.
const (
	readWithin            = 60 * time.Second       // for all of it
	readWithinInterrupted = 15 * time.Second       // likewise, when the run was cut short by its user
	readQuiet             = 10 * time.Second       // without one more of them: then they are lost
	readAgain             = 200 * time.Millisecond // between two readings
)

// readBack reads what the target accepted until every acknowledged event was seen, or none more came for readQuiet, and
// closes the ledger. It is complete when the log was read to its end as often as that took.
func (l *ledger) readBack(ctx context.Context, r transport.Reader, intact func(contract.Stored) bool) record.Ledger {
	within := readWithin
	if ctx.Err() != nil {
		within = readWithinInterrupted
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), within)
	defer cancel()
	l.open()
	err := l.readAll(ctx, r, intact)
	sum := l.close()
	sum.Complete = err == nil
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		sum.Note = fmt.Sprintf("read-back was stopped after %v", within)
	case err != nil:
		sum.Note = fmt.Sprintf("read-back failed: %v", err)
	case intact == nil:
		sum.Note = "content was not judged"
	}
	return sum
}

// readAll reads the log to its end again and again. A last reading after everything was found is for duplicates that
// came right behind.
func (l *ledger) readAll(ctx context.Context, r transport.Reader, intact func(contract.Stored) bool) error {
	last := time.Now() // when an acknowledged event was last found
	for {
		enough := l.missing == 0 || time.Since(last) >= readQuiet
		err := r.Read(ctx, func(s contract.Stored) error {
			if l.see(s, intact) {
				last = time.Now()
			}
			return nil
		})
		if err != nil {
			return err
		}
		if enough && (l.missing == 0 || time.Since(last) >= readQuiet) {
			return nil
		}
		select {
		case <-time.After(readAgain):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
