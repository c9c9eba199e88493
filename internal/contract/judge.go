package contract

import "time"

// Breach is one client clause that a received message breaks.
type Breach struct {
	Clause string // id of the clause, whose Actor is Client
	Wanted string // what the clause asks for
	Got    string // what the message says instead: one line, bounded, without a secret
}

// Judge is the other direction of a contract: it holds what a client sends against the clauses that a client owes.
// It may remember what it saw, within bounds, so each client check makes its own. It is safe for concurrent use.
type Judge interface {
	// Clauses returns the ids of the clauses that Judge can find broken, in order: what it never reports although it
	// is listed here was kept, as far as the traffic showed.
	Clauses() []string

	// Judge returns the clauses that m breaks, each at most once, in the order of Clauses; none for a message that is
	// another contract's business. It keeps nothing of m, and now is when m was received.
	Judge(now time.Time, m *Message) []Breach
}
