package clauses

import (
	"fmt"
	"mime"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
)

// The cadence that clients owe, with what the network may add to it.
const (
	beatShould = 150 * time.Second
	beatMust   = 300 * time.Second
	beatSlack  = 5 * time.Second
	clockSlack = 5 * time.Minute // of a client's clock
)

// duty is a client's clause and how a message shows that it is broken.
type duty struct {
	clause string
	wanted string
	read   bool               // judged only when the body could be read
	got    func(*look) string // what is there instead; empty when the duty is kept
}

// duties lists every clause that Judge can find broken.
var duties = []duty{
	{"playtime/start/client-begins-at-one", "session_order_id 1", true, orderOfStart},
	{"playtime/start/client-sends-valid-body", "one JSON object", false, notAnObject},
	{"playtime/start/client-sends-every-member", "every required member, in an allowed form", false, missing},
	{"playtime/start/client-session-id-is-guid", "a GUID as session_id", true, notAGUID},
	{"playtime/start/client-ids-are-numbers", "ids as integers", true, asText(playtime.MemberIDs)},
	{"playtime/start/client-order-is-number", "session_order_id as an integer", true, asText(playtime.MemberOrder)},
	{"playtime/start/client-names-content", "at least one id", true, noContent},
	{"playtime/start/client-starts-first", "a start before anything else of the session, and nothing after its end", true, notStarted},
	{"playtime/start/client-timestamp-is-current", "a session_ts within 5 min of the receipt", true, otherTime},
	{"playtime/start/client-keeps-the-unit", "one unit of session_ts within a session", true, otherUnit},
	{"playtime/heartbeat/client-order-rises", "a higher session_order_id than any before", true, fallingOrder},
	{"playtime/heartbeat/client-order-is-contiguous", "the session_order_id after the last one", true, skippedOrder},
	{"playtime/heartbeat/client-keeps-five-minutes", "a request of an open session within 300 s", true, silence(beatMust)},
	{"playtime/heartbeat/client-keeps-the-period", "a request of an open session within 150 s", true, silence(beatShould)},
	{"playtime/heartbeat/client-sends-no-ids", "no ids after the start", true, idsAgain},
	{"playtime/end/client-highest-order", "at least the highest session_order_id of the session", true, endBelow},
	{"playtime/end/client-order-exceeds", "a higher session_order_id than that of the last heartbeat", true, endRepeats},
	{"playtime/hash/client-signs-every-request", "the HMAC-SHA256 of the written rule, in lower-case hex", true, otherHash},
	{"playtime/hash/client-omits-ids-after-start", "a hash without the ids", true, idsInHash},
	{"playtime/hash/client-nonce-not-replayed", "a nonce that never came with this timestamp", true, replayed},
	{"playtime/hash/client-nonce-is-fresh", "a nonce that was never used", true, reused},
	{"playtime/headers/client-sends-token", "Authorization: Bearer and the access token", false, noToken},
	{"playtime/headers/client-declares-json", "Content-Type: application/json", false, otherType},
	{"playtime/headers/client-tells-platform-and-portal", "X-Modio-Platform and X-Modio-Portal", false, untold},
	{"playtime/headers/client-platform-is-listed", "a documented platform", false, unlisted(playtime.HeaderPlatform, playtime.Platforms())},
	{"playtime/headers/client-portal-is-listed", "a documented portal", false, unlisted(playtime.HeaderPortal, playtime.Portals())},
}

// shown quotes what a client sent, in one line of bounded length.
func shown(text string) string {
	const most = 80
	if len(text) > most {
		text = text[:most] + "..."
	}
	return fmt.Sprintf("%q", text)
}

func orderOfStart(l *look) string {
	if l.kind != contract.Start || l.req.Order == 1 {
		return ""
	}
	return fmt.Sprintf("session_order_id %d", l.req.Order)
}

func notAnObject(l *look) string {
	switch {
	case l.req.Pairs:
		return "an array of objects with a Key and a Value"
	case len(l.faults) > 0 && l.faults[0].Field == "":
		return shown(l.faults[0].Text)
	}
	return ""
}

func missing(l *look) string {
	if len(l.faults) == 0 || l.faults[0].Field == "" {
		return ""
	}
	var faults []string
	for _, f := range l.faults {
		faults = append(faults, f.Field+" "+f.Text)
	}
	return strings.Join(faults, "; ")
}

var guidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

