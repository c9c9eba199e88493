package export

import (
	"encoding/csv"
	"io"
	"strconv"
	"time"

	"github.com/parquet-go/parquet-go"
)

// column is one column of a table in CSV.
type column[Row any] struct {
	name string
	text func(*Row) string
}

// writeCSV writes a table by RFC 4180: a header line, then one line for each row. What is missing is empty.
func writeCSV[Row any](w io.Writer, rows []Row, columns []column[Row]) error {
	out := csv.NewWriter(w)
	line := make([]string, len(columns))
	for i, c := range columns {
		line[i] = c.name
	}
	if err := out.Write(line); err != nil {
		return err
	}
	for r := range rows {
		for i, c := range columns {
			line[i] = c.text(&rows[r])
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// writeParquet writes a table as one file with one row group, compressed with Zstandard.
func writeParquet[Row any](w io.Writer, rows []Row) error {
	out := parquet.NewGenericWriter[Row](w, parquet.Compression(&parquet.Zstd), parquet.CreatedBy("muster", "", ""))
	if _, err := out.Write(rows); err != nil {
		return err
	}
	return out.Close()
}

var sessionColumns = []column[Session]{
	{"session_id", func(s *Session) string { return s.ID }},
	{"player", func(s *Session) string { return whole(s.Player) }},
	{"state", func(s *Session) string { return s.State }},
	{"start", func(s *Session) string { return instant(s.Start) }},
	{"end", func(s *Session) string {
		if s.End == nil {
			return ""
		}
		return instant(*s.End)
	}},
	{"playtime_seconds", func(s *Session) string {
		if s.Playtime == nil {
			return ""
		}
		return decimal(*s.Playtime)
	}},
	{"ugc", func(s *Session) string { return whole(s.UGC) }},
	{"platform", func(s *Session) string { return s.Platform }},
	{"portal", func(s *Session) string { return s.Portal }},
}

var sampleColumns = []column[Sample]{
	{"at", func(s *Sample) string { return instant(s.At) }},
	{"concurrent_players", func(s *Sample) string { return whole(s.ConcurrentPlayers) }},
	{"concurrent_ugc", func(s *Sample) string { return whole(s.ConcurrentUGC) }},
	{"total_players", func(s *Sample) string { return whole(s.TotalPlayers) }},
	{"average_playtime_seconds", func(s *Sample) string { return decimal(s.AveragePlaytime) }},
	{"average_ugc_per_session", func(s *Sample) string { return decimal(s.AverageUGCSession) }},
	{"sessions_0_5_min", func(s *Sample) string { return whole(s.Under5Min) }},
	{"sessions_5_30_min", func(s *Sample) string { return whole(s.Under30Min) }},
	{"sessions_30_60_min", func(s *Sample) string { return whole(s.Under60Min) }},
	{"sessions_1_2_h", func(s *Sample) string { return whole(s.Under2H) }},
	{"sessions_2_h_or_more", func(s *Sample) string { return whole(s.From2H) }},
}

func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
func whole(n int64) string       { return strconv.FormatInt(n, 10) }
func decimal(f float64) string   { return strconv.FormatFloat(f, 'f', -1, 64) }
