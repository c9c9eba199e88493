package clauses

import (
	"context"

	"github.com/passmuster/muster/internal/contract"
)

// kafka are the clauses about records: what the broker takes, and what becomes of it. A broker acknowledges every
// record that it has written, so what the service behind it refuses shows by read-back only.
func (s suite) kafka() []contract.Clause {
	broker := over(contract.Kafka, []contract.Capability{contract.CapKafka}, []contract.Clause{
		{
			ID: "ingest/kafka/accepts-object", Level: contract.Must, Basis: `document, "Kafka sample"; fact A-K1`,
			Duty:  "A record that holds one event under the event's id is acknowledged",
			Check: s.acknowledges(func(p *contract.Probe) *contract.Message { return produce(s.event(p)) }),
		}, {
			ID: "ingest/kafka/accepts-batch", Level: contract.Must, Basis: `document, "Kafka sample"`,
			Duty:  "Fifty records that are sent together are acknowledged",
			Check: s.acknowledges(func(p *contract.Probe) *contract.Message { return produce(s.events(p, 50)...) }),
		},
	})
	behind := over(contract.Kafka, []contract.Capability{contract.CapKafka, contract.CapReadback}, []contract.Clause{
		{
			ID: "ingest/kafka/acknowledged-is-stored", Level: contract.Must, Basis: `document, "Kafka"`,
			Duty: "Every event whose record was acknowledged is found by read-back", Check: s.storedSingly(produce, 4),
		}, {
			ID: "ingest/kafka/batch-is-stored", Level: contract.Must, Basis: `document, "Kafka sample"`,
			Duty: "Every event of a batch of records is found by read-back", Check: s.stored(produce, 40),
		}, {
			ID: "ingest/kafka/stored-once", Level: contract.Must, Basis: `document, "Prepare your payload", id; ruling 36`,
			Duty: "An event whose record was sent once is stored once", Check: s.once(produce, 1),
		}, {
			ID: "ingest/kafka/repeat-is-stored-once", Level: contract.Must, Basis: "fact A-F (id), A-K3; ruling 36",
			Duty: "An event whose record was sent again, as producers do that are not idempotent, is stored once", Check: s.once(produce, 3),
		}, {
			ID: "ingest/kafka/stored-unchanged", Level: contract.Must, Basis: `document, "Kafka sample"`,
			Duty: "Every member of an event is stored as it was sent", Check: s.keeps(produce),
		}, {
			ID: "ingest/kafka/optional-members-may-be-absent", Level: contract.Must, Basis: `document, "Prepare your payload"; ruling 33`,
			Duty:  "An event that has no optional member at all is stored",
			Check: s.keeps(produce, without("time_local", "session_id", "chain_id", "device", "smart_account"), set("properties", map[string]any{})),
		}, {
			ID: "ingest/kafka/ignores-unknown-members", Level: contract.Must, Basis: "fact A-F; ruling 35",
			Duty: "An event with members that no document names is stored", Check: s.known(produce),
		}, {
			ID: "ingest/kafka/accepts-sdk-times", Level: contract.Must, Basis: "fact A-F; ruling 26",
			Duty: "An event whose times are strings of digits is stored", Check: s.keeps(produce, literal("time_server", instantText), literal("time_local", instantText)),
		}, {
			ID: "ingest/kafka/accepts-500-kb", Level: contract.Should, Basis: "fact A-H12, A-K14",
			Duty: "A record of 500 KB is stored", Check: s.keeps(produce, padded(500_000)),
		}, {
			ID: "ingest/kafka/drops-array", Level: contract.Should, Basis: `document, "Kafka"; ruling 24`,
			Duty: "A record whose value is an array is no event and is not stored",
			Check: s.absent(produce, func(p *contract.Probe) (*contract.Message, []event) {
				e := s.event(p)
				return produced(contract.Record{Key: []byte(e.id()), Value: array(e)}), []event{e}
			}),
		}, {
			ID: "ingest/kafka/drops-foreign-key", Level: contract.May, Basis: `document, "Kafka sample"; ruling 37`,
			Duty: "A record whose key is not its event's id is not stored",
			Check: s.absent(produce, func(p *contract.Probe) (*contract.Message, []event) {
				e := s.event(p)
				return produced(contract.Record{Key: []byte(p.ID()), Value: e.text()}), []event{e}
			}),
		},
	})
	return append(broker, behind...)
}

// known is a check that an event with members that no document names is stored with all the others. Whether the
// unknown ones are stored as well is open.
func (s suite) known(by way) contract.Check {
	return func(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
		e := s.event(p)
		x, err := deliver(ctx, p, by(e.same(set("tdk_flavour", "probe"), literal("muster_unknown", `{"a":[1,null]}`))))
		if err != nil {
			return nil, err
		}
		return kept(ctx, p, x, e)
	}
}
