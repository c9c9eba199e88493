package clauses

import (
	"net/http"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
)

const inHeartbeat = `document, "Sending Heartbeats"`

var heartbeatClauses = []clause{
	must("heartbeat/answers-204",
		"A correct heartbeat is answered 204",
		inHeartbeat+", Response",
		func(p *play) {
			p.given(contract.Start)
			p.answered(http.StatusNoContent, contract.Heartbeat)
		}),
	must("heartbeat/empty-answer",
		"The answer to a correct heartbeat has no body",
		inHeartbeat+", Response",
		func(p *play) {
			p.given(contract.Start)
			p.emptyAnswer(contract.Heartbeat)
		}),
	must("heartbeat/goes-on",
		"A session takes one heartbeat after the other",
		inHeartbeat+", parameters (session_order_id)",
		func(p *play) {
			p.given(contract.Start)
			for range 5 {
				p.taken(contract.Heartbeat)
			}
		}),
	must("heartbeat/gaps-taken",
		"Order ids may skip numbers, since a client spends one on a heartbeat that failed",
		"ruling 10",
		func(p *play) {
			p.given(contract.Start)
			p.taken(contract.Heartbeat, order(3))
			p.taken(contract.Heartbeat, order(9))
		}),
	mayRefuse("heartbeat/falling-order-refused",
		"An order id below the last one is not acknowledged",
		inHeartbeat+", parameters (session_order_id); ruling 10",
		func(p *play) {
			p.given(contract.Start)
			p.given(contract.Heartbeat, order(5))
			p.refused(contract.Heartbeat, order(3))
			p.at.order = 5
		}),
	must("heartbeat/timestamp-in-seconds",
		"A timestamp of 10 digits is taken",
		"ruling 2",
		func(p *play) {
			p.given(contract.Start, seconds())
			p.taken(contract.Heartbeat, seconds())
		}),
	must("heartbeat/string-timestamp",
		"A timestamp written as a string of digits is taken",
		inHeartbeat+", parameters; ruling 1",
		func(p *play) {
			p.given(contract.Start)
			p.taken(contract.Heartbeat, quoted(playtime.MemberTS))
		}),
	should("heartbeat/ids-ignored",
		"Ids in the body of a heartbeat are ignored",
		"ruling 6",
		func(p *play) {
			p.given(contract.Start)
			p.taken(contract.Heartbeat, with(playtime.MemberIDs, "[238219,674839]"))
		}),
	must("heartbeat/first-at-once",
		"The first heartbeat may come right after the start",
		"ruling 16",
		func(p *play) {
			p.given(contract.Start)
			p.taken(contract.Heartbeat)
		}),
	may("heartbeat/unknown-session",
		"A heartbeat of a session that never started is answered as the target file rules, or else by any status but a server error",
		"ruling 19 (playtime.unknown_session_status)",
		func(p *play) {
			p.answeredAsRuled("playtime.unknown_session_status", contract.Heartbeat, order(2))
		}),
	slowly(should("heartbeat/period-keeps-session",
		"A session whose heartbeats come every 150 s stays open",
		`document, "Capture Process"; ruling 15`,
		func(p *play) {
			p.given(contract.Start)
			p.quiet(beatShould)
			p.taken(contract.Heartbeat)
			p.quiet(beatShould)
			p.taken(contract.Heartbeat)
			p.quiet(beatShould)
			p.taken(contract.End)
		})),
	slowly(should("heartbeat/five-minutes-keep-session",
		"A session whose heartbeats come every 5 minutes stays open, as the guides to the SDKs allow",
		"fact B-S (heartbeats); ruling 15",
		func(p *play) {
			p.given(contract.Start)
			p.quiet(beatMust - beatSlack)
			p.taken(contract.Heartbeat)
			p.quiet(beatMust - beatSlack)
			p.taken(contract.End)
		})),
	unseen(contract.Should, "heartbeat/silent-session-closed",
		"A session that falls silent is closed after a time",
		"ruling 15", "the document names no time, and no answer shows the closing"),
	ofClient(contract.Must, "heartbeat/client-keeps-five-minutes",
		"A client lets no more than 300 s pass between heartbeats", "ruling 15"),
	ofClient(contract.Should, "heartbeat/client-keeps-the-period",
		"A client sends a heartbeat every 150 s", `document, "Capture Process"; ruling 15`),
	ofClient(contract.Must, "heartbeat/client-order-rises",
		"A client gives every heartbeat a higher order id than anything before it in the session",
		inHeartbeat+", parameters (session_order_id); ruling 10"),
	ofClient(contract.Should, "heartbeat/client-order-is-contiguous",
		"A client gives each request that it attempts the order id after the last one", inHeartbeat+", parameters (session_order_id); ruling 10"),
	ofClient(contract.Should, "heartbeat/client-sends-no-ids",
		"A client leaves the ids out of heartbeats and ends", "ruling 6"),
}
