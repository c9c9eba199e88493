package reference

import (
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
)

// Mutants of what a correct request is answered.
var answerMutants = []mutant{
	wrong("start-answers-200", "start/answers-204", "a start is acknowledged with 200",
		answering(contract.Start, http.StatusOK, "")),
	wrong("start-answers-a-body", "start/empty-answer", "a start is acknowledged with a JSON body",
		answering(contract.Start, http.StatusOK, `{"success":true}`)),
	wrong("start-fails", "start/answers-204", "every start is answered 500",
		answering(contract.Start, http.StatusInternalServerError, "")),
	wrong("heartbeat-answers-202", "heartbeat/answers-204", "a heartbeat is acknowledged with 202",
		answering(contract.Heartbeat, http.StatusAccepted, "")),
	wrong("heartbeat-answers-a-body", "heartbeat/empty-answer", "a heartbeat is acknowledged with a JSON body",
		answering(contract.Heartbeat, http.StatusOK, "{}")),
	wrong("heartbeat-fails", "heartbeat/answers-204", "every heartbeat is answered 500",
		answering(contract.Heartbeat, http.StatusInternalServerError, "")),
	wrong("end-answers-200", "end/answers-204", "an end is acknowledged with 200",
		answering(contract.End, http.StatusOK, "")),
	wrong("end-answers-a-body", "end/empty-answer", "an end is acknowledged with a JSON body",
		answering(contract.End, http.StatusOK, "{}")),
}

func answering(kind contract.Kind, status int, body string) func(*rules) {
	return func(r *rules) { r.status[kind], r.body[kind] = status, body }
}

// Mutants that refuse a body that the contract allows.
var bodyMutants = []mutant{
	wrong("milliseconds-refused", "start/timestamp-in-milliseconds", "a start with a timestamp of 13 digits is refused",
		refusing(contract.Start, playtime.MemberTS, inMillis)),
	wrong("seconds-refused-in-start", "start/timestamp-in-seconds", "a start with a timestamp of 10 digits is refused",
		refusing(contract.Start, playtime.MemberTS, inSeconds)),
	wrong("seconds-refused-in-heartbeat", "heartbeat/timestamp-in-seconds", "a heartbeat with a timestamp of 10 digits is refused",
		refusing(contract.Heartbeat, playtime.MemberTS, inSeconds)),
	wrong("seconds-refused-in-end", "end/timestamp-in-seconds", "an end with a timestamp of 10 digits is refused",
		refusing(contract.End, playtime.MemberTS, inSeconds)),
	wrong("string-timestamp-refused-in-start", "start/string-timestamp", "a start with a timestamp in quotes is refused",
		refusing(contract.Start, playtime.MemberTS, isQuoted(playtime.MemberTS))),
	wrong("string-timestamp-refused-in-heartbeat", "heartbeat/string-timestamp", "a heartbeat with a timestamp in quotes is refused",
		refusing(contract.Heartbeat, playtime.MemberTS, isQuoted(playtime.MemberTS))),
	wrong("string-timestamp-refused-in-end", "end/string-timestamp", "an end with a timestamp in quotes is refused",
		refusing(contract.End, playtime.MemberTS, isQuoted(playtime.MemberTS))),
	wrong("string-ids-refused", "start/string-ids", "ids in quotes are refused",
		refusing(contract.Start, playtime.MemberIDs, isQuoted(playtime.MemberIDs))),
	wrong("string-order-refused", "start/string-order", "an order id in quotes is refused",
		refusing(contract.Start, playtime.MemberOrder, isQuoted(playtime.MemberOrder))),
	wrong("one-id-refused", "start/one-id", "a session with one id is refused",
		refusing(contract.Start, playtime.MemberIDs, func(q *playtime.Request) bool { return len(q.IDs) == 1 })),
	wrong("many-ids-refused", "start/many-ids", "a session with more than ten ids is refused",
		refusing(contract.Start, playtime.MemberIDs, func(q *playtime.Request) bool { return len(q.IDs) > 10 })),
	wrong("guid-required", "start/any-session-id", "a session id that is no GUID is refused",
		refusing(contract.Start, playtime.MemberSessionID, func(q *playtime.Request) bool { return !guid.MatchString(q.SessionID) })),
	wrong("guid-nonce-required", "start/any-nonce", "a nonce that is no GUID is refused",
		refusing(contract.Start, playtime.MemberNonce, func(q *playtime.Request) bool { return !guid.MatchString(q.Nonce) })),
	wrong("unknown-members-refused", "start/unknown-members-ignored", "a start with an unknown member is refused",
		refusing(contract.Start, "body", func(q *playtime.Request) bool { return len(q.Unknown) > 0 })),
	wrong("no-content-refused", "start/no-content-taken", "a start without any content is refused",
		refusing(contract.Start, playtime.MemberIDs, func(q *playtime.Request) bool { return len(q.IDs) == 0 })),
	wrong("clock-checked", "start/clock-of-its-own", "a timestamp that is five minutes off is refused",
		func(r *rules) { r.skew = 5 * time.Minute }),
	wrong("numbers-as-text-refused", "clients/accepts-unity-2024", "a start whose numbers are all strings is refused",
		refusing(contract.Start, "body", func(q *playtime.Request) bool { return len(q.Quoted) == 3 })),
	wrong("pairs-refused", "clients/accepts-unity-2025", "a body of pairs is refused",
		refusing(contract.Start, "body", func(q *playtime.Request) bool { return q.Pairs })),
	wrong("ids-refused-in-heartbeat", "heartbeat/ids-ignored", "a heartbeat with ids is refused",
		refusing(contract.Heartbeat, playtime.MemberIDs, func(q *playtime.Request) bool { return len(q.Unknown) > 0 })),
}

