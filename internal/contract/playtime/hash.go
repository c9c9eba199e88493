package playtime

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strconv"
	"sync"
)

// SessionHash returns the session hash of one request as 64 lower-case hex digits: HMAC-SHA256, under the text of the
// metrics key, over the signing string. Use a Signer for more than a few.
//
// Pass the ids for a start, in the order of the body, and none for a heartbeat or an end (ruling 5). ts is the decimal
// text of session_ts, whatever JSON type the body gives it.
func SessionHash(key string, ids []int64, ts, sessionID, nonce string) string {
	return Sign(key, string(AppendSigningString(nil, ids, ts, sessionID, nonce)))
}

// Sign returns the HMAC-SHA256 of any text under the text of key, as 64 lower-case hex digits.
func Sign(key, text string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

// AppendSigningString appends what is hashed: the ids joined by commas, then timestamp, session id and nonce with
// nothing in between (document, "Building the session hash").
func AppendSigningString(dst []byte, ids []int64, ts, sessionID, nonce string) []byte {
	for i, id := range ids {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendInt(dst, id, 10)
	}
	dst = append(dst, ts...)
	dst = append(dst, sessionID...)
	return append(dst, nonce...)
}

// Signer makes session hashes under one key. It keeps the keyed state between calls, which more than halves their
// cost. It is safe for concurrent use.
type Signer struct{ idle sync.Pool }

// NewSigner returns a signer for the text of this metrics key.
func NewSigner(key string) *Signer {
	s := &Signer{}
	s.idle.New = func() any { return &signing{mac: hmac.New(sha256.New, []byte(key))} }
	return s
}

// signing is the memory of one signature in the making.
type signing struct {
	mac  hash.Hash
	text []byte
	sum  []byte
}

// AppendHash appends the session hash of the arguments, which are those of SessionHash.
func (s *Signer) AppendHash(dst []byte, ids []int64, ts, sessionID, nonce string) []byte {
	w := s.idle.Get().(*signing)
	defer s.idle.Put(w)
	w.text = AppendSigningString(w.text[:0], ids, ts, sessionID, nonce)
	return w.appendHash(dst)
}

// appendHashOf is AppendHash of a timestamp that is a number; it makes no garbage.
func (s *Signer) appendHashOf(dst []byte, ids []int64, ts int64, sessionID, nonce string) []byte {
	w := s.idle.Get().(*signing)
	defer s.idle.Put(w)
	w.text = AppendSigningString(w.text[:0], ids, "", "", "")
	w.text = strconv.AppendInt(w.text, ts, 10)
	w.text = append(append(w.text, sessionID...), nonce...)
	return w.appendHash(dst)
}

// appendHash appends the hash of the text.
func (w *signing) appendHash(dst []byte) []byte {
	w.mac.Reset()
	w.mac.Write(w.text)
	w.sum = w.mac.Sum(w.sum[:0])
	return hex.AppendEncode(dst, w.sum)
}
