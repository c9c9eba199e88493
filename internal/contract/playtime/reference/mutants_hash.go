package reference

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
)

// Mutants of the hash.
var hashMutants = []mutant{
	wrong("any-start-hash", "hash/guards-start", "a start is taken with any hash",
		func(r *rules) { r.hashUnchecked[contract.Start] = true }),
	wrong("any-heartbeat-hash", "hash/guards-heartbeat", "a heartbeat is taken with any hash",
		func(r *rules) { r.hashUnchecked[contract.Heartbeat] = true }),
	wrong("any-end-hash", "hash/guards-end", "an end is taken with any hash",
		func(r *rules) { r.hashUnchecked[contract.End] = true }),
	wrong("empty-key-taken", "hash/keyed-with-metrics-key", "a hash under the empty key is taken too",
		func(r *rules) { r.emptyKeyTaken = true }),
	wrong("ids-joined-by-nothing", "hash/ids-joined-by-commas", "a hash over ids without commas is taken too",
		taking(withIDs(func(ids string) string { return strings.ReplaceAll(ids, ",", "") }))),
	wrong("ids-as-json", "hash/ids-joined-by-commas", "a hash over the JSON text of the ids is taken too",
		taking(withIDs(func(ids string) string { return "[" + ids + "]" }))),
	wrong("ids-sorted", "hash/keeps-order-of-ids", "the ids are sorted before they are hashed",
		hashing(sorted)),
	wrong("ids-not-hashed", "hash/covers-ids", "a hash that leaves out the ids is taken too",
		taking(withIDs(func(string) string { return "" }))),
	wrong("timestamp-not-hashed", "hash/covers-timestamp", "a hash that leaves out the timestamp is taken too",
		taking(changed(func(q *playtime.Request) { q.TS = "" }))),
	wrong("session-not-hashed", "hash/covers-session-id", "a hash that leaves out the session id is taken too",
		taking(changed(func(q *playtime.Request) { q.SessionID = "" }))),
	wrong("nonce-not-hashed", "hash/covers-nonce", "a hash that leaves out the nonce is taken too",
		taking(changed(func(q *playtime.Request) { q.Nonce = "" }))),
	wrong("ids-in-heartbeat-hash", "hash/heartbeat-without-ids", "a heartbeat must hash the ids of its start",
		hashing(alsoIDsOf(contract.Heartbeat))),
	wrong("ids-in-end-hash", "hash/end-without-ids", "an end must hash the ids of its start",
		hashing(alsoIDsOf(contract.End))),
	wrong("milliseconds-hashed", "hash/timestamp-as-sent", "the timestamp is turned into milliseconds before it is hashed",
		hashing(changed(func(q *playtime.Request) { q.TS = strconv.FormatInt(milliseconds(q.TS), 10) }))),
	wrong("bad-hash-answers-400", "hash/refused-with-422", "a wrong hash is answered 400",
		func(r *rules) { r.hashStatus = http.StatusBadRequest }),
}

// hashing puts another signing string in the place of the written one.
func hashing(f form) func(*rules) { return func(r *rules) { r.signing = []form{f} } }

// taking adds a signing string to the written one.
func taking(f form) func(*rules) { return func(r *rules) { r.signing = append(r.signing, f) } }

// withIDs is the written rule for a start, with the text of its ids changed.
func withIDs(change func(ids string) string) form {
	return func(kind contract.Kind, req *playtime.Request, ids []int64) string {
		if kind != contract.Start {
			return written(kind, req, ids)
		}
		return change(commas(ids)) + req.TS + req.SessionID + req.Nonce
	}
}

// changed is the written rule over a request that was changed.
func changed(change func(*playtime.Request)) form {
	return func(kind contract.Kind, req *playtime.Request, ids []int64) string {
		other := *req
		change(&other)
		return written(kind, &other, ids)
	}
}

// alsoIDsOf is the written rule with the ids in the hash of one more kind.
func alsoIDsOf(more contract.Kind) form {
	return func(kind contract.Kind, req *playtime.Request, ids []int64) string {
		if kind == more {
			kind = contract.Start
		}
		return written(kind, req, ids)
	}
}

func sorted(kind contract.Kind, req *playtime.Request, ids []int64) string {
	return written(kind, req, slices.Sorted(slices.Values(ids)))
}
