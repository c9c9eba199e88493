package reference

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
	"github.com/passmuster/muster/internal/target"
)

// Server answers the messages of the playtime contract. It implements contract.Responder and is safe for concurrent
// use. An access token is a user; the tokens and the metrics key are those of the target that it was made for.
type Server struct {
	rules rules
	key   []byte
	users map[string]int // index of the user by access token
	state *state
}

// New returns the server half of a target. The empty mutant is the correct behaviour; any other must be one of
// Mutants. A target without a playtime section is an error.
func New(t *target.Target, mutant string) (*Server, error) {
	if t.Playtime == nil {
		return nil, fmt.Errorf("serve playtime for target %q: it has no playtime section", t.Name)
	}
	r, err := mutated(mutant)
	if err != nil {
		return nil, err
	}
	s := &Server{rules: r, key: []byte(t.Playtime.MetricsKey.Reveal()), users: map[string]int{}}
	for _, token := range t.Playtime.AccessTokens {
		s.users[token.Reveal()] = len(s.users)
	}
	s.state = newState(len(s.users))
	return s, nil
}

// Handles says whether the path is below /v1/ or is that of the insights.
func (s *Server) Handles(m *contract.Message) bool {
	return strings.HasPrefix(m.Path, "/v1/") || m.Path == playtime.PathInsights
}

// Respond answers m as of now.
func (s *Server) Respond(now time.Time, m *contract.Message) contract.Answer {
	if m.Path == playtime.PathInsights {
		return contract.Answer{Reply: s.insights(now, m)}
	}
	kind, found := playtime.KindAt(m.Path)
	switch {
	case !found:
		return s.refused(&refusal{status: http.StatusNotFound, ref: refNotFound, message: "no such resource"})
	case m.Method != http.MethodPost && !s.rules.anyMethod:
		return s.refused(&refusal{status: http.StatusMethodNotAllowed, ref: refNotFound, message: "only POST is allowed here"})
	}
	if no := s.act(now, kind, m); no != nil {
		return s.refused(no)
	}
	return s.success(kind)
}

// act does what the message asks for, or says why not.
func (s *Server) act(now time.Time, kind contract.Kind, m *contract.Message) *refusal {
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
		return s.rules.badHash()
	}
	return s.state.apply(now, &s.rules, kind, key, req)
}

// read decodes the body.
func (s *Server) read(kind contract.Kind, m *contract.Message) (*playtime.Request, *refusal) {
	req, faults := playtime.Decode(playtime.Operation(kind), m.Body)
	if len(faults) > 0 && faults[0].Field == "" {
		return nil, &refusal{status: http.StatusBadRequest, ref: refMalformed, message: faults[0].Text}
	}
	if faults = append(faults, s.rules.complain(kind, &req)...); len(faults) > 0 {
		return nil, invalid(faults...)
	}
	return &req, nil
}
