package snsdriver

import (
	"sync/atomic"

	"github.com/passmuster/muster/internal/contract"
)

// Stats counts what a driver did since it was opened. A batch of ten entries with three events each is one call, ten
// entries and thirty events.
type Stats struct {
	Calls   int64                    // made, whatever became of them
	Batches int64                    // calls that were batches
	Entries [contract.Outcomes]int64 // messages, or records of those that are batches themselves, by outcome
	Events  [contract.Outcomes]int64 // elements of the arrays that the entries hold, by outcome
}

type counts struct {
	calls, batches  atomic.Int64
	entries, events [contract.Outcomes]atomic.Int64
	pending         atomic.Int64 // messages that count as buffered: one less before done, so that done may send the next
}

func (c *counts) now() Stats {
	s := Stats{Calls: c.calls.Load(), Batches: c.batches.Load()}
	for o := range contract.Outcomes {
		s.Entries[o], s.Events[o] = c.entries[o].Load(), c.events[o].Load()
	}
	return s
}

// settled counts a message, each of its records under its own outcome.
func (c *counts) settled(o contract.Outcome, records []contract.Outcome, m *contract.Message) {
	if len(m.Records) == 0 {
		c.entry(o, m.Body)
	}
	for i, r := range m.Records {
		if records != nil {
			o = records[i]
		}
		c.entry(o, r.Value)
	}
}

func (c *counts) entry(o contract.Outcome, text []byte) {
	c.entries[o].Add(1)
	c.events[o].Add(int64(elements(text)))
}
