package reference

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
	"github.com/passmuster/muster/internal/contract/playtime/export"
)

// played has two sessions that end, one that falls silent and one that stays open.
func played(t *testing.T) (*Server, time.Time) {
	t.Helper()
	s := serverWith(t, Knobs{Reap: 10 * time.Minute})
	at := func(minutes int) time.Time { return epoch.Add(time.Duration(minutes) * time.Minute) }
	send := func(minute int, kind contract.Kind, id string, order int, platform, portal string) {
		m := request(t, kind, id, order, at(minute), 7, 8)
		setHeader(m, playtime.HeaderPlatform, platform)
		setHeader(m, playtime.HeaderPortal, portal)
		if got := s.Respond(at(minute), m).Reply.Status; got != 204 {
			t.Fatalf("%s of %s: got %d", kind, id, got)
		}
	}
	send(0, contract.Start, "silent", 1, "", "")
	send(0, contract.Start, "short", 1, "PS5", "psn")
	send(4, contract.End, "short", 2, "", "")
	send(5, contract.Start, "long", 1, "toaster", "egs")
	for minute := 7; minute <= 35; minute += 7 {
		send(minute, contract.Heartbeat, "long", minute, "", "")
	}
	send(36, contract.Start, "open", 1, "linux", "steam")
	send(65, contract.Start, "late", 1, "linux", "steam")
	return s, at(65)
}

func TestSessionsAreKeptForTheExport(t *testing.T) {
	s, _ := played(t)
	var got []string
	for _, row := range s.Sessions() {
		text := fmt.Sprintf("%s %s %s/%s %d", row.ID, row.State, row.Platform, row.Portal, row.UGC)
		if row.End != nil {
			text += fmt.Sprintf(" %v %v", row.End.Sub(row.Start), *row.Playtime)
		}
		got = append(got, text)
	}
	want := []string{
		"short ended ps5/psn 2 4m0s 240", "silent reaped windows/ 2", "long reaped windows/ 2",
		"open reaped linux/steam 2", "late open linux/steam 2",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestTheInsightsAreKeptMinuteByMinute(t *testing.T) {
	s, end := played(t)
	samples := s.Samples()
	last := samples[len(samples)-1]
	if len(samples) != 10 || !last.At.Equal(end) || last.Under5Min != 1 || last.AveragePlaytime != 240 || samples[0].TotalPlayers != 0 {
		t.Errorf("%d samples, the last %+v", len(samples), last)
	}
}

func TestPlaytimeBuckets(t *testing.T) {
	var b buckets
	for _, minutes := range []int{0, 4, 5, 29, 30, 59, 60, 119, 120, 5000} {
		b.count(time.Duration(minutes) * time.Minute)
	}
	if b != (buckets{2, 2, 2, 2, 2}) {
		t.Errorf("got %+v, want two of each", b)
	}
	s := testServer(t, "")
	body := string(s.Respond(epoch, &contract.Message{Method: http.MethodGet, Path: playtime.PathInsights}).Reply.Body)
	const want = `"playtime_buckets":{"0_5_min":0,"5_30_min":0,"30_60_min":0,"1_2_h":0,"2_h_or_more":0}`
	if !strings.Contains(body, want) || !strings.Contains(body, `"as_of_ms":`) {
		t.Errorf("got %s, want %s beside the five", body, want)
	}
}

func TestTheHistoryIsBounded(t *testing.T) {
	r := ring[int]{most: 3}
	for i := range 5 {
		r.add(i)
	}
	if fmt.Sprint(r.all()) != "[2 3 4]" || r.gone != 2 {
		t.Errorf("got %v, %d gone", r.all(), r.gone)
	}
}

func TestExportIsServed(t *testing.T) {
	s, end := played(t)
	get := func(query string) contract.Reply {
		return s.Respond(end, &contract.Message{Method: http.MethodGet, Path: playtime.PathExport, Query: query}).Reply
	}
	for query, want := range map[string]struct{ begins, mediaType, file string }{
		"":                              {"session_id,player,", "text/csv; charset=utf-8", "sessions.csv"},
		"table=insights":                {"at,concurrent_players,", "text/csv; charset=utf-8", "insights.csv"},
		"format=parquet":                {"PAR1", "application/vnd.apache.parquet", "sessions.parquet"},
		"format=parquet&table=insights": {"PAR1", "application/vnd.apache.parquet", "insights.parquet"},
	} {
		r := get(query)
		mediaType, _ := r.Get("Content-Type")
		file, _ := r.Get("Content-Disposition")
		if r.Status != 200 || !strings.HasPrefix(string(r.Body), want.begins) || mediaType != want.mediaType || !strings.Contains(file, want.file) {
			t.Errorf("%q: got %d, %s, %s, %.40q", query, r.Status, mediaType, file, r.Body)
		}
	}
	for query, want := range map[string]string{"format=xls": "csv, parquet", "table=players": "sessions, insights"} {
		if r := get(query); r.Status != 400 || !strings.Contains(string(r.Body), want) {
			t.Errorf("%q: got %d %s", query, r.Status, r.Body)
		}
	}
	if r := s.Respond(end, &contract.Message{Method: http.MethodPost, Path: playtime.PathExport}).Reply; r.Status != 405 {
		t.Errorf("POST: got %d", r.Status)
	}
	var _ export.Source = s
}
