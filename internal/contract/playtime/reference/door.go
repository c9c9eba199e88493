package reference

import (
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
)

// admit checks everything but the body and returns the user.
func (s *Server) admit(m *contract.Message) (user int, no *refusal) {
	user, no = s.authenticate(m)
	for _, check := range []func(*contract.Message) *refusal{s.acceptable, s.mediaType, s.barred} {
		if no == nil {
			no = check(m)
		}
	}
	return user, no
}

// authenticate finds the user behind the access token. A token beside an API key wins; a key alone may only read
// (facts B-5, B-6).
func (s *Server) authenticate(m *contract.Message) (int, *refusal) {
	given, _ := m.Get("Authorization")
	scheme, token, _ := strings.Cut(given, " ")
	user, known := s.users[strings.TrimSpace(token)]
	switch {
	case given == "" && hasAPIKey(m.Query):
		return 0, s.keyAlone(apiKey(m.Query))
	case given == "" || !strings.EqualFold(scheme, "Bearer"):
		if s.rules.tokenOptional {
			return 0, nil
		}
		return 0, unauthorized(refNoCredentials, "no credentials, want a bearer token")
	case !known && !s.excused(strings.TrimSpace(token), m):
		return 0, unauthorized(refUnknownToken, "the access token is unknown or expired")
	}
	return user, nil
}

// excused says whether a token that was never issued is taken all the same, which a correct server never does.
func (s *Server) excused(token string, m *contract.Message) bool {
	switch r := &s.rules; {
	case r.anyToken, r.emptyToken && token == "", r.keyExcuses && hasAPIKey(m.Query):
		return true
	case r.tokenPrefix:
		for issued := range s.users {
			if strings.HasPrefix(token, issued) {
				return true
			}
		}
	}
	return false
}

// keyAlone refuses a request that shows an API key and no token. Where the target has no key, any well-formed one is
// taken for the game's.
func (s *Server) keyAlone(key string) *refusal {
	switch {
	case s.rules.apiKeyWrites:
		return nil
	case strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }):
		return unauthorized(refMalformedKey, "the API key is malformed")
	case s.apiKey != "" && key != s.apiKey:
		return unauthorized(refUnknownKey, "the API key is not that of the game")
	}
	return &refusal{status: http.StatusForbidden, ref: refReadOnly, message: "an API key may not write, want an access token"}
}

func unauthorized(ref int, message string) *refusal {
	return &refusal{status: http.StatusUnauthorized, ref: ref, message: message}
}

func hasAPIKey(query string) bool { return apiKey(query) != "" }

func apiKey(query string) string {
	// A query that is malformed in part still gives the parts that could be read.
	values, _ := url.ParseQuery(query)
	return values.Get("api_key")
}

// acceptable refuses a client that wants something else than JSON.
func (s *Server) acceptable(m *contract.Message) *refusal {
	accept, given := m.Get("Accept")
	if !given || slices.ContainsFunc(strings.Split(accept, ","), allowsJSON) {
		return nil
	}
	return &refusal{status: http.StatusNotAcceptable, ref: refNotAcceptable, message: "answers are JSON only"}
}

// allowsJSON says whether one range of an Accept header takes JSON (RFC 9110 section 12.5.1).
func allowsJSON(r string) bool {
	mediaRange, params, err := mime.ParseMediaType(r)
	if err != nil || strings.Trim(params["q"], "0.") == "" && params["q"] != "" {
		return false
	}
	return mediaRange == "*/*" || mediaRange == "application/*" || mediaRange == "application/json"
}

// mediaType refuses a body that is not declared as JSON. Letter case and parameters are of no account.
func (s *Server) mediaType(m *contract.Message) *refusal {
	declared, _ := m.Get("Content-Type")
	if declared == "" {
		return &refusal{status: http.StatusUnsupportedMediaType, ref: refNoMediaType, message: "no content type, want application/json"}
	}
	parsed, _, err := mime.ParseMediaType(declared)
	taken := parsed == "application/json" || s.rules.anyMediaType || s.knobs.Forms && parsed == formType
	if err != nil || !taken {
		return &refusal{status: http.StatusUnsupportedMediaType, ref: refMediaType, message: "content type is not application/json"}
	}
	return nil
}

// barred refuses nothing where the server is correct: what platform and portal say, if they are there, is of no account
// to whether a request is taken (fact B-8).
func (s *Server) barred(m *contract.Message) *refusal {
	if s.rules.bars == nil {
		return nil
	}
	if field := s.rules.bars(m); field != "" {
		return invalid(playtime.FieldError{Field: field, Text: "is not taken in this form"})
	}
	return nil
}
