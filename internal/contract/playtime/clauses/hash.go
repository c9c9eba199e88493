package clauses

import (
	"net/http"
	"strings"

	"github.com/passmuster/muster/internal/contract"
)

const inHash = `document, "Building the session hash"`

var hashClauses = []clause{
	mustRefuse("hash/guards-start",
		"A start whose hash does not match is not acknowledged",
		inHash,
		func(p *play) {
			p.guarded(contract.Start, otherKey)
			p.taken(contract.Start, sessionID(p.session())) // nothing came of the refused one
		}),
	mustRefuse("hash/guards-heartbeat",
		"A heartbeat whose hash does not match is not acknowledged",
		inHash,
		func(p *play) {
			p.given(contract.Start)
			p.refused(contract.Heartbeat, order(9), signedOver(otherKey))
			p.taken(contract.Heartbeat, order(2)) // nothing came of the refused one
		}),
	mustRefuse("hash/guards-end",
		"An end whose hash does not match is not acknowledged",
		inHash,
		func(p *play) {
			p.guarded(contract.End, otherKey)
			p.taken(contract.Heartbeat) // nothing came of the refused one
		}),
	mustRefuse("hash/keyed-with-metrics-key",
		"The key of the hash is the metrics key, and the values are what is hashed",
		inHash,
		func(p *play) { p.guarded(contract.Start, noKey, swapped, rawKey) }),
	mustRefuse("hash/ids-joined-by-commas",
		"The ids are joined by commas and by nothing else",
		inHash+", example; ruling 7",
		func(p *play) { p.guarded(contract.Start, idsWithoutCommas, idsAsJSON, idsSpaced) }),
	must("hash/keeps-order-of-ids",
		"The ids are hashed in the order of the body",
		inHash+", example; ruling 7",
		func(p *play) {
			p.taken(contract.Start, ids(content()[1], content()[0]))
		}),
	mustRefuse("hash/covers-ids",
		"The hash covers every id",
		inHash+", value 1",
		func(p *play) {
			p.given(contract.Start)
			for _, less := range []func(*signing){noIDs, onlyFirstID, withoutLastID} {
				p.refused(contract.Start, ids(append(content(), 91)...), signedOver(less))
			}
		}),
	mustRefuse("hash/covers-timestamp",
		"The hash covers the timestamp",
		inHash+", value 2",
		func(p *play) { p.guarded(contract.Heartbeat, noTimestamp, otherTimestamp, inSeconds) }),
	mustRefuse("hash/covers-session-id",
		"The hash covers the session id",
		inHash+", value 3",
		func(p *play) { p.guarded(contract.Heartbeat, noSession, otherSession, capitalSession, bareSession) }),
	mustRefuse("hash/covers-nonce",
		"The hash covers the nonce",
		inHash+", value 4",
		func(p *play) { p.guarded(contract.Heartbeat, noNonce, otherNonce, capitalNonce, bareNonce) }),
	must("hash/timestamp-as-sent",
		"The timestamp is hashed as the digits that were sent, whatever their unit",
		"fact B-h3; ruling 1",
		func(p *play) {
			p.given(contract.Start)
			p.taken(contract.Heartbeat, seconds())
		}),
	must("hash/heartbeat-without-ids",
		"The hash of a heartbeat leaves out the ids",
		"fact B-h2; ruling 5",
		func(p *play) {
			p.given(contract.Start)
			p.taken(contract.Heartbeat)
		}),
	must("hash/end-without-ids",
		"The hash of an end leaves out the ids",
		"fact B-h2; ruling 5",
		func(p *play) {
			p.given(contract.Start)
			p.taken(contract.End)
		}),
	shouldRefuse("hash/refused-with-422",
		"A hash that does not match is answered 422, or as the target file rules",
		"ruling 20 (playtime.bad_hash_status)",
		func(p *play) {
			p.given(contract.Start)
			p.answered(p.ruled("playtime.bad_hash_status", http.StatusUnprocessableEntity),
				contract.Heartbeat, signedOver(otherKey))
		}),
	unseen(contract.Must, "hash/owner-has-a-key",
		"The owner of a game can have a metrics key made",
		`document, "Obtaining your metrics key"`, "a button on a page for people behind a login"),
	unseen(contract.May, "hash/replay-refused",
		"A message that comes a second time is refused",
		"ruling 13", "a server may keep nonces or not; the document asks for neither"),
	ofClient(contract.Must, "hash/client-signs-every-request",
		"A client sends a hash of its own, by the written rule, with every request", inHash+"; rulings 5, 7"),
	ofClient(contract.Must, "hash/client-omits-ids-after-start",
		"A client leaves the ids out of the hashes of heartbeats and ends", "fact B-h2; ruling 5"),
	ofClient(contract.Must, "hash/client-nonce-not-replayed",
		"A client never uses a nonce twice with one timestamp", "ruling 13"),
	ofClient(contract.Should, "hash/client-nonce-is-fresh",
		"A client never uses a nonce twice", "ruling 13"),
}

// guarded judges that an action with the hash of something else is not acknowledged. That the target took a correct
// start right before shows that it does not refuse everything.
func (p *play) guarded(kind contract.Kind, changes ...func(*signing)) {
	p.given(contract.Start)
	for _, change := range changes {
		p.refused(kind, signedOver(change))
	}
}

// What is wrong about a hash.

func otherKey(s *signing) { s.key += "x" }
func noKey(s *signing)    { s.key = "" }

// rawKey takes the bytes that the key writes in hex, as a GUID does; another key where it writes none.
func rawKey(s *signing) {
	raw := rawGUID(s.key)
	if raw == s.key {
		raw += "x"
	}
	s.key = raw
}

// swapped puts key and message in each other's place.
func swapped(s *signing) { *s = signing{key: s.text(), ids: s.key} }

func idsWithoutCommas(s *signing) { s.ids = strings.ReplaceAll(s.ids, ",", "") }
func idsAsJSON(s *signing)        { s.ids = "[" + s.ids + "]" }
func idsSpaced(s *signing)        { s.ids = strings.ReplaceAll(s.ids, ",", ", ") }

func noIDs(s *signing)         { s.ids = "" }
func onlyFirstID(s *signing)   { s.ids, _, _ = strings.Cut(s.ids, ",") }
func withoutLastID(s *signing) { s.ids = s.ids[:max(strings.LastIndexByte(s.ids, ','), 0)] }

func noTimestamp(s *signing)    { s.ts = "" }
func otherTimestamp(s *signing) { s.ts = "1" + s.ts[1:len(s.ts)-1] + nextDigit(s.ts[len(s.ts)-1]) }

func inSeconds(s *signing) { s.ts = s.ts[:10] } // of a timestamp that is sent in milliseconds

func noSession(s *signing)      { s.session = "" }
func otherSession(s *signing)   { s.session += "x" }
func capitalSession(s *signing) { s.session = capitals(s.session) }
func bareSession(s *signing)    { s.session = strings.ReplaceAll(s.session, "-", "") }

func noNonce(s *signing)      { s.nonce = "" }
func otherNonce(s *signing)   { s.nonce += "x" }
func capitalNonce(s *signing) { s.nonce = capitals(s.nonce) }
func bareNonce(s *signing)    { s.nonce = strings.ReplaceAll(s.nonce, "-", "") }

// capitals writes an id in capitals; one that has no letter gets some.
func capitals(id string) string {
	if upper := strings.ToUpper(id); upper != id {
		return upper
	}
	return id + "X"
}

// nextDigit returns another decimal digit.
func nextDigit(c byte) string { return string('0' + (c-'0'+1)%10) }
