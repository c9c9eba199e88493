package reference

import (
	"net/http"
	"time"

	"github.com/passmuster/muster/internal/contract"
)

// figures are the five insights and what else the service's dashboard shows of playtime.
type figures struct {
	contract.Insights
	Buckets buckets `json:"playtime_buckets"`
}

// buckets count the ended sessions by their playtime, each from the lower bound up to below the upper one.
type buckets struct {
	Under5Min  int64 `json:"0_5_min"`
	Under30Min int64 `json:"5_30_min"`
	Under60Min int64 `json:"30_60_min"`
	Under2H    int64 `json:"1_2_h"`
	From2H     int64 `json:"2_h_or_more"`
}

// count puts one session into its bucket.
func (b *buckets) count(playtime time.Duration) {
	switch {
	case playtime < 5*time.Minute:
		b.Under5Min++
	case playtime < 30*time.Minute:
		b.Under30Min++
	case playtime < time.Hour:
		b.Under60Min++
	case playtime < 2*time.Hour:
		b.Under2H++
	default:
		b.From2H++
	}
}

// insights serves the figures. They need no credentials: they are for the person who runs the reference.
func (s *Server) insights(now time.Time, m *contract.Message) contract.Reply {
	if m.Method != http.MethodGet {
		return onlyGet()
	}
	f := s.state.look(now)
	if s.rules.miscount != nil {
		s.rules.miscount(&f.Insights)
	}
	return jsonReply(http.StatusOK, "application/json", f)
}

// look returns the figures as of now.
func (st *state) look(now time.Time) figures {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.tick(now)
	return st.figures(now)
}

// figures returns the figures as of now, the five with the meaning that contract.Insights gives them. A player is an
// access token; playtime is the client's own stamps of end and start, each in either unit.
func (st *state) figures(now time.Time) figures {
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
	return figures{Insights: in, Buckets: st.buckets}
}

func mean(sum float64, n int64) float64 {
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}
