package clauses

import (
	"context"
	"fmt"

	"github.com/passmuster/muster/internal/contract"
)

// connection are the clauses about who is let in by Kafka.
func (s suite) connection() []contract.Clause {
	const sample = `document, "Kafka sample", ssl and sasl`
	return over(contract.Kafka, []contract.Capability{contract.CapKafka}, []contract.Clause{
		{
			ID: "ingest/kafka/requires-tls", Level: contract.Must, Basis: sample + "; fact A-K6",
			Duty: "A connection without TLS cannot send events", Check: s.refuses(produce, contract.Plaintext),
		}, {
			ID: "ingest/kafka/requires-sasl", Level: contract.Must, Basis: sample,
			Duty: "A connection that does not authenticate cannot send events", Check: s.refuses(produce, contract.NoSASL),
		}, {
			ID: "ingest/kafka/refuses-wrong-password", Level: contract.Must, Basis: sample + "; fact A-K11",
			Duty: "A user with a wrong password cannot send events", Check: s.refuses(produce, contract.WrongPassword),
		}, {
			ID: "ingest/kafka/refuses-unknown-user", Level: contract.Must, Basis: sample,
			Duty: "A user that was never given out cannot send events", Check: s.refuses(produce, contract.UnknownUser),
		}, {
			ID: "ingest/kafka/refuses-unknown-topic", Level: contract.Should, Basis: "fact A-K2, A-K11",
			Duty: "A topic that was never assigned takes no events", Check: s.refuses(produce, contract.UnknownTopic),
		},
	})
}

// refuses is a check that a connection with this departure does not get an event acknowledged. The same is sent the
// right way first, for a broker that is down refuses everybody.
func (s suite) refuses(by way, d contract.Departure) contract.Check {
	return func(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
		if _, err := deliver(ctx, p, by(s.event(p))); err != nil {
			return nil, err
		}
		m := by(s.event(p))
		reply, err := p.Send(ctx, m, d)
		if err != nil {
			return nil, fmt.Errorf("send %s with departure %s: %w", m.Operation, d, err)
		}
		if reply.Outcome != contract.Acknowledged {
			return nil, nil
		}
		return []contract.Violation{violation("not to be acknowledged", &contract.Exchange{Message: *m, Reply: reply})}, nil
	}
}
