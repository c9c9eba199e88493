package clauses

import (
	"context"
	"slices"

	"github.com/passmuster/muster/internal/contract"
)

// publishers are the clauses about who is let in by SNS.
func (s suite) publishers() []contract.Clause {
	return over(contract.SNS, []contract.Capability{contract.CapSNS}, []contract.Clause{
		{
			ID: "ingest/sns/refuses-unsigned", Level: contract.Must, Refuses: true, Basis: "fact A-S7, A-S8",
			Duty: "A request without a signature publishes nothing", Check: s.publishesNothing(contract.Unsigned, publish, 1),
		}, {
			ID: "ingest/sns/refuses-wrong-secret", Level: contract.Must, Refuses: true, Basis: "fact A-S7, A-S8",
			Duty: "A request that is signed with another secret publishes nothing", Check: s.publishesNothing(contract.WrongSecret, publish, 1),
		}, {
			ID: "ingest/sns/refuses-unknown-access-key", Level: contract.Must, Refuses: true, Basis: "fact A-S7, A-S8",
			Duty: "A request of an access key that was never issued publishes nothing", Check: s.publishesNothing(contract.UnknownAccessKey, publish, 1),
		}, {
			ID: "ingest/sns/refuses-unknown-topic", Level: contract.Must, Refuses: true, Basis: "fact A-S7",
			Duty: "A topic that does not exist takes no message", Check: s.publishesNothing(contract.UnknownTopic, publish, 1),
		},
	})
}

// publishesNothing is a check that a message of so many events is refused as a whole, and that none of them is stored
// where read-back can tell. One is published the right way first, for a topic that is down refuses everybody.
func (s suite) publishesNothing(d contract.Departure, by way, count int) contract.Check {
	return func(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
		if _, err := deliver(ctx, p, publish(s.event(p))); err != nil {
			return nil, err
		}
		events := s.events(p, count)
		x, broken, err := turnedAway(ctx, p, by(events...), d)
		switch {
		case err != nil || len(broken) > 0:
			return broken, err
		case slices.Contains(x.Reply.Records, contract.Acknowledged):
			return []contract.Violation{violation("the batch to be refused as a whole", x)}, nil
		case p.Readback == nil:
			return nil, nil
		}
		return s.noneStored(ctx, p, publish, x, events)
	}
}
