package dashboard

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/passmuster/muster/internal/contract"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2030, 5, 17, 12, 0, 0, 0, time.UTC)

// fixture is a server at second n of a made-up life.
func fixture(n int) Snapshot {
	k := int64(n)
	at := noon.Add(time.Duration(n) * time.Second)
	return Snapshot{
		Insights: &contract.Insights{
			ConcurrentPlayers: 1200 * k, ConcurrentUGC: 30 * k, TotalPlayers: 1300 * k, AveragePlaytime: 40 * float64(k), AverageUGCSession: 2.5,
		},
		Buckets:  []Count{{"0_5_min", 4}, {"5_30_min", 16}, {"2_h_or_more", 0}},
		Statuses: map[int]int64{200: 10 * k, 204: 40 * k, 422: k, 500: 0},
		Accepted: []Count{{"http", 25 * k}, {"kafka", 12 * k}, {"sns", 0}},
		Recent: []Request{
			{At: at, Took: 1500 * time.Microsecond, Transport: contract.HTTP, Line: "POST /ingress/events", Status: 200, Accepted: 25},
			{At: at, Took: 40 * time.Microsecond, Transport: contract.HTTP, Line: "GET /<script>", Status: 404, Wrong: true},
			{At: at, Took: 2 * time.Second, Transport: contract.Kafka, Line: "message", Accepted: 1},
		},
		Judgment: &Judgment{Messages: 51 * k, Clauses: 2, Broken: []Broken{{
			Clause: "fake/path/is-known", Count: 2, First: noon, Last: at,
			Examples: []Example{{At: noon, Wanted: "a known path", Got: `"<b>"`, Transcript: "> GET /<script>\n< 404 Not Found\n"}},
		}}},
		Faults: []Count{{"panics", 0}, {"requests not stored", 3}},
	}
}

// past is the first n seconds of the made-up life.
func past(n int) (history, Snapshot) {
	var h history
	var last Snapshot
	for i := range n {
		last = fixture(i)
		h.push(newPoint(noon.Add(time.Duration(i)*time.Second), &last))
	}
	return h, last
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(file); err != nil || string(want) != string(got) {
		t.Errorf("%s differs from what is rendered (%v); look at it after go test -update", file, err)
	}
}
