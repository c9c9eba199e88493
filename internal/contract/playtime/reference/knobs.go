package reference

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/contract/playtime"
)

// Knobs are choices of a service that a client has to live with and that the document leaves open. The zero value is
// the friendliest service. What a target file rules on (target.Target.Rulings) is no knob: New reads it there.
type Knobs struct {
	Limits Limits        // requests per minute; none by default
	Reap   time.Duration // a session that was silent for so long is dropped; default 30 min (ruling 15)
	Skew   time.Duration // how far session_ts may be from the server's clock; 0 is any distance (ruling 22)

	RefuseReplays bool // a message that comes a second time is refused (ruling 13)
	IDsInBeatHash bool // a heartbeat or an end may also hash the ids of its start (ruling 5)
	Forms         bool // form fields and input_json are taken as well as JSON (ruling 17, fact B-4)

	Meet  string // what requests meet instead of an answer, one of Circumstances; empty is nothing
	Every int    // only every so many-th request meets it, in the order of their arrival; default each
}

// Limits are how many requests a minute holds, by the figures of fact B-E; 0 is no limit. The minutes are those
// of the clock, and requests that are refused count, too.
type Limits struct {
	TokenWrites     int // by one access token
	AddressWrites   int // from one address
	AddressRequests int // from one address, whatever they are
}

// DocumentedLimits returns the limits that the service documents.
func DocumentedLimits() Limits {
	return Limits{TokenWrites: 60, AddressWrites: 60, AddressRequests: 1000}
}

// defaultReap is also how long the insights count a silent player as concurrent.
const defaultReap = activeFor

// withDefaults fills in what was left out and reports everything that is wrong.
func (k Knobs) withDefaults() (Knobs, error) {
	if k.Reap == 0 {
		k.Reap = defaultReap
	}
	k.Every = max(k.Every, 1)
	var faults []error
	if k.Reap < time.Second {
		faults = append(faults, fmt.Errorf("serve playtime: sessions reaped after %v, want at least 1s", k.Reap))
	}
	if k.Skew < 0 {
		faults = append(faults, fmt.Errorf("serve playtime: clock skew of %v, want at least 0", k.Skew))
	}
	if _, known := circumstance(k.Meet); !known {
		faults = append(faults, fmt.Errorf("serve playtime: circumstance %q is unknown, want one of %s",
			k.Meet, strings.Join(Circumstances(), ", ")))
	}
	return k, errors.Join(faults...)
}

// circumstances is what can stand between a good request and its answer, whatever the request: the rows of fact
// B-E that do not depend on it. A client has to get along with each of them.
var circumstances = []struct {
	name string
	refusal
}{
	{"outage", refusal{status: http.StatusServiceUnavailable, ref: 10000, message: "the service is out of reach for now"}},
	{"failure", refusal{status: http.StatusInternalServerError, ref: 10002, message: "something failed inside the service"}},
	{"metrics-failure", refusal{status: http.StatusInternalServerError, ref: 29100, message: "the metrics failed inside the service"}},
	{"bad-gateway", refusal{status: http.StatusBadGateway, html: "<html><head><title>502 Bad Gateway</title></head><body>Bad gateway</body></html>\n"}},
	{"token-expired", refusal{status: http.StatusUnauthorized, ref: refUnknownToken, message: "the access token is unknown or expired"}},
	{"read-only-token", refusal{status: http.StatusForbidden, ref: refReadOnly, message: "the access token may not write"}},
	{"account-deleted", refusal{status: http.StatusForbidden, ref: 11006, message: "the account was deleted"}},
	{"account-banned", refusal{status: http.StatusForbidden, ref: 11007, message: "the account is banned"}},
	{"feature-off", refusal{status: http.StatusForbidden, ref: 14040, message: "the game does not have this feature"}},
	{"game-missing", refusal{status: http.StatusNotFound, ref: 14001, message: "no such game"}},
	{"game-deleted", refusal{status: http.StatusNotFound, ref: 14006, message: "the game was deleted"}},
	{"competing-request", refusal{status: http.StatusConflict, ref: refInvalid, message: "another request does the same right now"}},
	{"rate-limited", refusal{status: http.StatusTooManyRequests, ref: refLimitAll, message: "too many requests", retryAfter: 1}},
	{"endpoint-rate-limited", refusal{status: http.StatusTooManyRequests, ref: refLimitOne, message: "too many requests of this kind", retryAfter: 1}},
	{"rolling-rate-limited", refusal{status: http.StatusTooManyRequests, ref: refLimitAll, message: "too many requests", retryAfter: rolling}},
}

// Circumstances returns the names that Knobs.Meet takes.
func Circumstances() []string {
	var names []string
	for _, c := range circumstances {
		names = append(names, c.name)
	}
	return names
}

// circumstance finds one by its name; the empty name is none.
func circumstance(name string) (*refusal, bool) {
	i := slices.Index(Circumstances(), name)
	if i < 0 {
		return nil, name == ""
	}
	return &circumstances[i].refusal, true
}

// meet returns what this request meets instead of an answer.
func (s *Server) meet() *refusal {
	met, _ := circumstance(s.knobs.Meet)
	if met == nil || s.arrived.Add(1)%int64(s.knobs.Every) != 0 {
		return nil
	}
	return met
}

// punctual refuses a timestamp that is too far from the server's clock.
func (s *Server) punctual(now time.Time, req *playtime.Request) *refusal {
	off := now.Sub(time.UnixMilli(milliseconds(req.TS))).Abs()
	if s.rules.skew == 0 || off <= s.rules.skew {
		return nil
	}
	return invalid(playtime.FieldError{Field: playtime.MemberTS,
		Text: fmt.Sprintf("is %v away from the server's clock, want at most %v", off.Round(time.Second), s.rules.skew)})
}
