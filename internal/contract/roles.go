package contract

import "time"

// Renderer turns the actions of players into the messages of one contract for one target.
type Renderer interface {
	// Operation names what becomes of such an action, such as playtime.start; empty when this contract, or this
	// target, has nothing to do with it.
	Operation(k Kind, t Transport) string

	// Render overwrites m with the rendered and signed form of a, reusing the memory of m. It is safe for
	// concurrent use with distinct messages.
	Render(m *Message, a *Action) error
}

// Answer is what a server half makes of a message: the reply, and the records it accepted for read-back.
type Answer struct {
	Reply    Reply
	Accepted []Record // to be stored before the reply is given; keyed by event id

	// Undo forgets that Accepted was taken, so that the client can send it again. The host calls it, at most once, when
	// it could not store Accepted. Nil when there is nothing to forget.
	Undo func()
}

// Responder is the server half of a contract: a message in, an answer out, from memory. It is safe for concurrent use.
type Responder interface {
	// Handles says whether a message is this responder's business: by Path for HTTP, always for Kafka records.
	Handles(m *Message) bool

	// Respond answers m as of now.
	Respond(now time.Time, m *Message) Answer
}

// Bounded is a Responder that leaves things out rather than outgrow a bound of its memory, and counts them. It is safe for
// concurrent use.
type Bounded interface {
	// Shortfalls returns what was left out since the beginning, one for each bound, in the same order every time.
	Shortfalls() []Shortfall
}

// Shortfall is how often something was left out for the sake of a bound.
type Shortfall struct {
	What string // in the plural, such as "sessions not held"
	N    int64
}

// Mutant is one named wrongness of the reference, for testing the suite itself.
type Mutant struct {
	Name   string // such as start-answers-200; unique over all contracts
	Clause string // id of the clause that it breaks
	Wrong  string // what it does wrong, one sentence without a final full stop
}
