package clauses

import (
	"context"
	"fmt"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/ingest"
)

// readback are the clauses about what becomes of events that HTTP acknowledged.
func (s suite) readback() []contract.Clause {
	return over(contract.HTTP, []contract.Capability{contract.CapHTTP, contract.CapReadback}, []contract.Clause{
		{
			ID: "ingest/readback/acknowledged-is-stored", Level: contract.Must, Basis: `document, "Push analytics events to Treasure"; fact A-H8`,
			Duty: "Every event that was acknowledged is found by read-back", Check: s.storedSingly(s.post, 4),
		}, {
			ID: "ingest/readback/batch-is-stored", Level: contract.Must, Basis: `document, "Prepare your payload"`,
			Duty: "Every event of an acknowledged batch is found by read-back", Check: s.stored(s.post, 40),
		}, {
			ID: "ingest/readback/stored-once", Level: contract.Must, Basis: `document, "Prepare your payload", id; ruling 36`,
			Duty: "An event that was sent once is stored once", Check: s.once(s.post, 1),
		}, {
			ID: "ingest/readback/repeat-is-stored-once", Level: contract.Must, Basis: "fact A-F (id); ruling 36",
			Duty: "An event that was sent again, as clients do after a failure, is stored once", Check: s.once(s.post, 3),
		}, {
			ID: "ingest/readback/last-write-wins", Level: contract.Should, Basis: "fact A-F (id); ruling 36",
			Duty: "Of two versions of an event the later is the last one stored", Check: s.lastWrite(s.post),
		}, {
			ID: "ingest/readback/deletion-counts", Level: contract.Should, Basis: "fact A-F (op); ruling 36",
			Duty: "An event that was deleted is gone: no copy of it is left, or the last one is the deletion", Check: s.deletion(s.post),
		}, {
			ID: "ingest/readback/refused-is-not-stored", Level: contract.Should, Refuses: true, Basis: "fact A-H10",
			Duty: "An event whose API key was refused is not stored",
			Check: s.absent(s.post, func(p *contract.Probe) (*contract.Message, []event) {
				e := s.event(p)
				m := s.post(e)
				return headed(m, "X-API-Key", "unknown-"+p.ID()), []event{e}
			}),
		}, {
			ID: "ingest/readback/refused-batch-is-not-stored", Level: contract.Should, Refuses: true, Basis: "ruling 38",
			Duty: "Of a batch that was refused for one of its events nothing is stored", Check: s.wholeBatch,
		},
	})
}

// values are the clauses about the content of events that HTTP acknowledged.
func (s suite) values() []contract.Clause {
	properties := func(text string) contract.Check { return s.keeps(s.post, literal("properties", text)) }
	return over(contract.HTTP, []contract.Capability{contract.CapHTTP, contract.CapReadback}, []contract.Clause{
		{
			ID: "ingest/readback/stored-unchanged", Level: contract.Must, Basis: `document, "Prepare your payload"`,
			Duty: "Every member of an event is stored as it was sent", Check: s.keeps(s.post),
		}, {
			ID: "ingest/readback/keeps-every-kind-of-property", Level: contract.Must, Basis: `document, "Prepare your payload"; fact A-F`,
			Duty: "Properties of every kind, null and nested ones too, are stored as they were sent", Check: properties(everyKind),
		}, {
			ID: "ingest/readback/keeps-unicode", Level: contract.Must, Basis: "RFC 8259, 8.1",
			Duty:  "Text beyond ASCII, escaped or not, is stored as it was sent",
			Check: properties(beyondASCII),
		}, {
			ID: "ingest/readback/keeps-safe-integers", Level: contract.Must, Basis: "RFC 8259, 6",
			Duty: "Integers of up to 53 bits are stored exactly", Check: properties(`{"most":9007199254740991,"least":-9007199254740991,"odd":16777217}`),
		}, {
			ID: "ingest/readback/keeps-large-integers", Level: contract.Should, Basis: "RFC 8259, 6",
			Duty: "Integers of 64 bits are stored exactly", Check: properties(`{"most":9223372036854775807,"least":-9223372036854775808}`),
		}, {
			ID: "ingest/readback/keeps-fractions", Level: contract.Must, Basis: "RFC 8259, 6",
			Duty: "Fractions and exponents within a double are stored without loss", Check: properties(`{"part":0.0001220703125,"tiny":2.5e-300,"huge":-1.5E+300}`),
		},
	})
}

// deletion is a check that an event does not count any more once its id was sent with the operation delete.
func (s suite) deletion(by way) contract.Check {
	return func(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
		e := s.event(p)
		if _, err := deliver(ctx, p, by(e)); err != nil {
			return nil, err
		}
		if err := s.pass(ctx, p, by); err != nil {
			return nil, err
		}
		x, err := deliver(ctx, p, by(e.same(set("op", "delete"))))
		if err != nil {
			return nil, err
		}
		if err := s.pass(ctx, p, by); err != nil {
			return nil, err
		}
		waiting, cancel := context.WithTimeout(ctx, settle)
		defer cancel()
		copies, err := p.Readback.Find(waiting, e.id())
		if err != nil {
			return nil, fmt.Errorf("read back %s: %w", e.id(), err)
		}
		if last, counts := ingest.Current(copies); counts {
			return []contract.Violation{{Wanted: "the event to be gone", Got: fmt.Sprintf("still stored: %.120s", last.Value), Exchange: x}}, nil
		}
		return nil, nil
	}
}

// lastWrite is a check that a newer version of an event is stored after the older one.
func (s suite) lastWrite(by way) contract.Check {
	return func(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
		older := s.event(p)
		if _, err := deliver(ctx, p, by(older)); err != nil {
			return nil, err
		}
		if err := s.pass(ctx, p, by); err != nil {
			return nil, err
		}
		newer := older.same(set("name", "muster_probe_again"))
		x, err := deliver(ctx, p, by(newer))
		if err != nil {
			return nil, err
		}
		if err := s.pass(ctx, p, by); err != nil {
			return nil, err
		}
		return kept(ctx, p, x, newer)
	}
}

// wholeBatch sends a batch in which one element is no event. A target that takes it is not judged: what was taken then
// falls under other clauses.
func (s suite) wholeBatch(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
	good := s.events(p, 2)
	x, err := send(ctx, p, s.body(encode([]any{good[0], 42, good[1]})))
	if err != nil {
		return nil, err
	}
	if taken(x) {
		return nil, nil
	}
	return s.noneStored(ctx, p, s.post, x, good)
}
