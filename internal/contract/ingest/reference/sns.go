package reference

import (
	"bytes"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/ingest"
)

// publish takes an SNS message as the topic's subscriber does: it holds an array of events, all of which are taken, or
// none (A-S3). The reply says what became of it; a publisher never sees it, since the topic has acknowledged before.
func (s *Server) publish(m *contract.Message) contract.Answer {
	events, faults := ingest.DecodeEvents(m.Body)
	fault := ""
	switch faults = append(faults, s.rules.sns.faults(events)...); {
	case len(faults) > 0:
		fault = faults[0].Error()
	case !bytes.HasPrefix(bytes.TrimLeft(m.Body, " \t\r\n"), []byte("[")):
		fault = "want an array of events"
	}
	if fault != "" {
		return contract.Answer{Reply: contract.Reply{Outcome: contract.Failed, Class: contract.ClassRejected, Detail: fault}}
	}
	return s.accept(contract.Answer{Reply: contract.Reply{Outcome: contract.Acknowledged}}, &s.rules.sns, events)
}

// snsMutants are wrong about what comes by SNS, behind the topic.
func snsMutants() []mutant {
	return []mutant{
		wrong("sns-loses", "sns/acknowledged-is-stored", "loses every second event by SNS",
			func(r *rules) { r.sns.stores = everySecond }),
		wrong("sns-loses-last", "sns/array-is-stored", "loses the last event of an SNS message",
			func(r *rules) { r.sns.stores = allButLast }),
		wrong("sns-stores-twice", "sns/stored-once", "stores every event by SNS twice",
			func(r *rules) { r.sns.stores = twice }),
		wrong("sns-stores-repeats", "sns/repeat-is-stored-once", "stores an event that SNS delivered again",
			func(r *rules) { r.sns.recognises = never }),
		wrong("sns-alters", "sns/stored-unchanged", "loses a property of events by SNS",
			func(r *rules) { r.sns.rewrite = edit(loseProperty) }),
		wrong("sns-stores-ascii", "sns/keeps-unicode", "replaces what is not ASCII in SNS messages by question marks",
			func(r *rules) { r.sns.rewrite = ascii }),
		wrong("sns-refuses-unknown-members", "sns/ignores-unknown-members", "drops events by SNS with members that no document names",
			func(r *rules) { r.sns.refuses = unknown }),
	}
}
