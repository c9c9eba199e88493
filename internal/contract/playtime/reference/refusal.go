package reference

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
)

// The error references of the service's public list that the reference gives.
const (
	refNoCredentials = 11000
	refMalformedKey  = 11001
	refUnknownKey    = 11002
	refReadOnly      = 11003
	refUnknownToken  = 11005
	refLimitAll      = 11008
	refLimitOne      = 11009
	refMalformed     = 13004
	refNoMediaType   = 13005
	refMediaType     = 13006
	refNotAcceptable = 13007
	refInvalid       = 13009
	refNotFound      = 14000
)

// refusal is why a request was not taken.
type refusal struct {
	status  int
	ref     int
	message string
	fields  []playtime.FieldError // by member; with status 422 only

	retryAfter int    // seconds to wait, in a header; 0 is no header, rolling a wait of 0
	html       string // a page in place of the envelope, as a gateway before the service gives
}

// rolling is a retry-after of 0, by which the service means a window that moves with the clock.
const rolling = -1

// invalid refuses the members of a body.
func invalid(fields ...playtime.FieldError) *refusal {
	return &refusal{status: http.StatusUnprocessableEntity, ref: refInvalid, message: "validation failed, see errors", fields: fields}
}

// envelope is the JSON of a refusal.
type envelope struct {
	Error struct {
		Code    int               `json:"code"`
		Ref     int               `json:"error_ref"`
		Message string            `json:"message"`
		Errors  map[string]string `json:"errors,omitempty"`
	} `json:"error"`
}

// refused turns a refusal into an answer.
func (s *Server) refused(no *refusal) contract.Answer {
	if s.rules.reshape != nil {
		own := *no // a refusal may be one that the rules hold for all
		no = &own
		s.rules.reshape(no)
	}
	var e envelope
	e.Error.Code, e.Error.Ref, e.Error.Message = no.status, no.ref, no.message
	for _, f := range no.fields {
		if e.Error.Errors == nil {
			e.Error.Errors = map[string]string{}
		}
		e.Error.Errors[f.Field] = f.Text
	}
	if s.rules.plainErrors {
		return contract.Answer{Reply: reply(no.status, "text/plain", []byte(no.message))}
	}
	answer := contract.Answer{Reply: jsonReply(no.status, s.rules.errorType, e)}
	if no.html != "" {
		answer.Reply = reply(no.status, "text/html", []byte(no.html))
	}
	if no.retryAfter != 0 {
		answer.Reply.Header = append(answer.Reply.Header, contract.Field{Name: "Retry-After", Value: strconv.Itoa(max(no.retryAfter, 0))})
	}
	return answer
}

// success is the answer to a request that was taken.
func (s *Server) success(kind contract.Kind) contract.Answer {
	status, body := s.rules.status[kind], s.rules.body[kind]
	if body == "" {
		return contract.Answer{Reply: reply(status, "", nil)}
	}
	return contract.Answer{Reply: reply(status, "application/json", []byte(body))}
}

// jsonReply writes v as the body.
func jsonReply(status int, mediaType string, v any) contract.Reply {
	body, err := json.Marshal(v)
	if err != nil { // a NaN in the insights would be a fault of this package
		return reply(http.StatusInternalServerError, "text/plain", []byte(err.Error()))
	}
	return reply(status, mediaType, body)
}

// reply is what a client of this server sees, as a driver would tell it.
func reply(status int, mediaType string, body []byte) contract.Reply {
	r := contract.Reply{Outcome: contract.Failed, Status: status, Body: body}
	if mediaType != "" {
		r.Header = []contract.Field{{Name: "Content-Type", Value: mediaType}}
	}
	if status == http.StatusMethodNotAllowed {
		r.Header = append(r.Header, contract.Field{Name: "Allow", Value: http.MethodPost})
	}
	switch {
	case status < 300:
		r.Outcome = contract.Acknowledged
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		r.Class = contract.ClassAuth
	case status == http.StatusTooManyRequests:
		r.Class = contract.ClassRateLimited
	case status >= 500:
		r.Class = contract.ClassServer
	default:
		r.Class = contract.ClassRejected
	}
	return r
}
