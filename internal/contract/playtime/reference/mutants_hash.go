package reference

import (
	"encoding/hex"
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
	wrong("bad-start-hash-answers-200", "hash/guards-start", "a start with a wrong hash is refused in words, with status 200",
		hidingHash(contract.Start)),
	wrong("bad-heartbeat-hash-answers-200", "hash/guards-heartbeat", "a heartbeat with a wrong hash is refused in words, with status 200",
		hidingHash(contract.Heartbeat)),
	wrong("bad-end-hash-answers-200", "hash/guards-end", "an end with a wrong hash is refused in words, with status 200",
		hidingHash(contract.End)),
	wrong("bad-start-hash-starts", "hash/guards-start", "a start with a wrong hash is refused and begins the session all the same",
		func(r *rules) {
			r.badHashActs[contract.Start] = true
			r.startTwice = invalid(playtime.FieldError{Field: playtime.MemberSessionID, Text: "was started before"})
		}),
	wrong("bad-heartbeat-hash-counts", "hash/guards-heartbeat", "a heartbeat with a wrong hash is refused and its order id counts all the same",
		func(r *rules) { r.badHashActs[contract.Heartbeat] = true }),
	wrong("bad-end-hash-ends", "hash/guards-end", "an end with a wrong hash is refused and ends the session all the same",
		func(r *rules) {
			r.badHashActs[contract.End] = true
			r.unknownSession = &refusal{status: http.StatusNotFound, ref: refNotFound, message: "no such session"}
		}),
	wrong("empty-key-taken", "hash/keyed-with-metrics-key", "a hash under the empty key is taken too",
		keyed(func(_, text string) (string, string) { return "", text })),
	wrong("key-and-text-exchanged", "hash/keyed-with-metrics-key", "a hash of the key under the values is taken too",
		keyed(func(key, text string) (string, string) { return text, key })),
	wrong("raw-key-taken", "hash/keyed-with-metrics-key", "a hash under the 16 bytes that the key writes in hex is taken too",
		keyed(func(key, text string) (string, string) { return rawBytes(key), text })),
	wrong("ids-joined-by-nothing", "hash/ids-joined-by-commas", "a hash over ids without commas is taken too",
		taking(withIDs(func(ids string) string { return strings.ReplaceAll(ids, ",", "") }))),
	wrong("ids-as-json", "hash/ids-joined-by-commas", "a hash over the JSON text of the ids is taken too",
		taking(withIDs(func(ids string) string { return "[" + ids + "]" }))),
	wrong("ids-joined-by-comma-and-space", "hash/ids-joined-by-commas", "a hash over ids with a space after each comma is taken too",
		taking(withIDs(func(ids string) string { return strings.ReplaceAll(ids, ",", ", ") }))),
	wrong("ids-sorted", "hash/keeps-order-of-ids", "the ids are sorted before they are hashed",
		hashing(sorted)),
	wrong("ids-not-hashed", "hash/covers-ids", "a hash that leaves out the ids is taken too",
		taking(withIDs(func(string) string { return "" }))),
	wrong("only-first-id-hashed", "hash/covers-ids", "a hash over the first id alone is taken too",
		taking(withIDs(func(ids string) string { first, _, _ := strings.Cut(ids, ","); return first }))),
	wrong("last-id-not-hashed", "hash/covers-ids", "a hash that leaves out the last id is taken too",
		taking(withIDs(func(ids string) string { return ids[:max(strings.LastIndexByte(ids, ','), 0)] }))),
	wrong("timestamp-not-hashed", "hash/covers-timestamp", "a hash that leaves out the timestamp is taken too",
		taking(changed(func(q *playtime.Request) { q.TS = "" }))),
	wrong("seconds-hashed", "hash/covers-timestamp", "a hash over the seconds of a timestamp in milliseconds is taken too",
		taking(changed(func(q *playtime.Request) { q.TS = q.TS[:min(len(q.TS), 10)] }))),
	wrong("last-digit-not-hashed", "hash/covers-timestamp", "a hash over a timestamp with another last digit is taken too",
		takingDigits),
	wrong("session-not-hashed", "hash/covers-session-id", "a hash that leaves out the session id is taken too",
		taking(changed(func(q *playtime.Request) { q.SessionID = "" }))),
	wrong("session-hashed-in-any-case", "hash/covers-session-id", "a hash over the session id in capitals is taken too",
		taking(changed(func(q *playtime.Request) { q.SessionID = strings.ToUpper(q.SessionID) }))),
	wrong("session-hashed-without-dashes", "hash/covers-session-id", "a hash over the session id without its dashes is taken too",
		taking(changed(func(q *playtime.Request) { q.SessionID = strings.ReplaceAll(q.SessionID, "-", "") }))),
	wrong("nonce-not-hashed", "hash/covers-nonce", "a hash that leaves out the nonce is taken too",
		taking(changed(func(q *playtime.Request) { q.Nonce = "" }))),
	wrong("nonce-hashed-in-any-case", "hash/covers-nonce", "a hash over the nonce in capitals is taken too",
		taking(changed(func(q *playtime.Request) { q.Nonce = strings.ToUpper(q.Nonce) }))),
	wrong("nonce-hashed-without-dashes", "hash/covers-nonce", "a hash over the nonce without its dashes is taken too",
		taking(changed(func(q *playtime.Request) { q.Nonce = strings.ReplaceAll(q.Nonce, "-", "") }))),
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

// takingDigits adds the written rule over each timestamp that differs in its last digit.
func takingDigits(r *rules) {
	for digit := range 10 {
		taking(changed(func(q *playtime.Request) { q.TS = q.TS[:len(q.TS)-1] + strconv.Itoa(digit) }))(r)
	}
}

// keyed adds another use of the key to the written one.
func keyed(k keying) func(*rules) { return func(r *rules) { r.otherKeys = append(r.otherKeys, k) } }

// rawBytes returns the bytes that a key of the form of a GUID stands for; any other key as it is.
func rawBytes(key string) string {
	raw, err := hex.DecodeString(strings.ReplaceAll(key, "-", ""))
	if err != nil {
		return key
	}
	return string(raw)
}

// hidingHash tells that a hash was refused with status 200, for one kind of request.
func hidingHash(of contract.Kind) func(*rules) {
	return func(r *rules) {
		r.hides = func(kind contract.Kind, no *refusal) bool {
			return kind == of && len(no.fields) == 1 && no.fields[0].Field == playtime.MemberHash
		}
	}
}

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
