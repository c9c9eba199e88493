package reference

import (
	"bufio"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/reference/dashboard"
	"github.com/passmuster/muster/internal/target"
)

// scribe serves insights with a text of its own, after a while, and counts how often it is asked.
type scribe struct {
	text  string
	while time.Duration
	asked *int
}

func (scribe) Handles(*contract.Message) bool { return true }

func (h scribe) Respond(time.Time, *contract.Message) contract.Answer {
	if h.asked != nil {
		*h.asked++
	}
	if h.text == "panic" {
		panic("as told")
	}
	time.Sleep(h.while)
	return contract.Answer{Reply: contract.Reply{Status: http.StatusOK, Body: []byte(h.text)}}
}

func TestFiguresAreReadFromTheHalf(t *testing.T) {
	for _, c := range []struct {
		name, text string
		players    int64 // -1: there are no insights
		buckets    []dashboard.Count
	}{
		{"five insights", `{"concurrent_players":7}`, 7, nil},
		{"buckets, in their order", `{"concurrent_players":7,"playtime_buckets":{"5_30_min":2,"0_5_min":1}}`, 7,
			[]dashboard.Count{{Name: "5_30_min", Total: 2}, {Name: "0_5_min", Total: 1}}},
		{"buckets that are none", `{"concurrent_players":7,"playtime_buckets":[1,2]}`, 7, nil},
		{"null buckets", `{"concurrent_players":7,"playtime_buckets":null}`, 7, nil},
		{"no JSON", `seven`, -1, nil},
		{"a half that panics", "panic", -1, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := figures{of: &Server{halves: []contract.Responder{scribe{text: c.text}}}}
			insights, buckets := f.at(time.Now())
			if (insights == nil) != (c.players < 0) || insights != nil && insights.ConcurrentPlayers != c.players {
				t.Errorf("insights are %+v, want %d players", insights, c.players)
			}
			if !reflect.DeepEqual(buckets, c.buckets) {
				t.Errorf("buckets are %v, want %v", buckets, c.buckets)
			}
		})
	}
}

func TestSlowFiguresAreAskedForSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		f := figures{of: &Server{halves: []contract.Responder{scribe{text: `{"total_players":9}`, while: 50 * time.Millisecond, asked: &asked}}}}
		for range 60 {
			if insights, _ := f.at(time.Now()); insights == nil || insights.TotalPlayers != 9 {
				t.Fatalf("in between the insights are %+v", insights)
			}
			time.Sleep(time.Second)
		}
		if asked < 10 || asked > 12 { // 50 ms each may be taken every 5 s
			t.Errorf("a half that needs 50 ms was asked %d times in a minute", asked)
		}
	})
}

func TestLiveStreamEndsWithTheServer(t *testing.T) {
	s := startStrict(t, Options{CheckClients: true})
	post(t, s.Target().Ingest.HTTP.BaseURL+"/take", "one")
	resp, err := http.Get(s.Target().Playtime.BaseURL + "/live")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	stream := bufio.NewReader(resp.Body)
	for { // the post may be in the first event or in the next one
		line, err := stream.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(line, "breaks a clause") && strings.Contains(line, "fake/body/is-not-one") && strings.Contains(line, "POST /take") {
			break
		}
	}
	if err := s.Close(t.Context()); err != nil {
		t.Errorf("close with a viewer: %v", err)
	}
	if _, err := io.Copy(io.Discard, stream); err != nil {
		t.Errorf("the stream was cut off: %v", err)
	}
}

func TestRecentRequestsAreBoundedAndNewestFirst(t *testing.T) {
	var tr traffic
	for i := range maxRecent + 5 {
		tr.count(Handled{
			Message:  &contract.Message{Transport: contract.HTTP, Method: http.MethodGet, Path: "/" + strings.Repeat("x", i*10), Query: "api_key=secret"},
			Reply:    &contract.Reply{Status: 200 + i%2},
			Accepted: i,
		}, i%2 == 0)
	}
	statuses, accepted, recent := tr.totals()
	if statuses[200] != 13 || statuses[201] != 12 || accepted[contract.HTTP] != 300 {
		t.Errorf("statuses %v, accepted %v", statuses, accepted)
	}
	if len(recent) != maxRecent || recent[0].accepted != maxRecent+4 || recent[maxRecent-1].accepted != 5 || !recent[0].wrong || recent[1].wrong {
		t.Errorf("the last requests are %+v", recent)
	}
	if len(recent[0].path) != maxPath {
		t.Errorf("a path of %d bytes is shown with %d", (maxRecent+4)*10+1, len(recent[0].path))
	}
}

// cramped is a half with a bound that was reached and one that was not.
type cramped struct{ scribe }

func (cramped) Shortfalls() []contract.Shortfall {
	return []contract.Shortfall{{What: "hats not held", N: 3}, {What: "coats not held"}}
}

// TestBoundsThatBiteAreFaults reads the server's own faults: always those that are its errors, and what was left out for
// the sake of a bound as soon as something was.
func TestBoundsThatBiteAreFaults(t *testing.T) {
	s := startHalves(t, Options{}, []Half{{
		Name: "cramped", New: func(*target.Target, string) (contract.Responder, error) { return cramped{}, nil },
	}})
	want := []dashboard.Count{{Name: "panics"}, {Name: "requests not stored"}, {Name: "hats not held", Total: 3}}
	if got := s.faults(); !reflect.DeepEqual(got, want) {
		t.Errorf("faults %+v, want %+v", got, want)
	}
}
