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
			ID: "ingest/kafka/requires-tls", Level: contract.Must, Refuses: true, Basis: sample + "; fact A-K6",
			Duty: "A connection without TLS cannot send events", Check: s.refuses(produce, contract.Plaintext, contract.Bare, contract.Plaintext),
		}, {
			ID: "ingest/kafka/requires-sasl", Level: contract.Must, Refuses: true, Basis: sample,
			Duty: "A connection that does not authenticate cannot send events", Check: s.refuses(produce, contract.NoSASL, contract.Bare, contract.NoSASL),
		}, {
			ID: "ingest/kafka/refuses-wrong-password", Level: contract.Must, Refuses: true, Basis: sample + "; fact A-K11",
			Duty: "A user with a wrong password cannot send events", Check: s.refuses(produce, contract.WrongPassword, contract.NameAsPassword, contract.PlainPassword),
		}, {
			ID: "ingest/kafka/refuses-unknown-user", Level: contract.Must, Refuses: true, Basis: sample,
			Duty: "A user that was never given out cannot send events", Check: s.refuses(produce, contract.UnknownUser, contract.Guest, contract.PlainGuest),
		}, {
			ID: "ingest/kafka/refuses-unknown-topic", Level: contract.Should, Refuses: true, Basis: "fact A-K2, A-K11",
			Duty: "A topic that was never assigned takes no events", Check: s.refuses(produce, contract.UnknownTopic),
		},
	})
}

// refuses is a check that connections with each of these departures do not get an event acknowledged. The same is sent
// the right way first, for a broker that is down refuses everybody.
func (s suite) refuses(by way, departures ...contract.Departure) contract.Check {
	return func(ctx context.Context, p *contract.Probe) (broken []contract.Violation, err error) {
		if _, err := deliver(ctx, p, by(s.event(p))); err != nil {
			return nil, err
		}
		for _, d := range departures {
			_, found, err := turnedAway(ctx, p, by(s.event(p)), d)
			if err != nil {
				return nil, err
			}
			broken = append(broken, found...)
		}
		return broken, nil
	}
}

// turnedAway sends m with a departure and finds whether it was refused. An answer that is neither a refusal nor an
// acknowledgement, such as an error with the status of a success, leaves a client in the dark and is none.
func turnedAway(ctx context.Context, p *contract.Probe, m *contract.Message, d contract.Departure) (*contract.Exchange, []contract.Violation, error) {
	reply, err := p.Send(ctx, m, d)
	x := &contract.Exchange{Message: *m, Reply: reply}
	switch {
	case reply.Class == contract.ClassProtocol && reply.Status != 0:
		return x, []contract.Violation{violation("a refusal that a client can read", x)}, nil
	case err != nil:
		return x, nil, fmt.Errorf("send %s with departure %q: %w", m.Operation, d, err)
	case reply.Class == contract.ClassRateLimited:
		return x, nil, fmt.Errorf("send %s: rate-limited, so nothing can be judged", m.Operation)
	case taken(x):
		return x, []contract.Violation{violation("not to be acknowledged", x)}, nil
	}
	return x, nil, nil
}
