package contract

import (
	"context"
	"fmt"
	"strings"
)

// Level is how binding a clause is. The order is meaningful: a higher level binds more.
type Level uint8

// The levels, from the weakest to the strongest.
const (
	May Level = iota + 1
	Should
	Must
)

// String returns the level as reports print it: MAY, SHOULD or MUST.
func (l Level) String() string {
	switch l {
	case May:
		return "MAY"
	case Should:
		return "SHOULD"
	case Must:
		return "MUST"
	default:
		return fmt.Sprintf("Level(%d)", uint8(l))
	}
}

// MarshalText writes the level as String prints it.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads a level in either case.
func (l *Level) UnmarshalText(text []byte) error {
	parsed, err := ParseLevel(string(text))
	*l = parsed
	return err
}

// ParseLevel reads a level in either case.
func ParseLevel(s string) (Level, error) {
	for _, l := range []Level{May, Should, Must} {
		if strings.EqualFold(s, l.String()) {
			return l, nil
		}
	}
	return 0, fmt.Errorf("parse level %q: want must, should or may", s)
}

// Actor is the side that owes a clause.
type Actor string

// The two sides of a contract.
const (
	Server Actor = "server"
	Client Actor = "client"
)

// Capability is something that a target may claim to have, and that a clause may need before it can be judged.
type Capability string

// The capabilities of the two contracts. A target claims one by having the matching section in its target file.
const (
	CapPlaytime Capability = "playtime"
	CapInsights Capability = "playtime.insights"
	CapHTTP     Capability = "ingest.http"
	CapKafka    Capability = "ingest.kafka"
	CapSNS      Capability = "ingest.sns"
	CapReadback Capability = "ingest.readback"
)

// Clause is one obligation of a contract.
//
// Its ID is stable for ever: it is given, never positional, and never used again for something else. A clause either
// has a Check or says in Unobservable why no check from outside is possible; never both, never neither.
type Clause struct {
	ID           string       // such as playtime/start/answers-204
	Duty         string       // the obligation in our own words, one sentence without a final full stop
	Level        Level        // how binding it is
	Basis        string       // what it rests on, by the grammar of conformance/BASIS.md
	Actor        Actor        // who owes it
	Transport    Transport    // over which transport it is observed
	Needs        []Capability // what the target must claim before the clause applies
	Refuses      bool         // a target that keeps it refuses something: the clause has an error path
	Slow         bool         // its check takes minutes of real time, so it is judged only when that is asked for
	Serial       bool         // counts the whole target, so it is judged alone, when all others are done
	Unobservable string       // why it cannot be seen from outside; empty when it can
	Check        Check        // judges a target; nil exactly when Unobservable is set
}

// Check probes a target and returns every violation that it saw; none means that the clause was kept.
//
// An error means that no judgement was possible (the link failed, read-back did not answer): the clause is then
// inconclusive, neither kept nor broken. A check ends when ctx does, may run beside other checks unless its clause is
// Serial, and uses only ids that it got from the probe, so that two runs against one target do not disturb each other.
type Check func(ctx context.Context, p *Probe) ([]Violation, error)

// Violation is one observed breach of a clause.
type Violation struct {
	Wanted   string    // what the clause asks for
	Got      string    // what was observed
	Exchange *Exchange // the message and reply that show it; nil when there is none
}

// Exchange is one message and what came back for it.
type Exchange struct {
	Message Message
	Reply   Reply
}
