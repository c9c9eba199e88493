package clauses

import (
	"context"
	"fmt"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/ingest"
)

// producers are the clauses about how records may be produced, whatever they hold.
func (s suite) producers() []contract.Clause {
	broker := over(contract.Kafka, []contract.Capability{contract.CapKafka}, []contract.Clause{
		{
			ID: "ingest/kafka/accepts-modest-producer", Level: contract.Must, Basis: `document, "Kafka sample"; fact A-K3`,
			Duty: "A producer that neither compresses nor numbers its records, as the sample's is, can send", Check: s.admits(contract.Modest),
		}, {
			ID: "ingest/kafka/accepts-idempotent-producer", Level: contract.Should, Basis: "fact A-K13",
			Duty: "A producer that numbers its records, so that none is written twice, can send", Check: s.admits(contract.AsTold),
		}, {
			ID: "ingest/kafka/accepts-compression", Level: contract.Should, Basis: "fact A-K4, A-K13",
			Duty: "Records compressed by gzip, snappy, lz4 or zstd are acknowledged", Check: s.admits(contract.Gzip, contract.Snappy, contract.LZ4, contract.Zstd),
		}, {
			ID: "ingest/kafka/too-large-is-told", Level: contract.Should, Refuses: true, Basis: "fact A-K11",
			Duty: "A record that is refused for its size is refused with the code for that, which no producer repeats", Check: s.tellsTooLarge,
		},
	})
	behind := over(contract.Kafka, []contract.Capability{contract.CapKafka, contract.CapReadback}, []contract.Clause{
		{
			ID: "ingest/kafka/keeps-order", Level: contract.Should, Basis: "fact A-K1; ruling 36",
			Duty: "Of several versions of an event, which have one key, the last one sent is the last one stored", Check: s.keepsOrder,
		}, {
			ID: "ingest/kafka/keeps-unicode", Level: contract.Must, Basis: "RFC 8259, 8.1",
			Duty: "Text beyond ASCII is stored as it was sent", Check: s.keeps(produce, literal("properties", beyondASCII)),
		},
	})
	return append(broker, behind...)
}

// admits is a check that a producer with each of these departures gets an event acknowledged.
func (s suite) admits(departures ...contract.Departure) contract.Check {
	return func(ctx context.Context, p *contract.Probe) (broken []contract.Violation, err error) {
		for _, d := range departures {
			m := produce(s.event(p))
			reply, err := p.Send(ctx, m, d)
			switch {
			case err != nil:
				return nil, fmt.Errorf("send %s with departure %q: %w", m.Operation, d, err)
			case !reply.Answered() || reply.Class == contract.ClassRateLimited:
				return nil, fmt.Errorf("send %s with departure %q: %s", m.Operation, d, describe(reply))
			}
			if x := (&contract.Exchange{Message: *m, Reply: reply}); !taken(x) {
				broken = append(broken, violation(fmt.Sprintf("to be acknowledged (departure %q)", d), x))
			}
		}
		return broken, nil
	}
}

// tellsTooLarge sends a record that is larger than brokers take unless they are told otherwise. One that takes it is
// not judged.
func (s suite) tellsTooLarge(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
	m := produce(s.event(p, padded(3<<20)))
	reply, err := p.Send(ctx, m, contract.Vast)
	switch x := (&contract.Exchange{Message: *m, Reply: reply}); {
	case err != nil:
		return nil, fmt.Errorf("send %s of 3 MiB: %w", m.Operation, err)
	case !reply.Answered() || reply.Class == contract.ClassRateLimited:
		return nil, fmt.Errorf("send %s of 3 MiB: %s", m.Operation, describe(reply))
	case !taken(x) && reply.Class != contract.ClassTooLarge:
		return []contract.Violation{violation("to be acknowledged, or to be told as too large", x)}, nil
	}
	return nil, nil
}

// keepsOrder sends three versions of one event together, and looks which one counts.
func (s suite) keepsOrder(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
	first := s.event(p)
	versions := []event{first, first.same(set("name", "muster_probe_again")), first.same(set("name", "muster_probe_last"))}
	x, err := deliver(ctx, p, produce(versions...))
	if err != nil {
		return nil, err
	}
	if err := s.pass(ctx, p, produce); err != nil {
		return nil, err
	}
	copies, err := find(ctx, p, first.id())
	if err != nil {
		return nil, err
	}
	last, counts := ingest.Current(copies)
	if !counts {
		return []contract.Violation{{Wanted: "the event to be found by read-back", Got: "event " + first.id() + " not found", Exchange: x}}, nil
	}
	if found := differences(versions[2].text(), last.Value); len(found) > 0 {
		return []contract.Violation{{Wanted: "the last version, with " + found[0].wanted, Got: found[0].got, Exchange: x}}, nil
	}
	return nil, nil
}
