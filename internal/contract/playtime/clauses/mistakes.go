package clauses

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
)

// mistake is a way to make the hash that is known from clients in the making. Naming it saves its author a search.
type mistake struct {
	name string
	hash func(s signing) string
}

// fragments returns what the hash of the message is to be made over.
func (l *look) fragments() signing {
	s := signing{key: l.key, ts: l.req.TS, session: l.req.SessionID, nonce: l.req.Nonce}
	if l.kind == contract.Start {
		s.ids = joined(l.req.IDs)
	}
	return s
}

func joined(ids []int64) string { return string(playtime.AppendSigningString(nil, ids, "", "", "")) }

func (s signing) hash() string { return playtime.Sign(s.key, s.text()) }

// over is a mistake in one fragment.
func over(name string, change func(*signing)) mistake {
	return mistake{name, func(s signing) string { change(&s); return s.hash() }}
}

var mistakes = []mistake{
	{"digits in upper case", func(s signing) string { return strings.ToUpper(s.hash()) }},
	over("made over ids without commas", idsWithoutCommas),
	over("made over the ids in brackets", idsAsJSON),
	over("made over ids with spaces", idsSpaced),
	over("made without the ids", noIDs),
	over("made without the timestamp", noTimestamp),
	over("made without the nonce", noNonce),
	over("made without the session id", noSession),
	over("made with key and message exchanged", swapped),
	over("made with an empty key", noKey),
	over("made over a timestamp in seconds", func(s *signing) { s.ts = s.ts[:min(len(s.ts), 10)] }),
	over("made over a timestamp in milliseconds", func(s *signing) { s.ts += "000" }),
	over("made with the key in lower case", func(s *signing) { s.key = strings.ToLower(s.key) }),
	over("made with the 16 bytes of the key", func(s *signing) { s.key = rawGUID(s.key) }),
}

// otherHash says what the hash of a message was made over instead, where that can be told.
func otherHash(l *look) string {
	want := l.fragments()
	if l.req.Hash == want.hash() || idsInHash(l) != "" {
		return ""
	}
	for _, m := range mistakes {
		if m.hash(want) == l.req.Hash {
			return "a hash " + m.name
		}
	}
	if ids := slices.Sorted(slices.Values(l.req.IDs)); l.kind == contract.Start {
		want.ids = joined(ids)
		if want.hash() == l.req.Hash {
			return "a hash made over the ids in another order"
		}
	}
	return "a hash of something else, or under another key"
}

// idsInHash says whether a heartbeat or an end was signed with the ids of its start.
func idsInHash(l *look) string {
	if !l.going() || len(l.before.ids) == 0 {
		return ""
	}
	s := l.fragments()
	s.ids = joined(l.before.ids)
	if l.req.Hash != s.hash() {
		return ""
	}
	return "a hash with the ids of the start"
}

// rawGUID returns the bytes that a GUID stands for; the key itself where it is none.
func rawGUID(key string) string {
	raw, err := hex.DecodeString(strings.ReplaceAll(key, "-", ""))
	if err != nil {
		return key
	}
	return string(raw)
}
