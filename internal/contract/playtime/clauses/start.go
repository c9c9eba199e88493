package clauses

import (
	"net/http"
	"time"

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
		"RFC 8259, 4; fact B-S (body)",
		func(p *play) { p.taken(contract.Start, alphabetical()) }),
	should("start/unknown-members-ignored",
		"A member that the document does not know is ignored",
		"ruling 35 (by analogy)",
		func(p *play) {
			p.taken(contract.Start, with("muster_unknown", `{"nested":[1,null]}`))
		}),
	should("start/sessions-side-by-side",
		"One user may have several sessions open",
		"fact B-S (concurrent sessions)",
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
	may("start/repeated-start",
		"A second start of an open session is answered as the target file rules, or else by any status but a server error",
		"ruling 18 (playtime.start_twice_status)",
		func(p *play) {
			p.given(contract.Start)
			again := p.at.id
			p.answeredAsRuled("playtime.start_twice_status", contract.Start, sessionID(again))
		}),
	may("start/no-content-taken",
		"A start without any content is taken, with a hash that begins with the timestamp",
		"ruling 21",
		func(p *play) { p.taken(contract.Start, ids()) }),
	may("start/clock-of-its-own",
		"A timestamp that is far from the server's clock is taken",
		"ruling 22",
		func(p *play) { p.taken(contract.Start, earlier(time.Hour)) }),
	ofClient(contract.Must, "start/client-begins-at-one",
		"A client gives its start the order id 1", inStart+", parameters (session_order_id); ruling 8"),
	ofClient(contract.Must, "start/client-sends-valid-body",
		"A client sends the parameters as members of one valid JSON object", "rulings 11, 12"),
	ofClient(contract.Must, "start/client-sends-every-member",
		"A client sends every required member of an operation, each in an allowed form",
		inParameters+"; rulings 1, 2, 3, 4"),
	ofClient(contract.Should, "start/client-session-id-is-guid",
		"A client gives each session a GUID of its own", inStart+", parameters (session_id); ruling 14"),
	ofClientUnseen(contract.May, "start/client-timestamp-of-either-type",
		"A client may write its timestamp as an integer or as a string of digits",
		inStart+", parameters and sample; ruling 1", "a permission, which nothing can break"),
	ofClient(contract.Should, "start/client-timestamp-is-current",
		"A client stamps a request with the time at which it is made", inStart+", parameters (session_ts); ruling 22"),
	ofClient(contract.Should, "start/client-keeps-the-unit",
		"A client keeps to seconds or to milliseconds within a session", "ruling 2"),
	ofClient(contract.Should, "start/client-ids-are-numbers",
		"A client writes ids as integers", inStart+", sample; ruling 3"),
	ofClient(contract.Should, "start/client-order-is-number",
		"A client writes order ids as integers", inStart+", parameters (session_order_id); ruling 4"),
	ofClient(contract.Should, "start/client-names-content",
		"A client names at least one id in a start", inStart+", parameters (ids); ruling 21"),
	ofClient(contract.Must, "start/client-starts-first",
		"A client starts a session before its first heartbeat, and sends nothing of it after its end",
		`document, "Capture Process"`),
}

// answeredAsRuled judges an action that the document gives no answer to: by the target file's ruling when there is one,
// and that it meets no server error in any case.
func (p *play) answeredAsRuled(ruling string, kind contract.Kind, edits ...edit) {
	if status := p.ruled(ruling, 0); status != 0 {
		p.answered(status, kind, edits...)
		return
	}
	if ex := p.send(kind, edits); ex != nil && ex.Reply.Status >= http.StatusInternalServerError {
		p.blame("a status below 500", ex)
	}
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
