package reference

import (
	"crypto/subtle"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/ingest"
)

// clock answers what time it is.
func (s *Server) clock(now time.Time, m *contract.Message) contract.Answer {
	if m.Method != http.MethodGet && m.Method != http.MethodHead {
		return contract.Answer{Reply: s.refuse(405, contract.ClassRejected, "want GET")}
	}
	return contract.Answer{Reply: taken(s.rules.clockType, []byte(s.rules.clock(now)))}
}

// post answers a POST of events: all of them are accepted, or none.
func (s *Server) post(m *contract.Message) contract.Answer {
	if refusal, refused := s.admit(m); refused {
		return s.refused(m, refusal)
	}
	events, faults := ingest.DecodeEvents(m.Body)
	faults = append(faults, s.rules.http.faults(events)...)
	switch {
	case len(faults) > 0 && faults[0].Index < 0 && s.rules.takesMalformed:
		return contract.Answer{Reply: s.receipt(m.Body)}
	case len(faults) > 0 && faults[0].Index >= 0 && s.rules.takesIncomplete:
		return contract.Answer{Reply: s.receipt(m.Body)}
	case len(faults) > 0 && s.rules.wholeBatches:
		return contract.Answer{Reply: s.refuse(400, contract.ClassRejected, faults[0].Error())}
	case len(faults) > 0:
		events = without(events, faults)
		return s.accept(contract.Answer{Reply: s.refuse(400, contract.ClassRejected, faults[0].Error())}, &s.rules.http, events)
	case s.rules.largestBatch > 0 && len(events) > s.rules.largestBatch:
		return contract.Answer{Reply: s.refuse(500, contract.ClassServer, "internal server error")}
	}
	return s.accept(contract.Answer{Reply: s.receipt(m.Body)}, &s.rules.http, events)
}

// admit judges everything of a POST but its events, in the order of an API gateway: resource, key, form, size.
func (s *Server) admit(m *contract.Message) (contract.Reply, bool) {
	r := &s.rules
	given, has := s.givenKey(m)
	known := s.knows(given)
	switch {
	case m.Method != http.MethodPost && !r.anyMethod:
		return s.refuse(405, contract.ClassRejected, fmt.Sprintf("method %s, want POST", m.Method)), true
	case !has && r.keyNeeded:
		return s.refuse(r.keyStatus, contract.ClassAuth, "forbidden"), true
	case has && !known && r.keyChecked:
		return s.refuse(r.unknownStatus, contract.ClassAuth, "forbidden"), true
	case !s.mediaTypeFits(m):
		return s.refuse(415, contract.ClassRejected, "unsupported media type, want "+ingest.MediaType), true
	case len(m.Body) > r.bodyLimit:
		return s.refuse(r.tooLargeStatus, contract.ClassTooLarge, fmt.Sprintf("body of %d bytes, at most %d are taken", len(m.Body), r.bodyLimit)), true
	case len(m.Body) > 0 && m.Body[0] == '{' && !r.bareObject:
		return s.refuse(400, contract.ClassRejected, "want an array of events"), true
	case !r.arrayOfOne && ones(m.Body):
		return s.refuse(400, contract.ClassRejected, "want several events"), true
	}
	return contract.Reply{}, false
}

// refused answers a POST that was not admitted, storing its events all the same where the rules are that wrong.
func (s *Server) refused(m *contract.Message, refusal contract.Reply) contract.Answer {
	answer := contract.Answer{Reply: refusal}
	if s.rules.storesRefused {
		if events, faults := ingest.DecodeEvents(m.Body); len(faults) == 0 {
			answer = s.accept(answer, &s.rules.http, events)
		}
	}
	return answer
}

// knows tells whether a key is the one that was given out.
func (s *Server) knows(given string) bool {
	return subtle.ConstantTimeCompare([]byte(given), []byte(s.key)) == 1 ||
		s.rules.emptyKey && given == "" || s.rules.keyPrefix && strings.HasPrefix(given, s.key)
}

func (s *Server) givenKey(m *contract.Message) (string, bool) {
	if !s.rules.keyExactCase {
		return m.Get(ingest.KeyHeader)
	}
	for _, h := range m.Header {
		if h.Name == ingest.KeyHeader {
			return h.Value, true
		}
	}
	return "", false
}

// mediaTypeFits tells whether the body is sent as JSON, with whatever parameters (A-H4). An API gateway takes a body
// without a type for JSON.
func (s *Server) mediaTypeFits(m *contract.Message) bool {
	sent, has := m.Get("Content-Type")
	if !has || !s.rules.mediaChecked {
		return true
	}
	if s.rules.mediaExact {
		return sent == ingest.MediaType
	}
	parsed, _, err := mime.ParseMediaType(sent)
	return err == nil && parsed == ingest.MediaType
}

// ones tells whether body is an array of one event.
func ones(body []byte) bool {
	events, _ := ingest.DecodeEvents(body)
	return len(events) == 1 && body[0] == '['
}

// without returns the events that have no fault.
func without(events []ingest.Event, faults []ingest.FieldError) []ingest.Event {
	bad := map[int]bool{}
	for _, f := range faults {
		bad[f.Index] = true
	}
	var good []ingest.Event
	for i := range events {
		if !bad[i] {
			good = append(good, events[i])
		}
	}
	return good
}
