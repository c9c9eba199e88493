package export

import (
	"strconv"
	"time"

	"github.com/passmuster/muster/internal/table"
)

var sessionColumns = []table.Column[Session]{
	table.Col("session_id", func(s *Session) string { return s.ID }),
	table.Col("player", func(s *Session) string { return whole(s.Player) }),
	table.Col("state", func(s *Session) string { return s.State }),
	table.Col("start", func(s *Session) string { return instant(s.Start) }),
	table.Col("end", func(s *Session) string {
		if s.End == nil {
			return ""
		}
		return instant(*s.End)
	}),
	table.Col("playtime_seconds", func(s *Session) string {
		if s.Playtime == nil {
			return ""
		}
		return decimal(*s.Playtime)
	}),
	table.Col("ugc", func(s *Session) string { return whole(s.UGC) }),
	table.Col("platform", func(s *Session) string { return s.Platform }),
	table.Col("portal", func(s *Session) string { return s.Portal }),
}

var sampleColumns = []table.Column[Sample]{
	table.Col("at", func(s *Sample) string { return instant(s.At) }),
	table.Col("concurrent_players", func(s *Sample) string { return whole(s.ConcurrentPlayers) }),
	table.Col("concurrent_ugc", func(s *Sample) string { return whole(s.ConcurrentUGC) }),
	table.Col("total_players", func(s *Sample) string { return whole(s.TotalPlayers) }),
	table.Col("average_playtime_seconds", func(s *Sample) string { return decimal(s.AveragePlaytime) }),
	table.Col("average_ugc_per_session", func(s *Sample) string { return decimal(s.AverageUGCSession) }),
	table.Col("sessions_0_5_min", func(s *Sample) string { return whole(s.Under5Min) }),
	table.Col("sessions_5_30_min", func(s *Sample) string { return whole(s.Under30Min) }),
	table.Col("sessions_30_60_min", func(s *Sample) string { return whole(s.Under60Min) }),
	table.Col("sessions_1_2_h", func(s *Sample) string { return whole(s.Under2H) }),
	table.Col("sessions_2_h_or_more", func(s *Sample) string { return whole(s.From2H) }),
}

func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
func whole(n int64) string       { return strconv.FormatInt(n, 10) }
func decimal(f float64) string   { return strconv.FormatFloat(f, 'f', -1, 64) }
