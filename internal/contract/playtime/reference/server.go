package reference

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
	"github.com/passmuster/muster/internal/target"
)

// Server answers the messages of the playtime contract. It implements contract.Responder and is safe for concurrent
// use. An access token is a user; the tokens and the metrics key are those of the target that it was made for.
type Server struct {
	rules   rules
	knobs   Knobs
	key     []byte
	apiKey  string
	users   map[string]int // index of the user by access token
	state   *state
	limiter *limiter
	replays replays
	arrived atomic.Int64 // requests, for every so many-th of them
}

// New returns the server half of a target. The empty mutant is the correct behaviour; any other must be one of
// Mutants. A target without a playtime section is an error.
func New(t *target.Target, mutant string) (*Server, error) { return NewWith(t, mutant, Knobs{}) }

// NewWith is New with choices of the service. Unknown ones are an error, all at once.
func NewWith(t *target.Target, mutant string, k Knobs) (*Server, error) {
	if t.Playtime == nil {
		return nil, fmt.Errorf("serve playtime for target %q: it has no playtime section", t.Name)
	}
	r, err := mutated(mutant, t.Rulings)
	k, fault := k.withDefaults()
	if err = errors.Join(err, fault); err != nil {
		return nil, err
	}
	if r.reap > 0 {
		k.Reap = r.reap
	}
	if k.Skew > 0 {
		r.skew = k.Skew
	}
	if k.IDsInBeatHash {
		r.signing = append(r.signing, alsoIDsOf(contract.Heartbeat), alsoIDsOf(contract.End))
	}
	s := &Server{
		rules: r, knobs: k, users: map[string]int{}, limiter: newLimiter(k.Limits),
		key: []byte(t.Playtime.MetricsKey.Reveal()), apiKey: t.Playtime.APIKey.Reveal(),
	}
	for _, token := range t.Playtime.AccessTokens {
		s.users[token.Reveal()] = len(s.users)
	}
	s.state = newState(len(s.users), k.Reap)
	return s, nil
}

// Handles says whether the path is below /v1/, or is that of the insights or of the export.
func (s *Server) Handles(m *contract.Message) bool {
	return strings.HasPrefix(m.Path, "/v1/") || m.Path == playtime.PathInsights || m.Path == playtime.PathExport
}

// Respond answers m as of now.
func (s *Server) Respond(now time.Time, m *contract.Message) contract.Answer {
	switch m.Path {
	case playtime.PathInsights:
		return contract.Answer{Reply: s.insights(now, m)}
	case playtime.PathExport:
		return contract.Answer{Reply: s.export(m)}
	}
	if no := s.limiter.limit(now, m); no != nil {
		return s.refused(no)
	}
	kind, found := playtime.KindAt(m.Path)
	switch {
	case !found:
		return s.refused(&refusal{status: http.StatusNotFound, ref: refNotFound, message: "no such resource"})
	case m.Method != http.MethodPost && !s.rules.anyMethod:
		return s.refused(&refusal{status: http.StatusMethodNotAllowed, ref: refNotFound, message: "only POST is allowed here"})
	}
	if no := s.act(now, kind, m); no != nil {
		answer := s.refused(no)
		if s.rules.hides != nil && s.rules.hides(kind, no) {
			answer.Reply = reply(http.StatusOK, s.rules.errorType, answer.Reply.Body)
		}
		return answer
	}
	return s.success(kind)
}

// act does what the message asks for, or says why not.
func (s *Server) act(now time.Time, kind contract.Kind, m *contract.Message) *refusal {
	if met := s.meet(); met != nil {
		return met
	}
	user, no := s.admit(m)
	if no != nil {
		return no
	}
	req, no := s.read(kind, m)
	if no != nil {
		return s.rules.lenient(no)
	}
	key := sessionKey{user: user, id: req.SessionID}
	if !s.signed(kind, req, s.idsOf(kind, key, req)) {
		if s.rules.badHashActs[kind] {
			s.state.apply(now, &s.rules, kind, key, req, originOf(m))
		}
		return s.rules.badHash()
	}
	if no := s.punctual(now, req); no != nil {
		return no
	}
	if s.knobs.RefuseReplays && s.replays.again(req) {
		return invalid(playtime.FieldError{Field: playtime.MemberNonce, Text: "was used before"})
	}
	return s.state.apply(now, &s.rules, kind, key, req, originOf(m))
}

// read decodes the body.
func (s *Server) read(kind contract.Kind, m *contract.Message) (*playtime.Request, *refusal) {
	body := s.jsonOf(m)
	if s.rules.trim != nil {
		body = s.rules.trim(body)
	}
	req, faults := playtime.Decode(playtime.Operation(kind), body)
	if len(faults) > 0 && faults[0].Field == "" {
		return nil, &refusal{status: http.StatusBadRequest, ref: refMalformed, message: faults[0].Text}
	}
	if faults = append(faults, s.rules.complain(kind, &req)...); len(faults) > 0 {
		return nil, invalid(faults...)
	}
	return &req, nil
}
