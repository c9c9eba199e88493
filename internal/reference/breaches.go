package reference

import (
	"slices"
	"sync"
	"time"

	"github.com/passmuster/muster/internal/contract"
)

// maxExamples is how many breaches of one clause are kept whole.
const maxExamples = 5

// ClauseBreaches is what clients did against one clause since the server began.
type ClauseBreaches struct {
	Clause      string
	Count       int64 // messages that broke it
	First, Last time.Time
	Examples    []ClientBreach // the first five, oldest first
}

// ClientBreach is one clause broken by one message of a client.
type ClientBreach struct {
	contract.Breach
	At         time.Time // when the message was whole
	Nth        int64     // breach of this clause, from 1
	Transcript string    // the message and what it was answered, secrets replaced; empty beyond the first five
}

// book records breaches by clause. It is bounded, since the ids of clauses are constants of the judges.
type book struct {
	order []string // what the judges can find, in their order

	mu      sync.Mutex
	entries map[string]*ClauseBreaches
}

// newBook returns an empty book, or nil when there is nobody to judge.
func newBook(judges []contract.Judge) *book {
	if len(judges) == 0 {
		return nil
	}
	b := &book{entries: map[string]*ClauseBreaches{}}
	for _, j := range judges {
		b.order = append(b.order, j.Clauses()...)
	}
	return b
}

// note records one breach. The transcript is asked for only when it will be kept.
func (b *book) note(at time.Time, breach contract.Breach, transcript func() string) ClientBreach {
	b.mu.Lock()
	defer b.mu.Unlock()
	entry := b.entries[breach.Clause]
	if entry == nil {
		entry = &ClauseBreaches{Clause: breach.Clause, First: at}
		b.entries[breach.Clause] = entry
		if !slices.Contains(b.order, breach.Clause) {
			b.order = append(b.order, breach.Clause)
		}
	}
	entry.Count++
	entry.Last = at
	noted := ClientBreach{Breach: breach, At: at, Nth: entry.Count}
	if len(entry.Examples) < maxExamples {
		noted.Transcript = transcript()
		entry.Examples = append(entry.Examples, noted)
	}
	return noted
}

// broken returns a copy of what was noted, in the order of the judges' clauses.
func (b *book) broken() []ClauseBreaches {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []ClauseBreaches
	for _, id := range b.order {
		if entry := b.entries[id]; entry != nil {
			found := *entry
			found.Examples = slices.Clone(entry.Examples)
			all = append(all, found)
		}
	}
	return all
}

// Breaches returns the clauses that clients broke so far, in the order of the judges' clauses; none unless
// Options.CheckClients is set.
func (s *Server) Breaches() []ClauseBreaches {
	if s.book == nil {
		return nil
	}
	return s.book.broken()
}

// JudgedClauses returns the ids of the clauses that clients are held to: one that Breaches does not list was kept, as
// far as the traffic showed. It is empty unless Options.CheckClients is set.
func (s *Server) JudgedClauses() []string {
	var ids []string
	for _, j := range s.judges {
		ids = append(ids, j.Clauses()...)
	}
	return ids
}
