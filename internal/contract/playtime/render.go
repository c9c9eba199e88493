package playtime

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
)

// Renderer turns session actions into signed messages by HTTP. It implements contract.Renderer and is safe for
// concurrent use with distinct messages.
type Renderer struct {
	signer        *Signer
	profiles      map[string]*Profile // by name; not changed after NewRenderer
	refined       refined             // profiles with deviations switched off
	authorization []string            // one header value per access token; empty when the target does not claim the contract
	query         string              // of profiles with an API key
}

// NewRenderer returns a renderer for this target. For a target without a playtime section it renders nothing: every
// Operation is empty. A section without access tokens or without a metrics key is an error.
func NewRenderer(t *target.Target) (*Renderer, error) {
	p := t.Playtime
	if p == nil {
		return &Renderer{}, nil
	}
	if len(p.AccessTokens) == 0 {
		return nil, fmt.Errorf("render for target %q: playtime has no access token, want at least one", t.Name)
	}
	if p.MetricsKey == "" {
		return nil, fmt.Errorf("render for target %q: playtime has no metrics key", t.Name)
	}
	r := &Renderer{signer: NewSigner(p.MetricsKey.Reveal()), profiles: map[string]*Profile{}}
	for _, client := range Profiles() {
		r.profiles[client.Name] = &client
	}
	r.profiles[""] = r.profiles[Rest]
	if p.APIKey != "" {
		r.query = "api_key=" + url.QueryEscape(p.APIKey.Reveal())
	}
	for _, token := range p.AccessTokens {
		r.authorization = append(r.authorization, "Bearer "+token.Reveal())
	}
	return r, nil
}

// Operation names what becomes of a session action; it is empty for a flush and for a transport other than HTTP.
// No transport at all stands for HTTP, since session actions have no other.
func (r *Renderer) Operation(k contract.Kind, t contract.Transport) string {
	if len(r.authorization) == 0 || t != contract.HTTP && t != "" {
		return ""
	}
	return Operation(k)
}

// Render overwrites m with the signed form of a, reusing its headers and body, as the client that a names would send it;
// FindProfile says which there are. Player p presents access token p modulo their number. The timestamp is a.At. An
// action that no server could take, and a client that is unknown, are errors.
func (r *Renderer) Render(m *contract.Message, a *contract.Action) error {
	op := r.Operation(a.Kind, a.Transport)
	if op == "" {
		return fmt.Errorf("render playtime: %s over %q, want a session action over http for a target that claims playtime",
			a.Kind, a.Transport)
	}
	if err := validate(a); err != nil {
		return fmt.Errorf("render %s: %w", op, err)
	}
	p, err := r.profile(a.Client)
	if err != nil {
		return fmt.Errorf("render %s: %w", op, err)
	}
	*m = contract.Message{
		Operation: op,
		Transport: contract.HTTP,
		Method:    http.MethodPost,
		Path:      operations[a.Kind].path,
		Header:    p.appendHeader(m.Header[:0], r.authorization[int(a.Player)%len(r.authorization)], a),
		Body:      r.appendSigned(m.Body[:0], p, a),
		Records:   m.Records[:0],
	}
	if p.APIKey {
		m.Query = r.query
	}
	return nil
}

// profile finds the client's profile.
func (r *Renderer) profile(client string) (*Profile, error) {
	if p := r.profiles[client]; p != nil {
		return p, nil
	}
	return r.refined.find(client)
}

// maxRefined bounds the profiles that are kept; those above it are made anew each time.
const maxRefined = 64

// refined keeps profiles whose names switch off deviations. It is safe for concurrent use.
type refined struct {
	mu   sync.RWMutex
	kept map[string]*Profile
}

func (f *refined) find(client string) (*Profile, error) {
	f.mu.RLock()
	p := f.kept[client]
	f.mu.RUnlock()
	if p != nil {
		return p, nil
	}
	made, err := FindProfile(client)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.kept == nil {
		f.kept = map[string]*Profile{}
	}
	if len(f.kept) < maxRefined {
		f.kept[client] = &made
	}
	return &made, nil
}

// appendSigned appends the signed body of a valid action.
func (r *Renderer) appendSigned(dst []byte, p *Profile, a *contract.Action) []byte {
	ts := a.At.UnixMilli()
	if p.Seconds {
		ts = a.At.Unix()
	}
	v := values{session: a.SessionID, nonce: a.Nonce, order: int64(p.Order(a.Kind, a.Order))}
	if a.Kind == contract.Start {
		v.ids = a.UGC
	}
	var digits [20]byte
	v.ts = strconv.AppendInt(digits[:0], ts, 10)
	var hash [66]byte
	v.hash = append(r.signer.appendHashOf(append(hash[:0], '"'), v.ids, ts, a.SessionID, a.Nonce), '"')
	return p.appendBody(dst, a.Kind == contract.Start, &v)
}

// validate reports the first reason why no server could take the action.
func validate(a *contract.Action) error {
	switch {
	case a.SessionID == "" || !utf8.ValidString(a.SessionID):
		return fmt.Errorf("session id %q: want UTF-8 text that is not empty", a.SessionID)
	case a.Nonce == "" || !utf8.ValidString(a.Nonce):
		return fmt.Errorf("nonce %q: want UTF-8 text that is not empty", a.Nonce)
	case a.Order < 1:
		return fmt.Errorf("order id %d: want at least 1", a.Order)
	case a.At.UnixMilli() < 1e12 || a.At.UnixMilli() >= 1e13:
		return fmt.Errorf("instant %v: want a Unix time of 13 digits in milliseconds", a.At)
	}
	if a.Kind == contract.Start {
		for _, id := range a.UGC {
			if id < 1 {
				return fmt.Errorf("content id %d: %w", id, errNotPositive)
			}
		}
	}
	return nil
}

var errNotPositive = errors.New("want a whole number from 1")
