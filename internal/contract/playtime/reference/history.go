package reference

import (
	"cmp"
	"slices"
	"time"

	"github.com/passmuster/muster/internal/contract/playtime/export"
)

// Bounds of what is kept for the export.
const (
	maxClosed   = 1 << 17     // sessions that are over
	maxSamples  = 7 * 24 * 60 // looks at the insights, a week of them
	sampleEvery = time.Minute // between two looks, when anything arrives at all
)

// ring keeps the latest values, up to a bound, and counts those that gave way.
type ring[T any] struct {
	most   int
	values []T
	oldest int
	gone   int64
}

func (r *ring[T]) add(v T) {
	if len(r.values) < r.most {
		r.values = append(r.values, v)
		return
	}
	r.values[r.oldest] = v
	r.oldest = (r.oldest + 1) % r.most
	r.gone++
}

// all returns the values, oldest first.
func (r *ring[T]) all() []T { return slices.Concat(r.values[r.oldest:], r.values[:r.oldest]) }

// Sessions returns every session that is open and those that were closed lately, by start. It makes the server a
// source of exports.
func (s *Server) Sessions() []export.Session {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	rows := s.state.closed.all()
	for key, held := range s.state.sessions {
		rows = append(rows, row(key, held, export.Open))
	}
	slices.SortStableFunc(rows, func(a, b export.Session) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Player, b.Player), cmp.Compare(a.ID, b.ID))
	})
	return rows
}

// Samples returns the insights as they were, minute by minute, for the last week in which anything arrived.
func (s *Server) Samples() []export.Sample {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	return s.state.samples.all()
}

// row is what is exported of a session that did not end.
func row(key sessionKey, s *session, state string) export.Session {
	return export.Session{
		ID: key.id, Player: int64(key.user) + 1, State: state, Start: time.UnixMilli(s.startMS).UTC(),
		UGC: s.ugc, Platform: s.from.platform, Portal: s.from.portal,
	}
}

// closeAs keeps a session for the export; endMS counts where it ended.
func (st *state) closeAs(how string, key sessionKey, s *session, endMS int64) {
	closed := row(key, s, how)
	if how == export.Ended {
		end, seconds := time.UnixMilli(endMS).UTC(), float64(max(endMS-s.startMS, 0))/1000
		closed.End, closed.Playtime = &end, &seconds
	}
	st.closed.add(closed)
}

// tick does what is due by the clock, at most once a minute: it drops what was silent for too long, and keeps a look at
// the insights.
func (st *state) tick(now time.Time) {
	if !st.ticked.IsZero() && now.Sub(st.ticked) < sampleEvery {
		return
	}
	st.ticked = now
	for key, s := range st.sessions {
		if now.Sub(s.seen) >= st.reap {
			st.closeAs(export.Reaped, key, s, 0)
			st.drop(key)
		}
	}
	for id, seen := range st.content {
		if !active(now, seen) {
			delete(st.content, id)
		}
	}
	f := st.figures(now)
	st.samples.add(export.Sample{
		At: now.UTC(), ConcurrentPlayers: f.ConcurrentPlayers, ConcurrentUGC: f.ConcurrentUGC, TotalPlayers: f.TotalPlayers,
		AveragePlaytime: f.AveragePlaytime, AverageUGCSession: f.AverageUGCSession,
		Under5Min: f.Buckets.Under5Min, Under30Min: f.Buckets.Under30Min, Under60Min: f.Buckets.Under60Min,
		Under2H: f.Buckets.Under2H, From2H: f.Buckets.From2H,
	})
}
