package clauses

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/ingest"
)

// mostEntries is how many messages a batch may hold (A-S4).
const mostEntries = 10

// publish is the way by SNS: one message that holds the array of all events.
func publish(events ...event) *contract.Message { return published(array(events...)) }

func published(text []byte) *contract.Message {
	return &contract.Message{Operation: ingest.OpSNS, Transport: contract.SNS, Body: text}
}

// publishBatch is the way by SNS of a busy sender: one batch of up to ten messages, over which the events are spread.
func publishBatch(events ...event) *contract.Message {
	entries := make([][]event, min(mostEntries, len(events)))
	for i, e := range events {
		entries[i%len(entries)] = append(entries[i%len(entries)], e)
	}
	var texts [][]byte
	for _, e := range entries {
		texts = append(texts, array(e...))
	}
	return batch(texts...)
}

// entries is a batch of a message for each event, however many they are.
func entries(events []event) *contract.Message {
	var texts [][]byte
	for _, e := range events {
		texts = append(texts, array(e))
	}
	return batch(texts...)
}

// batch is a batch of messages with these texts.
func batch(texts ...[]byte) *contract.Message {
	m := published(nil)
	for i, text := range texts {
		m.Records = append(m.Records, contract.Record{Key: fmt.Appendf(nil, "entry-%d", i), Value: text})
	}
	return m
}

// sns are the clauses about what becomes of events whose message the topic acknowledged. The topic looks at no event,
// so what its subscriber makes of them shows by read-back only.
func (s suite) sns() []contract.Clause {
	return over(contract.SNS, []contract.Capability{contract.CapSNS, contract.CapReadback}, []contract.Clause{
		{
			ID: "ingest/sns/acknowledged-is-stored", Level: contract.Must, Basis: `document, "Push analytics events to Treasure"; fact A-S1`,
			Duty: "Every event whose message was acknowledged is found by read-back", Check: s.storedSingly(publish, 4),
		}, {
			ID: "ingest/sns/array-is-stored", Level: contract.Must, Basis: `document, "Prepare your payload"; fact A-S3`,
			Duty: "Every event of a message that holds several is found by read-back", Check: s.stored(publish, 40),
		}, {
			ID: "ingest/sns/batch-is-stored", Level: contract.Must, Basis: "fact A-S4, A-S10",
			Duty: "Every event of every message of a batch is found by read-back", Check: s.stored(publishBatch, 3*mostEntries),
		}, {
			ID: "ingest/sns/stored-once", Level: contract.Must, Basis: `document, "Prepare your payload", id; ruling 36`,
			Duty: "An event that was published once is stored once", Check: s.once(publish, 1),
		}, {
			ID: "ingest/sns/repeat-is-stored-once", Level: contract.Must, Basis: "fact A-F (id); ruling 36",
			Duty: "An event that was published again, or delivered again as SNS may, is stored once", Check: s.once(publish, 3),
		}, {
			ID: "ingest/sns/stored-unchanged", Level: contract.Must, Basis: `document, "Prepare your payload"; fact A-S3`,
			Duty: "Every member of an event is stored as it was sent", Check: s.keeps(publish),
		}, {
			ID: "ingest/sns/keeps-unicode", Level: contract.Must, Basis: "RFC 8259, 8.1",
			Duty: "Text beyond ASCII is stored as it was sent", Check: s.keeps(publish, literal("properties", beyondASCII)),
		}, {
			ID: "ingest/sns/ignores-unknown-members", Level: contract.Must, Basis: "fact A-F; ruling 35",
			Duty: "An event with members that no document names is stored", Check: s.known(publish),
		},
	})
}

