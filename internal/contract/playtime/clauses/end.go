package clauses

import (
	"net/http"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
)

const inEnd = `document, "Ending the session"`

var endClauses = []clause{
	must("end/answers-204",
		"A correct end is answered 204",
		inEnd+", Response",
		func(p *play) {
			p.given(contract.Start)
			p.given(contract.Heartbeat)
			p.answered(http.StatusNoContent, contract.End)
		}),
	must("end/empty-answer",
		"The answer to a correct end has no body",
		inEnd+", Response",
		func(p *play) {
			p.given(contract.Start)
			p.emptyAnswer(contract.End)
		}),
	must("end/without-heartbeat",
		"A session may end before its first heartbeat",
		inEnd,
		func(p *play) {
			p.given(contract.Start)
			p.taken(contract.End)
		}),
	should("end/last-order-taken",
		"An end may repeat the last order id of its session",
		inEnd+", parameters (session_order_id); ruling 9",
		func(p *play) {
			p.given(contract.Start)
			p.given(contract.Heartbeat, order(4))
			p.taken(contract.End, order(4))
		}),
	must("end/gap-taken",
		"The order id of an end may skip numbers",
		"ruling 10",
		func(p *play) {
			p.given(contract.Start)
			p.taken(contract.End, order(8))
		}),
	must("end/timestamp-in-seconds",
		"A timestamp of 10 digits is taken",
		"ruling 2",
		func(p *play) {
			p.given(contract.Start, seconds())
			p.taken(contract.End, seconds())
		}),
	must("end/string-timestamp",
		"A timestamp written as a string of digits is taken",
		inEnd+", parameters; ruling 1",
		func(p *play) {
			p.given(contract.Start)
			p.taken(contract.End, quoted(playtime.MemberTS))
		}),
	may("end/repeated-end",
		"A second end of one session is answered as the target file rules for unknown sessions, or else by any status but a server error",
		"ruling 19 (playtime.unknown_session_status)",
		func(p *play) {
			p.given(contract.Start)
			p.given(contract.End)
			p.answeredAsRuled("playtime.unknown_session_status", contract.End)
		}),
	ofClient(contract.Must, "end/client-highest-order",
		"A client gives its end an order id that is at least the highest of the session",
		inEnd+", parameters (session_order_id); ruling 9"),
	ofClient(contract.Should, "end/client-order-exceeds",
		"A client gives its end a higher order id than its last heartbeat had", "ruling 9"),
	ofClientUnseen(contract.Should, "end/client-ends-its-sessions",
		"A client ends every session that it started", `document, "Capture Process"`,
		"what was not sent is in no message; the export of the reference shows sessions without an end"),
}
