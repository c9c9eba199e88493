// Package export writes what the insights are made of as tables: one row for each session, and the insights over time.
//
// Rows flow in from a Source, which is the server half, and CSV or Parquet flows out. Both hold the same columns in the
// same order under the same names; times are UTC, in milliseconds. The package does no I/O of its own: bytes go to a
// writer or, named and whole, to a Store. It imports internal/table only.
package export

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/table"
)

// Session is one row of the table sessions.
type Session struct {
	ID       string     `parquet:"session_id"`
	Player   int64      `parquet:"player"`                              // number of the access token, from 1
	State    string     `parquet:"state,dict"`                          // open, ended, or reaped, which is silent for too long
	Start    time.Time  `parquet:"start,timestamp(millisecond)"`        // as the client stamped it
	End      *time.Time `parquet:"end,optional,timestamp(millisecond)"` // as the client stamped it; nil unless ended
	Playtime *float64   `parquet:"playtime_seconds,optional"`           // from start to end, at least 0; nil unless ended
	UGC      int64      `parquet:"ugc"`                                 // number of ids at the start
	Platform string     `parquet:"platform,dict"`                       // by the documented list; windows for what is not on it
	Portal   string     `parquet:"portal,dict"`                         // by the documented list; empty for what is not on it
}

// The states of a session.
const (
	Open   = "open"
	Ended  = "ended"
	Reaped = "reaped"
)

// Sample is one row of the table insights: the five figures and the sessions by playtime, at one instant.
type Sample struct {
	At                time.Time `parquet:"at,timestamp(millisecond)"`
	ConcurrentPlayers int64     `parquet:"concurrent_players"`
	ConcurrentUGC     int64     `parquet:"concurrent_ugc"`
	TotalPlayers      int64     `parquet:"total_players"`
	AveragePlaytime   float64   `parquet:"average_playtime_seconds"`
	AverageUGCSession float64   `parquet:"average_ugc_per_session"`
	Under5Min         int64     `parquet:"sessions_0_5_min"`
	Under30Min        int64     `parquet:"sessions_5_30_min"`
	Under60Min        int64     `parquet:"sessions_30_60_min"`
	Under2H           int64     `parquet:"sessions_1_2_h"`
	From2H            int64     `parquet:"sessions_2_h_or_more"`
}

// Source has the rows. Each call gives those of its moment, which the caller owns.
type Source interface {
	Sessions() []Session // by start
	Samples() []Sample   // by time
}

// Store keeps whole objects by name.
type Store interface {
	// Put stores data under a name such as sessions.parquet, in place of what was there.
	Put(ctx context.Context, name string, data []byte) error
}

// The tables and the formats, by the words that name them.
const (
	TableSessions = "sessions"
	TableInsights = "insights"
	CSV           = "csv"
	Parquet       = "parquet"
)

// Tables lists the tables that Write takes.
func Tables() []string { return []string{TableSessions, TableInsights} }

// Formats lists the formats that Write takes.
func Formats() []string { return []string{CSV, Parquet} }

// ContentType returns the media type of a format.
func ContentType(format string) string {
	if format == CSV {
		return "text/csv; charset=utf-8"
	}
	return "application/vnd.apache.parquet"
}

// Check says what is wrong with the name of a table or of a format.
func Check(table, format string) error {
	switch {
	case !slices.Contains(Tables(), table):
		return fmt.Errorf("export table %q: want one of %s", table, strings.Join(Tables(), ", "))
	case !slices.Contains(Formats(), format):
		return fmt.Errorf("export as %q: want one of %s", format, strings.Join(Formats(), ", "))
	}
	return nil
}

// Write writes one table in one format.
func Write(w io.Writer, src Source, name, format string) error {
	if err := Check(name, format); err != nil {
		return err
	}
	var err error
	switch {
	case name == TableSessions && format == CSV:
		err = table.CSV(w, sessionColumns, table.Rows(src.Sessions()))
	case name == TableSessions:
		err = table.Parquet(w, table.Rows(src.Sessions()))
	case format == CSV:
		err = table.CSV(w, sampleColumns, table.Rows(src.Samples()))
	default:
		err = table.Parquet(w, table.Rows(src.Samples()))
	}
	if err != nil {
		return fmt.Errorf("export %s as %s: %w", name, format, err)
	}
	return nil
}

// Save puts every table into a store in every format given, each under its own name, and stops at the first that fails.
func Save(ctx context.Context, store Store, src Source, formats ...string) error {
	for _, table := range Tables() {
		for _, format := range formats {
			var data bytes.Buffer
			if err := Write(&data, src, table, format); err != nil {
				return err
			}
			if err := store.Put(ctx, table+"."+format, data.Bytes()); err != nil {
				return fmt.Errorf("export %s as %s: %w", table, format, err)
			}
		}
	}
	return nil
}
