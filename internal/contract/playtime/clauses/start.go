package clauses

import (
	"net/http"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
)

const inStart = `document, "Starting the session"`

var startClauses = []clause{
	must("start/answers-204",
		"A correct start is answered 204",
		inStart+", Response",
		func(p *play) { p.answered(http.StatusNoContent, contract.Start) }),
	must("start/empty-answer",
		"The answer to a correct start has no body",
		inStart+", Response",
		func(p *play) { p.emptyAnswer(contract.Start) }),
	must("start/timestamp-in-milliseconds",
		"A timestamp of 13 digits is taken",
		"ruling 2",
		func(p *play) { p.taken(contract.Start) }),
	must("start/timestamp-in-seconds",
		"A timestamp of 10 digits is taken",
		"ruling 2",
		func(p *play) { p.taken(contract.Start, seconds()) }),
	must("start/string-timestamp",
		"A timestamp written as a string of digits is taken",
		inStart+", parameters; ruling 1",
		func(p *play) {
			p.taken(contract.Start, quoted(playtime.MemberTS))
			p.taken(contract.Start, seconds(), quoted(playtime.MemberTS))
		}),
	may("start/string-ids",
		"Ids written as strings of digits are taken",
		"ruling 3",
		func(p *play) { p.taken(contract.Start, quoted(playtime.MemberIDs)) }),
	may("start/string-order",
		"An order id written as a string of digits is taken",
		"ruling 4",
		func(p *play) { p.taken(contract.Start, quoted(playtime.MemberOrder)) }),
	must("start/one-id",
		"A session with one id is taken",
		inStart+", parameters",
		func(p *play) { p.taken(contract.Start, ids(content()[0])) }),
	must("start/many-ids",
		"A session with many ids is taken",
		inStart+", parameters",
		func(p *play) { p.taken(contract.Start, ids(repeated(content(), 25)...)) }),
	must("start/any-session-id",
		"A session id need not be a GUID",
		inStart+", parameters (session_id)",
		func(p *play) { p.taken(contract.Start, sessionID("muster-"+p.probe.ID())) }),
	must("start/any-nonce",
		"A nonce may have any form",
		inStart+", parameters (session_nonce)",
		func(p *play) {
			p.taken(contract.Start, nonce(p.probe.ID()[:18]))
			p.taken(contract.Start, nonce("n/o+n=c.e "+p.probe.ID()))
		}),
	must("start/members-in-any-order",
		"The order of the members is of no account",
		"RFC 8259 section 4; public facts 2.3",
		func(p *play) { p.taken(contract.Start, alphabetical()) }),
	should("start/unknown-members-ignored",
		"A member that the document does not know is ignored",
		"ruling 35, by analogy",
		func(p *play) {
			p.taken(contract.Start, with("muster_unknown", `{"nested":[1,null]}`))
		}),
	should("start/sessions-side-by-side",
		"One user may have several sessions open",
		"public facts 2.3, concurrent sessions",
		func(p *play) {
			p.given(contract.Start)
			first := p.at
			p.taken(contract.Start)
			p.taken(contract.Heartbeat)
			p.at = first
			p.taken(contract.Heartbeat)
		}),
	may("start/later-order-taken",
		"A start with order id 2 is taken, since one SDK begins there",
		"ruling 8",
		func(p *play) { p.taken(contract.Start, order(2)) }),
	unseen(contract.May, "start/repeated-start",
		"A second start of an open session has a defined effect",
		"ruling 18", "the document does not say which, so no answer can be wrong"),
	ofClient(contract.Must, "start/client-begins-at-one",
		"A client gives its start the order id 1", inStart+", parameters (session_order_id); ruling 8"),
	ofClient(contract.Must, "start/client-sends-valid-body",
		"A client sends the parameters as members of one valid JSON object", "rulings 11, 12"),
	ofClient(contract.Should, "start/client-session-id-is-guid",
		"A client gives each session a GUID of its own", inStart+", parameters (session_id); ruling 14"),
}

// emptyAnswer judges that an action is acknowledged without a body.
func (p *play) emptyAnswer(kind contract.Kind) {
	ex := p.taken(kind)
	if ex != nil && ex.Reply.Outcome == contract.Acknowledged && len(ex.Reply.Body) > 0 {
		p.blame("an answer without a body", ex)
	}
}

// repeated returns n times the ids.
func repeated(ids []int64, n int) []int64 {
	var all []int64
	for range n {
		all = append(all, ids...)
	}
	return all
}
