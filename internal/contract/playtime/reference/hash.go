package reference

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
)

// signed says whether the request carries the hash that the written rule gives. The hash is computed anew and
// compared, never parsed: without separators, different requests can share one signing string.
func (s *Server) signed(kind contract.Kind, req *playtime.Request, ids []int64) bool {
	if s.rules.hashUnchecked[kind] {
		return true
	}
	for _, form := range s.rules.signing {
		text := form(kind, req, ids)
		if matches(s.key, text, req.Hash) {
			return true
		}
		for _, other := range s.rules.otherKeys {
			if key, hashed := other(string(s.key), text); matches([]byte(key), hashed, req.Hash) {
				return true
			}
		}
	}
	return false
}

// keying is what is hashed under which key; the document hashes the text under the key.
type keying func(key, text string) (underKey, hashed string)

// matches says whether hash is the HMAC-SHA256 of text in lower-case hex. The time it takes tells nothing of the right one.
func matches(key []byte, text, hash string) bool {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	want := hex.EncodeToString(mac.Sum(nil))
	return hmac.Equal([]byte(want), []byte(hash))
}

// idsOf returns the ids that go with a request: those that it carries, or those of the start before it.
func (s *Server) idsOf(kind contract.Kind, key sessionKey, req *playtime.Request) []int64 {
	if kind == contract.Start {
		return req.IDs
	}
	return s.state.idsOf(key)
}

// form makes a signing string of a request and the ids of its session.
type form func(kind contract.Kind, req *playtime.Request, ids []int64) string

// written is the rule of the document: ids joined by commas in the order given, timestamp, session id, nonce, with
// nothing in between. Only a start has ids (ruling 5).
func written(kind contract.Kind, req *playtime.Request, ids []int64) string {
	if kind != contract.Start {
		ids = nil
	}
	return commas(ids) + req.TS + req.SessionID + req.Nonce
}

func commas(ids []int64) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(texts, ",")
}
