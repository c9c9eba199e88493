package conformance

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

// readEvery is the pause between two reads of the log while somebody waits.
const readEvery = 20 * time.Millisecond

// keepStored bounds how many events an Index keeps; a shared target may hold more than the suite ever asks for.
const keepStored = 1_000_000

// stale is how old the last whole read may be for it to show that an event is not there.
const stale = 2 * time.Second

// Index finds stored events by id. It reads the log only while somebody waits for an event, and is safe for
// concurrent use. Close it to free its reader.
type Index struct {
	mu     sync.Mutex // guards all below
	reader transport.Reader
	byID   map[string][]contract.Stored
	kept   int
	fresh  time.Time // when the log was last read to its end
}

// NewIndex returns an index over what reader yields from now on, and takes the reader over.
func NewIndex(reader transport.Reader) *Index {
	return &Index{reader: reader, byID: map[string][]contract.Stored{}}
}

// Find implements contract.Readback. A log that cannot be read to its end says nothing of what is not in it, so that
// is an error, too.
func (x *Index) Find(ctx context.Context, id string) ([]contract.Stored, error) {
	tick := time.NewTicker(readEvery)
	defer tick.Stop()
	for {
		copies, err := x.read(ctx, id)
		if len(copies) > 0 || err != nil && ctx.Err() == nil {
			return copies, err
		}
		select {
		case <-ctx.Done():
			return nil, x.absent(id)
		case <-tick.C:
		}
	}
}

// absent is nil when the log was read to its end recently enough to show that id is not there.
func (x *Index) absent(id string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.fresh.IsZero() || time.Since(x.fresh) > stale {
		return fmt.Errorf("read back %s: the log could not be read to its end, so nothing is known", id)
	}
	return nil
}

// read takes in what the log holds by now and returns the copies of id.
func (x *Index) read(ctx context.Context, id string) ([]contract.Stored, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	err := x.reader.Read(ctx, func(s contract.Stored) error {
		if x.kept >= keepStored {
			return fmt.Errorf("read back: more than %d events stored since the run began, more than can be kept", keepStored)
		}
		x.byID[s.ID] = append(x.byID[s.ID], s)
		x.kept++
		return nil
	})
	if err == nil {
		x.fresh = time.Now()
	}
	return append([]contract.Stored(nil), x.byID[id]...), err
}

// Close frees the reader.
func (x *Index) Close() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.reader.Close()
}
