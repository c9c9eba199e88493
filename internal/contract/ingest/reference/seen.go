package reference

import (
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"
)

// rememberedIDs bounds how many event ids are remembered, about 40 MB when full. A client resends within minutes, so
// the latest million is ample.
const rememberedIDs = 1 << 20

// recognition is what counts as a repeat of an event.
type recognition uint8

const (
	identical recognition = iota // the same id with the same content; other content is a newer version, stored as well
	sameID                       // the same id, whatever the content
	never
)

// seen remembers the latest events by hashes of id and content, both of 64 bits: to be taken for a repeat by mistake,
// an event must collide in both. Safe for concurrent use.
type seen struct {
	forgotten atomic.Int64
	seed      maphash.Seed

	mu      sync.Mutex // guards all below
	content map[uint64]uint64
	order   []uint64 // ids in the order of their coming, a ring once it is full
	next    int      // place in order of the oldest id
	limit   int
}

func newSeen(limit int) *seen {
	return &seen{seed: maphash.MakeSeed(), content: map[uint64]uint64{}, limit: limit}
}

// trace is what remembering one event changed, so that it can be forgotten again.
type trace struct {
	key, sum, was uint64
	known         bool // an earlier version was remembered, with the content was
}

// before remembers an event and tells whether it is a repeat.
func (s *seen) before(id string, value []byte, by recognition) (trace, bool) {
	t := trace{key: maphash.String(s.seed, id), sum: maphash.Bytes(s.seed, value)}
	s.mu.Lock()
	defer s.mu.Unlock()
	t.was, t.known = s.content[t.key]
	s.content[t.key] = t.sum
	switch {
	case t.known:
		return t, by == sameID || t.was == t.sum
	case len(s.order) < s.limit:
		s.order = append(s.order, t.key)
	default:
		delete(s.content, s.order[s.next])
		s.order[s.next] = t.key
		s.next = (s.next + 1) % s.limit
		s.forgotten.Add(1)
	}
	return t, false
}

// undo forgets events that were remembered, the latest first; one of which a newer version has come since stays.
func (s *seen) undo(traces []trace) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range slices.Backward(traces) {
		switch {
		case s.content[t.key] != t.sum:
		case t.known:
			s.content[t.key] = t.was
		default:
			delete(s.content, t.key) // its place in order is left; what comes there is then forgotten a little early
		}
	}
}
