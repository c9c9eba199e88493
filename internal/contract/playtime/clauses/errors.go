package clauses

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
)

const inErrors = `document, "Handling Errors"; fact B-E`

var errorClauses = []clause{
	mustRefuse("errors/malformed-json-refused",
		"A body that is not JSON is not acknowledged",
		inStart+", Request; ruling 12",
		func(p *play) { p.barredWith(cut(), body(""), body("session_id=1"), trailing("}")) }),
	mustRefuse("errors/missing-member-refused",
		"A start, a heartbeat or an end without a required member is not acknowledged",
		inParameters,
		func(p *play) {
			for _, kind := range []contract.Kind{contract.Start, contract.Heartbeat, contract.End} {
				for _, name := range members(kind) {
					p.given(contract.Start)
					p.refused(kind, without(name))
				}
			}
		}),
	shouldRefuse("errors/wrong-type-refused",
		"A start with a member of a wrong type, such as words for a timestamp, is not acknowledged",
		inStart+", parameters; fact B-E (13009)",
		func(p *play) {
			p.barredWith(with(playtime.MemberTS, `"yesterday"`), with(playtime.MemberIDs, `"x"`), with(playtime.MemberOrder, `"first"`),
				with(playtime.MemberSessionID, `{}`), with(playtime.MemberHash, `7`))
		}),
	shouldRefuse("errors/missing-token-401",
		"A request without an access token is answered 401",
		inErrors,
		func(p *play) { p.answered(http.StatusUnauthorized, contract.Start, noHeader("Authorization")) }),
	shouldRefuse("errors/unknown-token-401",
		"A token that was never issued is answered 401, with the reference that makes SDKs log in again",
		inErrors+" (11005)",
		func(p *play) {
			ex := p.answered(http.StatusUnauthorized, contract.Start, header("Authorization", "Bearer never-issued-"+p.probe.ID()))
			p.judgeEnvelope(ex, 11005)
		}),
	shouldRefuse("errors/malformed-json-400",
		"A body that is not JSON is answered 400",
		inErrors+" (13004)",
		func(p *play) { p.answered(http.StatusBadRequest, contract.Start, cut()) }),
	shouldRefuse("errors/missing-member-422",
		"A missing member is answered 422 and named in errors",
		inErrors+" (13009)",
		func(p *play) {
			for _, name := range members(contract.Start) {
				ex := p.answered(http.StatusUnprocessableEntity, contract.Start, without(name))
				p.judgeFieldNamed(ex, name)
			}
		}),
	shouldRefuse("errors/bad-hash-names-the-hash",
		"A refused hash is named in errors",
		inErrors+"; ruling 20",
		func(p *play) {
			p.given(contract.Start)
			p.judgeFieldNamed(p.refused(contract.Heartbeat, signedOver(otherKey)), playtime.MemberHash)
		}),
	shouldRefuse("errors/form-type-415",
		"A body that is declared as something else than JSON is answered 415",
		inErrors+" (13006); ruling 17",
		func(p *play) {
			p.answered(http.StatusUnsupportedMediaType, contract.Start, header("Content-Type", "application/x-www-form-urlencoded"))
		}),
	shouldRefuse("errors/unknown-path-404",
		"A path that does not exist is answered 404",
		inErrors+" (14000)",
		func(p *play) {
			p.answered(http.StatusNotFound, contract.Start, path("/v1/metrics/sessions/muster-unknown"))
		}),
	shouldRefuse("errors/only-post",
		"A method other than POST is not acknowledged",
		inRequests,
		func(p *play) {
			p.given(contract.Start)
			p.refused(contract.Heartbeat, method(http.MethodPut))
		}),
	shouldRefuse("errors/envelope",
		"A refusal is the JSON envelope of the service: code, error_ref, message",
		inErrors,
		func(p *play) {
			p.judgeEnvelope(p.refused(contract.Start, noHeader("Authorization")), 0)
			p.judgeEnvelope(p.refused(contract.Start, without(playtime.MemberNonce)), 0)
		}),
	shouldRefuse("errors/json-content-type",
		"A refusal declares its body as application/json",
		inErrors,
		func(p *play) { p.judgeJSONType(p.refused(contract.Start, without(playtime.MemberNonce))) }),
	shouldRefuse("errors/no-server-fault",
		"A faulty request is not answered with a server error",
		inErrors,
		func(p *play) {
			for _, spoil := range []edit{cut(), body("[[[["), with(playtime.MemberTS, "{}"), with(playtime.MemberIDs, `"x"`)} {
				if ex := p.refused(contract.Start, spoil); ex != nil && ex.Reply.Status >= 500 {
					p.blame("a status below 500", ex)
				}
			}
		}),
	unseen(contract.Should, "errors/feature-off-403",
		"A game for which the feature is not enabled is answered 403",
		`document, "Playtime Metrics"; fact B-14 (14040)`, "a target under test has the feature, or it could not be tested"),
	unseen(contract.Should, "errors/rate-limit-tells-when",
		"An answer 429 says in retry-after when to come back",
		"fact B-E (limits)", "no limit is part of the contract, so it cannot be provoked with certainty"),
}

// barredWith judges that a start with any one of these edits is not acknowledged.
func (p *play) barredWith(edits ...edit) {
	p.given(contract.Start)
	for _, e := range edits {
		p.refused(contract.Start, e)
	}
}

// members lists the members that a body of this kind requires.
func members(kind contract.Kind) []string {
	names := []string{
		playtime.MemberSessionID, playtime.MemberTS, playtime.MemberHash, playtime.MemberNonce, playtime.MemberOrder,
	}
	if kind == contract.Start {
		names = append(names, playtime.MemberIDs)
	}
	return names
}

// envelope is what a refusal says.
type envelope struct {
	Error *struct {
		Code    *int              `json:"code"`
		Ref     *int              `json:"error_ref"`
		Message *string           `json:"message"`
		Errors  map[string]string `json:"errors"`
	} `json:"error"`
}

// judgeEnvelope judges the body of a refusal; a ref of 0 stands for any.
func (p *play) judgeEnvelope(ex *contract.Exchange, ref int) {
	if ex == nil || ex.Reply.Outcome == contract.Acknowledged {
		return // the status is judged elsewhere
	}
	var e envelope
	err := json.Unmarshal(ex.Reply.Body, &e)
	switch {
	case err != nil || e.Error == nil || e.Error.Code == nil || e.Error.Ref == nil || e.Error.Message == nil:
		p.blame(`a body {"error":{"code","error_ref","message"}}`, ex)
	case *e.Error.Code != ex.Reply.Status:
		p.blame("the status as error.code", ex)
	case ref != 0 && *e.Error.Ref != ref:
		p.blame(fmt.Sprintf("error_ref %d", ref), ex)
	}
}

// judgeFieldNamed judges that a refusal with 422 names a member in errors; no other status has them.
func (p *play) judgeFieldNamed(ex *contract.Exchange, name string) {
	if ex == nil || ex.Reply.Status != http.StatusUnprocessableEntity {
		return
	}
	var e envelope
	if json.Unmarshal(ex.Reply.Body, &e) != nil || e.Error == nil || e.Error.Errors[name] == "" {
		p.blame("a text for "+name+" in error.errors", ex)
	}
}

func (p *play) judgeJSONType(ex *contract.Exchange) {
	if ex == nil || ex.Reply.Outcome == contract.Acknowledged {
		return
	}
	declared, _ := ex.Reply.Get("Content-Type")
	if mediaType, _, err := mime.ParseMediaType(declared); err != nil || mediaType != "application/json" {
		p.blame("content type application/json", ex)
	}
}
