package reference

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/ingest"
)

// consume takes the records of a Kafka message one by one: each holds one event under the event's id (A-K1, ruling 37).
// The reply tells the outcome of each; a producer never sees it, since the broker has acknowledged before.
func (s *Server) consume(m *contract.Message) contract.Answer {
	answer := contract.Answer{Reply: contract.Reply{Outcome: contract.Acknowledged}}
	var valid []ingest.Event
	for _, r := range m.Records {
		events, fault := s.rules.kafka.read(r)
		if fault != "" {
			answer.Reply.Outcome, answer.Reply.Class, answer.Reply.Detail = contract.Failed, contract.ClassRejected, fault
			answer.Reply.Records = append(answer.Reply.Records, contract.Failed)
			continue
		}
		answer.Reply.Records = append(answer.Reply.Records, contract.Acknowledged)
		valid = append(valid, events...)
	}
	return s.accept(answer, &s.rules.kafka, valid)
}

// read returns the event of a record, or what is wrong with the record.
func (d *door) read(r contract.Record) ([]ingest.Event, string) {
	if d.sizeLimit > 0 && len(r.Value) > d.sizeLimit {
		return nil, fmt.Sprintf("value of %d bytes, at most %d are taken", len(r.Value), d.sizeLimit)
	}
	if d.arrays {
		if events, faults := ingest.DecodeEvents(r.Value); len(faults) == 0 {
			return events, ""
		}
	}
	event, faults := ingest.DecodeEvent(r.Value)
	events := []ingest.Event{event}
	if len(faults) == 0 {
		faults = d.faults(events)
	}
	if len(faults) > 0 {
		return nil, faults[0].Error()
	}
	if d.keyIsID && string(r.Key) != event.ID {
		return nil, fmt.Sprintf("key %.64q is not the event's id %.64q", r.Key, event.ID)
	}
	return events, ""
}

// faults finds what only a wrong rule finds; the correct rules have none.
func (d *door) faults(events []ingest.Event) []ingest.FieldError {
	if d.refuses == nil {
		return nil
	}
	var found []ingest.FieldError
	for i := range events {
		event, ok := decode(events[i].Raw()).(map[string]any)
		if !ok {
			continue
		}
		if field := d.refuses(event); field != "" {
			found = append(found, ingest.FieldError{Index: i, Field: field, Problem: "not allowed"})
		}
	}
	return found
}

// decode reads JSON that is known to be valid, keeping numbers as they are written.
func decode(text []byte) any {
	var value any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return nil
	}
	return value
}
