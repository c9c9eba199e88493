package contract

import (
	"context"
	"time"
)

// Probe is everything that a check may touch.
type Probe struct {
	Sender                    // sends a message to the target
	Readback Readback         // finds accepted events; nil when the target offers none
	Insights InsightsReader   // reads the five insights; nil when the target offers none
	Now      func() time.Time // the clock that stamps messages
	ID       func() string    // 32 hex digits that no other check, process or run was given
}

// Sender carries one message to the target and waits for the reply.
type Sender interface {
	// Send returns an error only when the target could not be judged: the link failed under the message. A target
	// that says no, in whatever words, is a reply. Departure asks for a connection that is wrong in one way.
	Send(ctx context.Context, m *Message, d Departure) (Reply, error)
}

// Departure is one deliberate way in which a probe connects otherwise than the target asks for.
type Departure string

// The departures. A refused connection is a Reply that failed, not an error, when a departure was asked for.
const (
	AsTold        Departure = ""
	WrongPassword Departure = "wrong-password" // Kafka: the right user with another password
	UnknownUser   Departure = "unknown-user"   // Kafka: a user that the broker was never told of
	NoSASL        Departure = "no-sasl"        // Kafka: TLS, but no authentication
	Plaintext     Departure = "plaintext"      // Kafka: no TLS
	UnknownTopic  Departure = "unknown-topic"  // Kafka, SNS: a topic that does not exist

	Bare           Departure = "bare"             // Kafka: neither TLS nor authentication
	NameAsPassword Departure = "name-as-password" // Kafka: the right user with his name as the password
	PlainPassword  Departure = "plain-password"   // Kafka: the right user with another password, by SASL PLAIN
	Modest         Departure = "modest"           // Kafka: a producer that neither compresses nor numbers its records, as kafkajs is by default
	Gzip           Departure = "gzip"             // Kafka: records compressed by gzip; so with the next three
	Snappy         Departure = "snappy"
	LZ4            Departure = "lz4"
	Zstd           Departure = "zstd"
	Vast           Departure = "vast"        // Kafka: a producer that sends batches of up to 16 MiB
	Guest          Departure = "guest"       // Kafka: the user guest with the password guest
	PlainGuest     Departure = "plain-guest" // Kafka: the same by SASL PLAIN

	Unsigned         Departure = "unsigned"           // SNS: no signature
	WrongSecret      Departure = "wrong-secret"       // SNS: the right access key, signed with another secret
	UnknownAccessKey Departure = "unknown-access-key" // SNS: an access key that was never issued
)

// Stored is one accepted event as read-back shows it.
type Stored struct {
	ID        string // the record's key
	Value     []byte // one JSON object
	Partition int    // of the log that keeps it in order, from 1; 0 when not told, and then order cannot be judged
}

// Readback finds accepted events.
type Readback interface {
	// Find returns every stored copy of the event with this id, oldest first. It waits until there is at least one
	// or ctx ends; with no copy seen by then it returns none and no error. An error means that read-back itself failed.
	Find(ctx context.Context, id string) ([]Stored, error)
}

// InsightsReader reads the five insights of a target.
type InsightsReader interface {
	Insights(ctx context.Context) (Insights, error)
}

// Insights are the five figures of the playtime contract at one instant (fact B-I has their meaning).
type Insights struct {
	AsOfMS            int64   `json:"as_of_ms"`                 // Unix milliseconds
	ConcurrentPlayers int64   `json:"concurrent_players"`       // players active in the last 30 minutes
	ConcurrentUGC     int64   `json:"concurrent_ugc"`           // distinct content in sessions active in the last 30 minutes
	TotalPlayers      int64   `json:"total_players"`            // distinct players that ever started a session
	AveragePlaytime   float64 `json:"average_playtime_seconds"` // mean of start to end over ended sessions
	AverageUGCSession float64 `json:"average_ugc_per_session"`  // mean number of ids at start over all sessions
}
