package contract

import "time"

// Kind is what a player wants to do.
type Kind uint8

// The kinds of action. Kinds counts them, for tables indexed by kind.
const (
	Start     Kind = iota // begin a session
	Heartbeat             // say that the session goes on
	End                   // close the session
	Flush                 // hand over the events gathered since the last flush
	Kinds     = 4
)

// String returns the kind in lower case.
func (k Kind) String() string {
	if int(k) < Kinds {
		return [Kinds]string{"start", "heartbeat", "end", "flush"}[k]
	}
	return "unknown"
}

// Transport is a way to carry messages.
type Transport string

// The transports of the two contracts.
const (
	HTTP  Transport = "http"
	Kafka Transport = "kafka"
	SNS   Transport = "sns"
)

// Action is one transport-neutral intent of a player. It says who wants what at which instant; a contract's Renderer
// makes a Message of it.
type Action struct {
	Kind      Kind
	Transport Transport // which way a Flush goes; session actions go by HTTP
	Player    uint32    // index of the player in the population, from 0
	SessionID string    // the session that the action belongs to
	Nonce     string    // fresh for every action
	Order     int       // place within the session: 1 for the start, then counting up
	UGC       []int64   // ids of the user-generated content in the session; only a Start carries them
	At        time.Time // the instant that the client stamps into the message
	Platform  string    // where the game runs, empty when not told
	Portal    string    // where it was bought, empty when not told
	Events    []Event   // what a Flush hands over

	// Client names the client whose wire form a session action takes, one of its contract's profiles; empty is the
	// documented form.
	Client string

	// EventClient names the client whose wire form a Flush takes, one of its contract's profiles; empty is a backend.
	EventClient string
}

// Event is one analytics event of a player.
type Event struct {
	ID   string    // 32 hex digits, unique over all runs
	Name string    // what happened
	At   time.Time // when it happened
	Pad  int       // how many bytes of padding its properties carry, to reach a wished size
}
