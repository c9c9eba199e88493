package clauses

import (
	"strings"

	"github.com/passmuster/muster/internal/contract"
)

// edgeNumbers are those that parsers are known to stumble over.
const edgeNumbers = `{"safe":9007199254740991,"unsafe":9007199254740993,"most":9223372036854775807,"beyond":18446744073709551616,` +
	`"minus":-0,"tiny":5e-324,"huge":1.7976931348623157E+308,"zeros":1.000000000000000000000000000001}`

// deep is properties that are nested twenty levels deep.
func deep() string {
	const levels = 20
	return strings.Repeat(`{"inner":`, levels) + "1" + strings.Repeat("}", levels)
}

// edges are the clauses about events at the edges of what JSON allows. They are judged by HTTP, where the answer shows a
// refusal.
func (s suite) edges() []contract.Clause {
	return over(contract.HTTP, []contract.Capability{contract.CapHTTP}, []contract.Clause{
		{
			ID: "ingest/fields/accepts-unicode", Level: contract.Must, Basis: "RFC 8259, 8.1",
			Duty: "An event with text beyond ASCII, escaped or not, is acknowledged", Check: s.accepts(literal("properties", beyondASCII)),
		}, {
			ID: "ingest/fields/accepts-edge-numbers", Level: contract.Should, Basis: "RFC 8259, 6",
			Duty: "Properties with the largest and smallest numbers that are in use are acknowledged", Check: s.accepts(literal("properties", edgeNumbers)),
		}, {
			ID: "ingest/fields/accepts-deep-properties", Level: contract.Should, Basis: "fact A-F; RFC 8259, 9",
			Duty: "Properties that are nested twenty levels deep are acknowledged", Check: s.accepts(literal("properties", deep())),
		}, {
			ID: "ingest/http/accepts-large-batch", Level: contract.Should, Basis: "fact A-H11",
			Duty:  "A POST of as many events as fit into 240 KiB is acknowledged",
			Check: s.acknowledges(func(p *contract.Probe) *contract.Message { return s.post(s.filling(p, 240<<10)...) }),
		}, {
			ID: "ingest/http/refuses-incomplete-events", Level: contract.May, Refuses: true, Basis: "fact A-F, A-H8",
			Duty:  "An event without its id, its name, its tag or its time is not acknowledged, although a queue would take it",
			Check: notTakenAny(s.single(without("id")), s.single(without("name")), s.single(without("cartridge_tag")), s.single(without("time_server"))),
		},
	})
}

// filling returns as many events as an array of so many bytes holds.
func (s suite) filling(p *contract.Probe, size int) []event {
	var events []event
	for left := size; ; {
		e := s.event(p)
		if left -= len(e.text()) + 1; left <= 0 {
			return events
		}
		events = append(events, e)
	}
}
