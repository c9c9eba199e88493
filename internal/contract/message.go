package contract

import (
	"strings"
	"time"
)

// Message is the rendered, signed form of an action: everything that goes on the wire, and nothing about the wire
// itself. A message by HTTP uses Method, Path, Query, Header and Body; one by Kafka uses Records; one by SNS uses Body, or
// Records for one batch that is to be published exactly as given.
// Whoever renders a message may reuse its memory for the next one, so a driver keeps nothing of it after done.
type Message struct {
	Operation string    // such as playtime.heartbeat; the same for every message of its kind
	Transport Transport // what carries it
	Method    string    // HTTP method
	Path      string    // path below the target's base URL, with a leading slash
	Query     string    // raw query without the question mark
	Header    []Field   // headers in the order they are sent
	Body      []byte    // HTTP body or SNS message
	Records   []Record  // Kafka records, or the entries of an SNS batch: id and message
	Player    uint32    // who sends it; a driver that keeps a connection for each player goes by it
}

// Field is one header line.
type Field struct{ Name, Value string }

// Record is one keyed Kafka record, or one entry of an SNS batch.
type Record struct{ Key, Value []byte }

// Get returns the first header of this name, in any case, and whether there is one.
func (m *Message) Get(name string) (string, bool) { return lookup(m.Header, name) }

// Outcome is what became of a message, as far as its sender can know. Every planned action ends in exactly one.
type Outcome uint8

// The outcomes. Outcomes counts them, for tables indexed by outcome.
const (
	NeverSent     Outcome = iota // nothing reached the wire: no slot, no connection, or the run was interrupted
	Failed                       // the target said no
	Indeterminate                // sent, but no answer came: it may or may not have been taken
	Acknowledged                 // the target said yes
	Outcomes      = 4
)

// String returns the outcome as files and reports print it.
func (o Outcome) String() string {
	if int(o) < Outcomes {
		return [Outcomes]string{"never_sent", "failed", "indeterminate", "acknowledged"}[o]
	}
	return "unknown"
}

// Class says why a message was not acknowledged. The set is fixed, so that it can name a counter.
type Class string

// The classes. An acknowledged reply has none.
const (
	ClassNone        Class = ""
	ClassRejected    Class = "rejected"     // 4xx, or a broker's refusal of the record
	ClassAuth        Class = "auth"         // 401, 403, or failed SASL authentication
	ClassRateLimited Class = "rate-limited" // 429
	ClassServer      Class = "server-error" // 5xx, or a broker's own fault
	ClassTimeout     Class = "timeout"      // no answer before the deadline
	ClassDial        Class = "dial"         // no connection could be made
	ClassTLS         Class = "tls"          // the TLS handshake failed
	ClassReset       Class = "reset"        // the connection broke before the answer was whole
	ClassTopic       Class = "topic"        // the broker does not know, or does not grant, the topic
	ClassTooLarge    Class = "too-large"    // 413, or a record over the broker's limit
	ClassGenerator   Class = "generator"    // muster itself was the limit: a full buffer, an exhausted resource
	ClassCancelled   Class = "cancelled"    // the run was interrupted
	ClassProtocol    Class = "protocol"     // the answer could not be understood
	ClassUnconfirmed Class = "unconfirmed"  // sent as it was asked for: without anybody to say whether it arrived
)

// Classes returns all classes, ClassNone first.
func Classes() []Class {
	return []Class{ClassNone, ClassRejected, ClassAuth, ClassRateLimited, ClassServer, ClassTimeout, ClassDial, ClassTLS,
		ClassReset, ClassTopic, ClassTooLarge, ClassGenerator, ClassCancelled, ClassProtocol, ClassUnconfirmed}
}

// Reply is what came back for a message, stamped on the sender's clock.
type Reply struct {
	Outcome Outcome
	Class   Class     // why it was not acknowledged
	Status  int       // HTTP status, or Kafka error code; 0 when there was none
	Header  []Field   // response headers sorted by name; nil where a driver was told to drop them
	Body    []byte    // response body, up to the driver's bound; nil where a driver was told to drop it
	Detail  string    // one line about a reply that was not acknowledged; never holds a secret
	Records []Outcome // per record, when the records of one message fared differently; nil otherwise
	Queued  time.Time // when the driver's own buffer took it; zero where the wire has none, or when it is not known
	Sent    time.Time // when the first byte was handed to the wire; zero when never sent
	Done    time.Time // when the outcome was known
}

// Get returns the first response header of this name, in any case, and whether there is one.
func (r *Reply) Get(name string) (string, bool) { return lookup(r.Header, name) }

// Answered says whether the target itself replied, as against a link that failed under the message.
func (r *Reply) Answered() bool {
	switch r.Class {
	case ClassTimeout, ClassDial, ClassTLS, ClassReset, ClassGenerator, ClassCancelled:
		return false
	default:
		return r.Outcome == Acknowledged || r.Outcome == Failed
	}
}

func lookup(fields []Field, name string) (string, bool) {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value, true
		}
	}
	return "", false
}
