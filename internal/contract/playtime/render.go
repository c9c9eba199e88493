package playtime

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"unicode/utf8"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
)

// Renderer turns session actions into signed messages by HTTP. It implements contract.Renderer and is safe for
// concurrent use with distinct messages.
type Renderer struct {
	signer        *Signer
	authorization []string // one header value per access token; empty when the target does not claim the contract
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
	r := &Renderer{signer: NewSigner(p.MetricsKey.Reveal())}
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

// Render overwrites m with the signed form of a, reusing its headers and body. Player p presents access token
// p modulo their number. The timestamp is a.At in Unix milliseconds. An action that no server could take is an error.
func (r *Renderer) Render(m *contract.Message, a *contract.Action) error {
	op := r.Operation(a.Kind, a.Transport)
	if op == "" {
		return fmt.Errorf("render playtime: %s over %q, want a session action over http for a target that claims playtime",
			a.Kind, a.Transport)
	}
	if err := validate(a); err != nil {
		return fmt.Errorf("render %s: %w", op, err)
	}
	body := r.request(a).AppendJSON(m.Body[:0], op)
	*m = contract.Message{
		Operation: op,
		Transport: contract.HTTP,
		Method:    http.MethodPost,
		Path:      operations[a.Kind].path,
		Header:    r.appendHeader(m.Header[:0], a),
		Body:      body,
		Records:   m.Records[:0],
	}
	return nil
}

// request returns the signed request of a valid action.
func (r *Renderer) request(a *contract.Action) *Request {
	req := Request{
		SessionID: a.SessionID,
		TS:        strconv.FormatInt(a.At.UnixMilli(), 10),
		Nonce:     a.Nonce,
		Order:     int64(a.Order),
	}
	if a.Kind == contract.Start {
		req.IDs = a.UGC
	}
	var digits [64]byte
	req.Hash = string(r.signer.AppendHash(digits[:0], req.IDs, req.TS, req.SessionID, req.Nonce))
	return &req
}

func (r *Renderer) appendHeader(dst []contract.Field, a *contract.Action) []contract.Field {
	dst = append(dst,
		contract.Field{Name: "Content-Type", Value: "application/json"},
		contract.Field{Name: "Accept", Value: "application/json"},
		contract.Field{Name: "Authorization", Value: r.authorization[int(a.Player)%len(r.authorization)]})
	if a.Platform != "" {
		dst = append(dst, contract.Field{Name: HeaderPlatform, Value: a.Platform})
	}
	if a.Portal != "" {
		dst = append(dst, contract.Field{Name: HeaderPortal, Value: a.Portal})
	}
	return dst
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
