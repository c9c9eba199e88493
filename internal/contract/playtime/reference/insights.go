package reference

import (
	"net/http"
	"time"

	"github.com/passmuster/muster/internal/contract"
)

// insights serves the five figures. They need no credentials: they are for the person who runs the reference.
func (s *Server) insights(now time.Time, m *contract.Message) contract.Reply {
	if m.Method != http.MethodGet {
		r := reply(http.StatusMethodNotAllowed, "text/plain", []byte("only GET is allowed here"))
		r.Header = []contract.Field{{Name: "Allow", Value: http.MethodGet}}
		return r
	}
	figures := s.state.insights(now)
	if s.rules.miscount != nil {
		s.rules.miscount(&figures)
	}
	return jsonReply(http.StatusOK, "application/json", figures)
}

// insights returns the five figures as of now, with the meaning that contract.Insights gives them. A player is an access
// token; playtime is the client's own stamps of end and start, each in either unit.
func (st *state) insights(now time.Time) contract.Insights {
	st.mu.Lock()
	defer st.mu.Unlock()
	in := contract.Insights{
		AsOfMS:            now.UnixMilli(),
		AveragePlaytime:   mean(float64(st.playtimeMS)/1000, st.ends),
		AverageUGCSession: mean(float64(st.startIDs), st.starts),
	}
	for _, u := range st.users {
		if u.started {
			in.TotalPlayers++
		}
		if u.started && active(now, u.seen) {
			in.ConcurrentPlayers++
		}
	}
	for _, seen := range st.content {
		if active(now, seen) {
			in.ConcurrentUGC++
		}
	}
	return in
}

func mean(sum float64, n int64) float64 {
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}
