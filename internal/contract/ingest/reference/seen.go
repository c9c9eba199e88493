package reference

import (
	"hash/maphash"
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

// before remembers an event and tells whether it is a repeat.
func (s *seen) before(id string, value []byte, by recognition) bool {
	key, sum := maphash.String(s.seed, id), maphash.Bytes(s.seed, value)
	s.mu.Lock()
	defer s.mu.Unlock()
	if last, known := s.content[key]; known {
		s.content[key] = sum
		return by == sameID || last == sum
	}
	s.content[key] = sum
	if len(s.order) < s.limit {
		s.order = append(s.order, key)
		return false
	}
	delete(s.content, s.order[s.next])
	s.order[s.next] = key
	s.next = (s.next + 1) % s.limit
	s.forgotten.Add(1)
	return false
}
