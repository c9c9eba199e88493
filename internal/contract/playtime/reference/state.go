package reference

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
	"github.com/passmuster/muster/internal/contract/playtime/export"
)

// Bounds of what the server remembers.
const (
	maxSessions   = 1 << 20 // open sessions
	maxContent    = 1 << 18 // distinct content ids
	maxSessionIDs = 100     // content ids of one session
)

// activeFor is how long a player, a session or a piece of content counts as concurrent after its last sign of life.
const activeFor = 30 * time.Minute

// Counts says what the server holds, and what it no longer had room for.
type Counts struct {
	Sessions         int   // open sessions held
	SessionsUnkept   int64 // starts acknowledged but not held, since maxSessions were open
	SessionsGone     int64 // closed sessions that the export no longer has, since maxClosed came after them
	ContentUncounted int64 // content ids left out of the insights
}

// Counts returns the figures of this moment.
func (s *Server) Counts() Counts {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	c := s.state.counts
	c.Sessions = len(s.state.sessions)
	c.SessionsGone = s.state.closed.gone
	return c
}

// Shortfalls implements contract.Bounded.
func (s *Server) Shortfalls() []contract.Shortfall {
	c := s.Counts()
	return []contract.Shortfall{
		{What: "sessions not held", N: c.SessionsUnkept},
		{What: "closed sessions gone from the export", N: c.SessionsGone},
		{What: "content ids left out of the insights", N: c.ContentUncounted},
	}
}

type sessionKey struct {
	user int
	id   string
}

// session is an open session. It is dropped when it ends, and when it was silent for too long.
type session struct {
	startMS int64 // as the client stamped it
	order   int64 // the last one taken
	seen    time.Time
	ids     []int64
	ugc     int64 // how many ids there were at the start, also above maxSessionIDs
	from    origin
}

// user is what is known of one access token.
type user struct {
	started bool
	open    int // open sessions
	seen    time.Time
}

// state is everything that the server remembers.
type state struct {
	mu       sync.Mutex
	room     int // open sessions that may be held
	sessions map[sessionKey]*session
	users    []user
	content  map[int64]time.Time // last sign of life of a session with it
	reap     time.Duration       // silence after which a session is dropped
	ticked   time.Time
	counts   Counts
	closed   ring[export.Session]
	samples  ring[export.Sample]

	starts, startIDs int64 // sums over all starts
	ends, playtimeMS int64 // sums over all ended sessions
	buckets          buckets
}

func newState(users int, reap time.Duration) *state {
	return &state{
		reap:     reap,
		closed:   ring[export.Session]{most: maxClosed},
		samples:  ring[export.Sample]{most: maxSamples},
		room:     maxSessions,
		sessions: map[sessionKey]*session{},
		users:    make([]user, max(users, 1)),
		content:  map[int64]time.Time{},
	}
}

// apply does one request that is well-formed and well-signed.
func (st *state) apply(now time.Time, r *rules, kind contract.Kind, key sessionKey, req *playtime.Request, from origin) *refusal {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.tick(now)
	held := st.sessions[key]
	switch {
	case kind == contract.Start:
		return st.start(now, r, key, req, from)
	case held == nil:
		return r.unknownSession
	case kind == contract.Heartbeat:
		return st.heartbeat(now, r, key, req, held)
	default:
		return st.end(now, r, key, req, held)
	}
}

// start opens a session; one of the same id is replaced (ruling 18 leaves this open).
func (st *state) start(now time.Time, r *rules, key sessionKey, req *playtime.Request, from origin) *refusal {
	u, held := &st.users[key.user], st.sessions[key]
	if r.oneSession && held == nil && u.open > 0 {
		return &refusal{status: http.StatusConflict, ref: refInvalid, message: "another session is open"}
	}
	if held != nil && r.startTwice != nil {
		return r.startTwice
	}
	st.starts++
	st.startIDs += int64(len(req.IDs))
	u.started = true
	ids := slices.Clone(req.IDs[:min(len(req.IDs), maxSessionIDs)]) // a copy lets go of the rest
	st.counts.ContentUncounted += int64(len(req.IDs) - len(ids))
	fresh := &session{startMS: milliseconds(req.TS), order: req.Order, ids: ids, ugc: int64(len(req.IDs)), from: from}
	switch {
	case held != nil:
		st.sessions[key] = fresh
	case len(st.sessions) < st.room:
		u.open++
		st.sessions[key] = fresh
	default:
		st.counts.SessionsUnkept++
	}
	st.touch(now, key, fresh)
	return nil
}

func (st *state) heartbeat(now time.Time, r *rules, key sessionKey, req *playtime.Request, held *session) *refusal {
	if no := r.checkOrder(contract.Heartbeat, held.order, req.Order); no != nil {
		return no
	}
	held.order = req.Order
	st.touch(now, key, held)
	return nil
}

// end closes a session.
func (st *state) end(now time.Time, r *rules, key sessionKey, req *playtime.Request, held *session) *refusal {
	if no := r.checkOrder(contract.End, held.order, req.Order); no != nil {
		return no
	}
	st.touch(now, key, held)
	if r.endsIgnored {
		return nil
	}
	endMS := milliseconds(req.TS)
	playedMS := max(endMS-held.startMS, 0)
	st.ends++
	st.playtimeMS += playedMS
	st.buckets.count(time.Duration(playedMS) * time.Millisecond)
	st.closeAs(export.Ended, key, held, endMS)
	st.drop(key)
	return nil
}

func (st *state) drop(key sessionKey) {
	delete(st.sessions, key)
	st.users[key.user].open--
}

// touch notes a sign of life of a session.
func (st *state) touch(now time.Time, key sessionKey, s *session) {
	s.seen = now
	st.users[key.user].seen = now
	for _, id := range s.ids {
		if _, known := st.content[id]; !known && len(st.content) >= maxContent {
			st.counts.ContentUncounted++
			continue
		}
		st.content[id] = now
	}
}

// idsOf returns the ids that a session was started with; none when it is not held.
func (st *state) idsOf(key sessionKey) []int64 {
	st.mu.Lock()
	defer st.mu.Unlock()
	if held := st.sessions[key]; held != nil {
		return held.ids
	}
	return nil
}

func active(now, seen time.Time) bool { return !seen.IsZero() && now.Sub(seen) < activeFor }

// milliseconds reads a decoded timestamp of either unit.
func milliseconds(ts string) int64 {
	var n int64
	for _, digit := range ts {
		n = n*10 + int64(digit-'0')
	}
	if len(ts) == 10 {
		return n * 1000
	}
	return n
}

// checkOrder refuses an order id that does not rise; an end may repeat the last (ruling 9). Those that skip numbers are
// taken: a client spends an order id on a heartbeat that fails (ruling 10).
func (r *rules) checkOrder(kind contract.Kind, last, got int64) *refusal {
	least := last + 1
	if kind == contract.End && !r.endMustRise {
		least = last
	}
	if got < least && !r.orderUnchecked || got > last+1 && r.gapsRefused[kind] {
		return invalid(playtime.FieldError{Field: playtime.MemberOrder, Text: fmt.Sprintf("is %d, want at least %d", got, least)})
	}
	return nil
}
