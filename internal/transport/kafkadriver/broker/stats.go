package broker

import (
	"fmt"
	"sync/atomic"
)

// Stats counts what went through a broker since its start. Records that clients produce are counted when a pipe has
// read them.
type Stats struct {
	Stored      int64 // records that Store was told to keep, and kept
	StoreFailed int64 // calls of Store that ended in an error
	PipedIn     int64 // records that pipes have read
	PipedOut    int64 // records that pipes have stored
	PipeLost    int64 // records that pipes could not read or store; 0 unless the broker is broken
}

// Stats returns the counts as of now.
func (b *Broker) Stats() Stats {
	c := &b.counts
	return Stats{
		Stored: c.stored.Load(), StoreFailed: c.storeFailed.Load(),
		PipedIn: c.pipedIn.Load(), PipedOut: c.pipedOut.Load(), PipeLost: c.pipeLost.Load(),
	}
}

type counts struct {
	stored, storeFailed, pipedIn, pipedOut, pipeLost atomic.Int64
	firstLoss                                        atomic.Pointer[error]
}

// lose counts one fault of a pipe and keeps the first for Close to tell.
func (c *counts) lose(err error) {
	c.pipeLost.Add(1)
	c.firstLoss.CompareAndSwap(nil, &err)
}

// err is what the pipes lost, if anything.
func (c *counts) err() error {
	if first := c.firstLoss.Load(); first != nil {
		return fmt.Errorf("pipe lost %d records, the first: %w", c.pipeLost.Load(), *first)
	}
	return nil
}
