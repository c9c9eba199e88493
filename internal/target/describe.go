package target

import (
	"encoding/json"
	"fmt"
)

// Describe returns the target as JSON for a run directory: secrets redacted, and the access tokens, of which there may
// be millions, counted instead of listed.
func (t *Target) Describe() (json.RawMessage, error) {
	described := struct {
		*Target
		Playtime *Playtime `json:"playtime,omitempty"`
		Tokens   int       `json:"access_tokens,omitempty"`
	}{Target: t, Playtime: t.Playtime}
	if t.Playtime != nil {
		p := *t.Playtime
		described.Tokens, p.AccessTokens = len(p.AccessTokens), nil
		described.Playtime = &p
	}
	text, err := json.Marshal(described)
	if err != nil {
		return nil, fmt.Errorf("describe target %s: %w", t.Name, err)
	}
	return text, nil
}