func notAGUID(l *look) string {
	if l.kind != contract.Start || guidForm.MatchString(l.req.SessionID) {
		return ""
	}
	return shown(l.req.SessionID)
}

func asText(member string) func(*look) string {
	return func(l *look) string {
		if slices.Contains(l.req.Quoted, member) {
			return member + " as text"
		}
		return ""
	}
}

func noContent(l *look) string {
	if l.kind == contract.Start && len(l.req.IDs) == 0 {
		return "no ids"
	}
	return ""
}

func notStarted(l *look) string {
	switch {
	case l.kind == contract.Start:
		return ""
	case l.before == nil && !l.forgot:
		return "a session that was never started"
	case l.before != nil && l.before.over:
		return "a session that was ended"
	}
	return ""
}

func otherTime(l *look) string {
	ms, err := strconv.ParseInt(l.req.TS, 10, 64)
	if err != nil {
		return "" // what was decoded is a number
	}
	if len(l.req.TS) == 10 {
		ms *= 1000
	}
	off := l.now.Sub(time.UnixMilli(ms))
	if off.Abs() <= clockSlack {
		return ""
	}
	return fmt.Sprintf("%s, which is %v off", l.req.TS, off.Round(time.Second))
}

// going says whether the message belongs to a session that was seen and is not over.
func (l *look) going() bool { return l.kind != contract.Start && l.before != nil && !l.before.over }

func otherUnit(l *look) string {
	if !l.going() || l.before.unit == len(l.req.TS) {
		return ""
	}
	return fmt.Sprintf("%d digits after %d", len(l.req.TS), l.before.unit)
}

func fallingOrder(l *look) string {
	if !l.going() || l.kind != contract.Heartbeat || l.req.Order > l.before.order {
		return ""
	}
	return fmt.Sprintf("%d after %d", l.req.Order, l.before.order)
}

func skippedOrder(l *look) string {
	if !l.going() || l.req.Order <= l.before.order+1 {
		return ""
	}
	return fmt.Sprintf("%d after %d", l.req.Order, l.before.order)
}

func silence(most time.Duration) func(*look) string {
	return func(l *look) string {
		if !l.going() || l.now.Sub(l.before.last) <= most+beatSlack {
			return ""
		}
		return fmt.Sprintf("%v of silence", l.now.Sub(l.before.last).Round(time.Second))
	}
}

func idsAgain(l *look) string {
	if l.kind != contract.Start && slices.Contains(l.req.Unknown, playtime.MemberIDs) {
		return "ids in the body"
	}
	return ""
}

func endBelow(l *look) string {
	if !l.going() || l.kind != contract.End || l.req.Order >= l.before.order {
		return ""
	}
	return fmt.Sprintf("%d after %d", l.req.Order, l.before.order)
}

func endRepeats(l *look) string {
	if !l.going() || l.kind != contract.End || l.req.Order != l.before.order {
		return ""
	}
	return fmt.Sprintf("%d again", l.req.Order)
}

func replayed(l *look) string {
	if l.reused && l.reusedTS == l.req.TS {
		return "nonce and timestamp of an earlier request"
	}
	return ""
}

func reused(l *look) string {
	if l.reused {
		return "a nonce of an earlier request: " + shown(l.req.Nonce)
	}
	return ""
}

func noToken(l *look) string {
	given, _ := l.m.Get("Authorization")
	scheme, token, _ := strings.Cut(given, " ")
	switch {
	case given == "":
		return "no Authorization"
	case !strings.EqualFold(scheme, "Bearer") || strings.TrimSpace(token) == "":
		return "an Authorization of another form" // it may hold a secret
	}
	return ""
}

func otherType(l *look) string {
	declared, _ := l.m.Get("Content-Type")
	if parsed, _, err := mime.ParseMediaType(declared); err == nil && parsed == "application/json" {
		return ""
	}
	if declared == "" {
		return "no Content-Type"
	}
	return shown(declared)
}

func untold(l *look) string {
	var absent []string
	for _, name := range []string{playtime.HeaderPlatform, playtime.HeaderPortal} {
		if value, _ := l.m.Get(name); value == "" {
			absent = append(absent, "no "+name)
		}
	}
	return strings.Join(absent, ", ")
}

func unlisted(header string, list []string) func(*look) string {
	return func(l *look) string {
		value, _ := l.m.Get(header)
		if value == "" || slices.Contains(list, strings.ToLower(value)) {
			return ""
		}
		return shown(value)
	}
}
