// Package reference is the server half of the ingest contract: what a correct implementation answers, and what it
// accepts, over HTTP, over Kafka and over SNS.
//
// Messages flow in; answers flow out, with the events that are to be stored. It keeps in memory only which events it
// has seen lately. It opens no socket and reads no clock; a host does both. It imports internal/contract,
// internal/contract/ingest and internal/target.
//
// Its manners are those of an API gateway in front of a queue (fact A-H8), the architecture that the public
// clients reveal. Known differences from it: a body is validated before it is acknowledged, so that a developer hears
// of mistakes at once; nothing is throttled.
//
// The store only ever grows: a newer version of an event, and a deletion (an event whose op says so), are stored after
// what they replace. What counts of an event is its last copy, and a deletion counts as nothing; ingest.Current says
// which copy that is.
package reference

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/ingest"
	"github.com/passmuster/muster/internal/target"
)

// Server answers the messages of the ingest contract. It is safe for concurrent use.
type Server struct {
	rules   rules
	key     string // the one API key that it knows
	seen    *seen
	answers atomic.Uint64 // receipts given, for their ids
	records atomic.Uint64 // events accepted; the mutants that lose some count by it
}

// New returns a server for the ingest section of t. An empty mutant gives the correct one; any other name gives the
// one that is wrong in that way, and a name that Mutants does not list is an error.
func New(t *target.Target, mutant string) (*Server, error) { return NewWith(t, mutant, Knobs{}) }

// Knobs are choices of a service that the documents leave open. The zero value is the friendliest service.
type Knobs struct {
	RefuseNameless bool // an event that names no player, by neither user_id nor smart_account, is refused (ruling 29)
}

// NewWith is New with choices of the service.
func NewWith(t *target.Target, mutant string, k Knobs) (*Server, error) {
	if t.Ingest == nil {
		return nil, errors.New("start ingest reference: the target has no ingest section")
	}
	s := &Server{rules: correct(), seen: newSeen(rememberedIDs)}
	if t.Ingest.HTTP != nil {
		s.key = t.Ingest.HTTP.APIKey.Reveal()
	}
	if k.RefuseNameless {
		s.rules.http.refuses, s.rules.kafka.refuses, s.rules.sns.refuses = nameless, nameless, nameless
	}
	if mutant == "" {
		return s, nil
	}
	for _, m := range mutants() {
		if m.Name == mutant {
			m.apply(&s.rules)
			return s, nil
		}
	}
	return nil, fmt.Errorf("start ingest reference: unknown mutant %q, want one of %s", mutant, strings.Join(names(), ", "))
}

func names() []string {
	var all []string
	for _, m := range Mutants() {
		all = append(all, m.Name)
	}
	return all
}

// Handles says whether m is for this contract: every Kafka record and SNS message, and every path beside the two of the
// contract.
func (s *Server) Handles(m *contract.Message) bool {
	return m.Transport == contract.Kafka || m.Transport == contract.SNS ||
		strings.HasPrefix(m.Path, "/ingress/") || strings.HasPrefix(m.Path, "/utils/")
}

// Respond answers m as of now. What it accepts is a copy, so m may be used again at once.
//
// An event counts as seen from here on. A host that fails to store it calls the answer's Undo, so that the client's
// repeat is taken for the first. A repeat that came in between was acknowledged already.
func (s *Server) Respond(now time.Time, m *contract.Message) contract.Answer {
	switch {
	case m.Transport == contract.Kafka:
		return s.consume(m)
	case m.Transport == contract.SNS:
		return s.publish(m)
	case m.Path == ingest.ClockPath:
		return s.clock(now, m)
	case m.Path == ingest.EventsPath:
		return s.post(m)
	default:
		return contract.Answer{Reply: s.refuse(404, contract.ClassRejected, "no such resource")}
	}
}

// Shortfalls implements contract.Bounded. A repeat of an event whose id was forgotten is stored again.
func (s *Server) Shortfalls() []contract.Shortfall {
	return []contract.Shortfall{{What: "event ids forgotten", N: s.seen.forgotten.Load()}}
}

// accept adds the records to be stored to an answer: the valid events without those that are repeats.
func (s *Server) accept(a contract.Answer, d *door, events []ingest.Event) contract.Answer {
	var traces []trace
	for i := range events {
		id, value := events[i].ID, append([]byte(nil), events[i].Raw()...)
		if d.recognises != never {
			t, repeat := s.seen.before(id, value, d.recognises)
			if repeat {
				continue
			}
			traces = append(traces, t)
		}
		if d.rewrite != nil {
			value = d.rewrite(value)
		}
		a.Accepted = append(a.Accepted, contract.Record{Key: []byte(id), Value: value})
	}
	if d.stores != nil {
		a.Accepted = d.stores(s.records.Add(1), a.Accepted)
	}
	if len(traces) > 0 {
		a.Undo = func() { s.seen.undo(traces) }
	}
	return a
}