// Mutants of the life of a session.
var orderMutants = []mutant{
	wrong("second-start-crashes", "start/repeated-start", "a second start of an open session is answered 500",
		func(r *rules) { r.startTwice = crash() }),
	wrong("unknown-session-crashes", "heartbeat/unknown-session", "a heartbeat of a session that never started is answered 500",
		func(r *rules) { r.unknownSession = crash() }),
	wrong("second-end-crashes", "end/repeated-end", "an end of a session that is over is answered 500",
		func(r *rules) { r.unknownSession = crash() }),
	wrong("first-heartbeat-refused", "heartbeat/first-at-once", "the first heartbeat is refused when its order id is 2",
		refusing(contract.Heartbeat, playtime.MemberOrder, func(q *playtime.Request) bool { return q.Order == 2 })),
	wrong("closed-after-two-minutes", "heartbeat/period-keeps-session", "a session that was silent for two minutes is closed, and its heartbeat refused",
		closingAfter(2*time.Minute)),
	wrong("closed-after-four-minutes", "heartbeat/five-minutes-keep-session", "a session that was silent for four minutes is closed, and its heartbeat refused",
		closingAfter(4*time.Minute)),
	wrong("one-session-per-user", "start/sessions-side-by-side", "a second open session of one user is refused",
		func(r *rules) { r.oneSession = true }),
	wrong("start-order-fixed", "start/later-order-taken", "a start with another order id than 1 is refused",
		refusing(contract.Start, playtime.MemberOrder, func(q *playtime.Request) bool { return q.Order != 1 })),
	wrong("four-heartbeats-at-most", "heartbeat/goes-on", "the fifth heartbeat is refused",
		refusing(contract.Heartbeat, playtime.MemberOrder, func(q *playtime.Request) bool { return q.Order == 6 })),
	wrong("gaps-refused-in-heartbeat", "heartbeat/gaps-taken", "a heartbeat whose order id skips a number is refused",
		func(r *rules) { r.gapsRefused[contract.Heartbeat] = true }),
	wrong("gaps-refused-in-end", "end/gap-taken", "an end whose order id skips a number is refused",
		func(r *rules) { r.gapsRefused[contract.End] = true }),
	wrong("order-unchecked", "heartbeat/falling-order-refused", "an order id that falls is taken",
		func(r *rules) { r.orderUnchecked = true }),
	wrong("end-must-rise", "end/last-order-taken", "an end with the last order id is refused",
		func(r *rules) { r.endMustRise = true }),
	wrong("end-needs-heartbeat", "end/without-heartbeat", "an end right after its start is refused",
		refusing(contract.End, playtime.MemberOrder, func(q *playtime.Request) bool { return q.Order == 2 })),
}

// closingAfter drops sessions after so much silence, and knows them no more.
func closingAfter(silence time.Duration) func(*rules) {
	return func(r *rules) {
		r.reap = silence
		r.unknownSession = &refusal{status: http.StatusNotFound, ref: refNotFound, message: "no such session"}
	}
}

// crash is the refusal of a server that did not think of something.
func crash() *refusal {
	return &refusal{status: http.StatusInternalServerError, ref: 29100, message: "something failed"}
}

// Mutants of the figures.
var insightMutants = []mutant{
	wrong("players-not-counted", "insights/concurrent-players", "the number of concurrent players is always zero",
		miscounting(func(in *contract.Insights) { in.ConcurrentPlayers = 0 })),
	wrong("content-counted-once", "insights/concurrent-content", "one piece of content is counted at most",
		miscounting(func(in *contract.Insights) { in.ConcurrentUGC = min(in.ConcurrentUGC, 1) })),
	wrong("content-counted-to-five", "insights/new-content", "five pieces of content are counted at most",
		miscounting(func(in *contract.Insights) { in.ConcurrentUGC = min(in.ConcurrentUGC, 5) })),
	wrong("total-forgets", "insights/total-players", "the total counts no player",
		miscounting(func(in *contract.Insights) { in.TotalPlayers = 0 })),
	wrong("end-does-not-end", "insights/average-playtime", "an end is acknowledged and forgotten",
		func(r *rules) { r.endsIgnored = true }),
	wrong("content-average-missing", "insights/average-content", "the average number of ids per session is zero",
		miscounting(func(in *contract.Insights) { in.AverageUGCSession = 0 })),
	wrong("more-concurrent-than-total", "insights/figures-agree", "one concurrent player is counted too many",
		miscounting(func(in *contract.Insights) { in.ConcurrentPlayers = in.TotalPlayers + 1 })),
}

func miscounting(change func(*contract.Insights)) func(*rules) {
	return func(r *rules) { r.miscount = change }
}

// refusing refuses a member of every request of this kind that is bad.
func refusing(kind contract.Kind, field string, bad func(*playtime.Request) bool) func(*rules) {
	return func(r *rules) {
		r.demands = func(k contract.Kind, q *playtime.Request) string {
			if k == kind && bad(q) {
				return field
			}
			return ""
		}
	}
}

func inMillis(q *playtime.Request) bool  { return len(q.TS) == 13 }
func inSeconds(q *playtime.Request) bool { return len(q.TS) == 10 }

func isQuoted(member string) func(*playtime.Request) bool {
	return func(q *playtime.Request) bool { return slices.Contains(q.Quoted, member) }
}

var guid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
