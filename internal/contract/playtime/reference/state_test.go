package reference

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
)

// step is one message of a session and the status that it meets.
type step struct {
	kind  contract.Kind
	order int
	want  int
}

func TestTheLifeOfASession(t *testing.T) {
	const start, beat, end = contract.Start, contract.Heartbeat, contract.End
	tests := map[string][]step{
		"in order":                   {{start, 1, 204}, {beat, 2, 204}, {beat, 3, 204}, {end, 4, 204}},
		"gaps":                       {{start, 1, 204}, {beat, 7, 204}, {end, 20, 204}},
		"start at two":               {{start, 2, 204}, {beat, 3, 204}},
		"end repeats the last":       {{start, 1, 204}, {beat, 2, 204}, {end, 2, 204}},
		"end falls":                  {{start, 1, 204}, {beat, 5, 204}, {end, 4, 422}, {end, 5, 204}},
		"heartbeat repeats":          {{start, 1, 204}, {beat, 2, 204}, {beat, 2, 422}, {beat, 3, 204}},
		"heartbeat as the start":     {{start, 1, 204}, {beat, 1, 422}},
		"never started":              {{beat, 2, 204}, {end, 3, 204}},
		"heartbeat after the end":    {{start, 1, 204}, {end, 2, 204}, {beat, 2, 204}, {end, 2, 204}},
		"started twice, counts anew": {{start, 1, 204}, {beat, 9, 204}, {start, 1, 204}, {beat, 2, 204}},
	}
	for name, steps := range tests {
		s := testServer(t, "")
		for i, st := range steps {
			got := s.Respond(epoch, request(t, st.kind, "s", st.order, epoch, 5)).Reply
			if got.Status != st.want {
				t.Errorf("%s, step %d (%s %d): got %d %s, want %d", name, i, st.kind, st.order, got.Status, got.Body, st.want)
			}
		}
	}
}

func TestRulingsOnWhatTheDocumentLeavesOpen(t *testing.T) {
	s := testServer(t, "")
	s.rules.unknownSession = &refusal{status: http.StatusNotFound, ref: refNotFound, message: "no such session"}
	s.rules.startTwice = &refusal{status: http.StatusConflict, ref: refInvalid, message: "started before"}
	for i, st := range []step{
		{contract.Heartbeat, 2, 404}, {contract.Start, 1, 204}, {contract.Start, 1, 409},
		{contract.Heartbeat, 2, 204}, {contract.End, 3, 204}, {contract.End, 3, 404},
	} {
		if got := s.Respond(epoch, request(t, st.kind, "s", st.order, epoch, 5)).Reply; got.Status != st.want {
			t.Errorf("step %d: got %d, want %d", i, got.Status, st.want)
		}
	}
}

func insightsAt(t *testing.T, s *Server, now time.Time) contract.Insights {
	t.Helper()
	reply := s.Respond(now, &contract.Message{Method: http.MethodGet, Path: playtime.PathInsights}).Reply
	var in contract.Insights
	if err := json.Unmarshal(reply.Body, &in); err != nil || reply.Status != http.StatusOK {
		t.Fatalf("insights: status %d, %s: %v", reply.Status, reply.Body, err)
	}
	return in
}