// topic are the clauses about what the topic makes of messages and batches, whatever they hold: those of SNS itself.
func (s suite) topic() []contract.Clause {
	return over(contract.SNS, []contract.Capability{contract.CapSNS}, []contract.Clause{
		{
			ID: "ingest/sns/accepts-array", Level: contract.Must, Basis: `document, "Prepare your payload"; fact A-S3`,
			Duty:  "A message that holds an array of one event is acknowledged",
			Check: s.acknowledges(func(p *contract.Probe) *contract.Message { return publish(s.event(p)) }),
		}, {
			ID: "ingest/sns/accepts-ten-entries", Level: contract.Must, Basis: "fact A-S4",
			Duty:  "A batch of ten messages is acknowledged, each of them",
			Check: s.acknowledges(func(p *contract.Probe) *contract.Message { return publishBatch(s.events(p, mostEntries)...) }),
		}, {
			ID: "ingest/sns/accepts-240-kib", Level: contract.Must, Basis: "fact A-S4",
			Duty:  "A message of 240 KiB is acknowledged",
			Check: s.acknowledges(func(p *contract.Probe) *contract.Message { return publish(s.event(p, padded(240<<10))) }),
		}, {
			ID: "ingest/sns/refuses-eleven-entries", Level: contract.Must, Refuses: true, Basis: "fact A-S4, A-S6",
			Duty:  "A batch of eleven messages is not acknowledged",
			Check: s.publishesNothing(contract.AsTold, func(events ...event) *contract.Message { return entries(events) }, mostEntries+1),
		}, {
			ID: "ingest/sns/refuses-repeated-entry-ids", Level: contract.Must, Refuses: true, Basis: "fact A-S6",
			Duty: "A batch in which two messages have one id is not acknowledged",
			Check: s.publishesNothing(contract.AsTold, func(events ...event) *contract.Message {
				m := entries(events)
				m.Records[1].Key = m.Records[0].Key
				return m
			}, 2),
		}, {
			ID: "ingest/sns/names-every-entry", Level: contract.Must, Basis: "fact A-S6",
			Duty: "The answer to a batch names each of its messages, as successful or as failed", Check: s.namesEveryEntry,
		}, {
			ID: "ingest/sns/reports-failed-entries", Level: contract.Must, Refuses: true, Basis: "fact A-S6, A-S9",
			Duty: "A message that is not taken, such as an empty one, is not told as successful among others that are", Check: s.reportsFailures,
		},
	})
}

// texts are the clauses about the texts that no topic takes.
func (s suite) texts() []contract.Clause {
	text := func(text string) func(*contract.Probe) *contract.Message {
		return func(*contract.Probe) *contract.Message { return published([]byte(text)) }
	}
	return over(contract.SNS, []contract.Capability{contract.CapSNS}, []contract.Clause{
		{
			ID: "ingest/sns/refuses-empty-message", Level: contract.Should, Refuses: true, Basis: "fact A-S9",
			Duty: "A message without a character is not acknowledged", Check: judged(text(""), notTaken),
		}, {
			ID: "ingest/sns/refuses-illegal-characters", Level: contract.Should, Refuses: true, Basis: "fact A-S9; XML 1.0, 2.2",
			Duty: "A message with a control character, which XML does not allow, is not acknowledged", Check: judged(text("[\"\x02\"]"), notTaken),
		}, {
			ID: "ingest/sns/refuses-oversized-message", Level: contract.Should, Refuses: true, Basis: "fact A-S4, A-S5",
			Duty:  "A message of more than 1 MiB, the most that a topic can be told to take, is not acknowledged",
			Check: judged(text("[\""+strings.Repeat("m", 1<<20)+"\"]"), notTaken),
		}, {
			ID: "ingest/sns/refuses-oversized-batch", Level: contract.Should, Refuses: true, Basis: "fact A-S4, A-S5",
			Duty: "A batch whose messages add up to more than 1 MiB is not acknowledged",
			Check: judged(func(*contract.Probe) *contract.Message {
				texts := make([][]byte, mostEntries)
				for i := range texts {
					texts[i] = []byte("[\"" + strings.Repeat("m", 110<<10) + "\"]")
				}
				return batch(texts...)
			}, notTaken),
		},
	})
}

// namesEveryEntry publishes a full batch.
func (s suite) namesEveryEntry(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
	_, broken, err := named(ctx, p, publishBatch(s.events(p, mostEntries)...))
	return broken, err
}

// reportsFailures publishes a batch of which one message is empty. To refuse the whole batch for it is allowed.
func (s suite) reportsFailures(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
	x, broken, err := named(ctx, p, batch(array(s.event(p)), nil, array(s.event(p))))
	if err != nil || len(broken) > 0 {
		return broken, err
	}
	const wanted = "the empty message, and no other, to be told as failed"
	told := []contract.Outcome{contract.Acknowledged, contract.Failed, contract.Acknowledged}
	if taken(x) || x.Reply.Records != nil && !slices.Equal(x.Reply.Records, told) {
		broken = append(broken, violation(wanted, x))
	}
	return broken, nil
}

// named sends a batch and finds whether the answer names its entries. One that does not is the only kind of answer that
// came, and yet leaves open what became of the message.
func named(ctx context.Context, p *contract.Probe, m *contract.Message) (*contract.Exchange, []contract.Violation, error) {
	reply, err := p.Send(ctx, m, contract.AsTold)
	x := &contract.Exchange{Message: *m, Reply: reply}
	if reply.Class == contract.ClassProtocol {
		return x, []contract.Violation{violation("every message to be named in the answer", x)}, nil
	}
	if err == nil && !reply.Answered() || reply.Class == contract.ClassRateLimited {
		err = fmt.Errorf("send %s: no answer that can be judged (%s): %s", m.Operation, reply.Class, reply.Detail)
	}
	return x, nil, err
}