func TestInsightsMeanWhatTheySay(t *testing.T) {
	s := testServer(t, "")
	ofB := func(m *contract.Message) *contract.Message { setHeader(m, "Authorization", "Bearer b"); return m }
	at := func(minutes int) time.Time { return epoch.Add(time.Duration(minutes) * time.Minute) }

	if in := insightsAt(t, s, epoch); in != (contract.Insights{AsOfMS: epoch.UnixMilli()}) {
		t.Errorf("before anything: %+v", in)
	}
	s.Respond(at(0), request(t, contract.Start, "one", 1, at(0), 10, 11, 10))
	s.Respond(at(0), request(t, contract.Start, "two", 1, at(0), 11))
	s.Respond(at(5), ofB(request(t, contract.Start, "one", 1, at(5), 12, 13)))
	s.Respond(at(10), request(t, contract.End, "one", 2, at(10)))
	s.Respond(at(20), request(t, contract.End, "two", 2, at(20)))

	steps := []struct {
		minute                  int
		players, content, total int64
	}{
		{20, 2, 4, 2}, // everybody was seen within half an hour
		{34, 2, 4, 2}, // b was seen 29 minutes ago
		{35, 1, 2, 2}, // b was seen 30 minutes ago, and with him 12 and 13
		{41, 1, 1, 2}, // session one, with 10, was seen 31 minutes ago
		{50, 0, 0, 2},
	}
	for _, st := range steps {
		want := contract.Insights{
			AsOfMS: at(st.minute).UnixMilli(), ConcurrentPlayers: st.players, ConcurrentUGC: st.content, TotalPlayers: st.total,
			AveragePlaytime: 15 * 60, AverageUGCSession: 2,
		}
		if got := insightsAt(t, s, at(st.minute)); got != want {
			t.Errorf("minute %d:\n got %+v\nwant %+v", st.minute, got, want)
		}
	}
}

func TestPlaytimeIsTheClientsOwnInEitherUnit(t *testing.T) {
	for _, tt := range []struct {
		start, end string
		want       int64
	}{
		{"1721714604802", "1721714604902", 100}, {"1721714604", "1721714614", 10_000},
		{"1721714604000", "1721714605", 1000}, {"1721714605", "1721714604", 0},
	} {
		s := testServer(t, "")
		key := sessionKey{id: "s"}
		for _, no := range []*refusal{
			s.state.apply(epoch, &s.rules, contract.Start, key, &playtime.Request{TS: tt.start, Order: 1}, origin{}),
			s.state.apply(epoch, &s.rules, contract.End, key, &playtime.Request{TS: tt.end, Order: 2}, origin{}),
		} {
			if no != nil {
				t.Fatal(no)
			}
		}
		if s.state.playtimeMS != tt.want || s.state.ends != 1 {
			t.Errorf("%s to %s: got %d ms over %d ends", tt.start, tt.end, s.state.playtimeMS, s.state.ends)
		}
	}
}

func TestInsightsTakeOnlyGet(t *testing.T) {
	s := testServer(t, "")
	reply := s.Respond(epoch, &contract.Message{Method: http.MethodPost, Path: playtime.PathInsights}).Reply
	if allow, _ := reply.Get("Allow"); reply.Status != 405 || allow != http.MethodGet {
		t.Errorf("got %d, allow %q", reply.Status, allow)
	}
}

func TestMemoryIsBoundedAndWhatDidNotFitIsCounted(t *testing.T) {
	s := testServer(t, "")
	s.state.room = 2
	start := func(id string, at time.Time) int {
		return s.Respond(at, request(t, contract.Start, id, 1, at, 5)).Reply.Status
	}
	for _, id := range []string{"one", "two", "three"} {
		if status := start(id, epoch); status != 204 {
			t.Errorf("%s: status %d", id, status)
		}
	}
	if c := s.Counts(); c.Sessions != 2 || c.SessionsUnkept != 1 {
		t.Errorf("full: %+v", c)
	}
	start("four", epoch.Add(activeFor)) // the first two fell silent and give way
	if c := s.Counts(); c.Sessions != 1 || c.SessionsUnkept != 1 {
		t.Errorf("after half an hour: %+v", c)
	}
	ids := make([]int64, maxSessionIDs+7)
	for i := range ids {
		ids[i] = int64(i + 1)
	}
	s.Respond(epoch, request(t, contract.Start, "five", 1, epoch, ids...))
	if c := s.Counts(); c.ContentUncounted != 7 {
		t.Errorf("many ids: %+v", c)
	}
	want := []contract.Shortfall{{What: "sessions not held", N: 1}, {What: "closed sessions gone from the export"}, {What: "content ids left out of the insights", N: 7}}
	if got := contract.Bounded(s).Shortfalls(); !slices.Equal(got, want) {
		t.Errorf("shortfalls %+v, want %+v", got, want)
	}
	if open := s.state.users[0].open; open != 2 {
		t.Errorf("user has %d open sessions, want 2", open)
	}
}
