package reports

import (
	"encoding/json"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/record"
)

var update = flag.Bool("update", false, "write the golden files, and the run directories that are missing")

// runV1 is a run directory of format version 1, as it was written once. It must render for ever, so it is never written
// again: a later format gets a directory of its own beside it.
const runV1 = "testdata/run-v1"

func openV1(t *testing.T) *record.Run {
	t.Helper()
	if _, err := os.Stat(runV1); os.IsNotExist(err) && *update {
		buildRun(t, runV1)
	}
	return open(t, runV1)
}

func open(t *testing.T, dir string) *record.Run {
	t.Helper()
	run, err := record.Open(dir)
	must(t, err)
	return run
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const fixtureSeconds = 24

var fixtureOps = []struct {
	name      string
	perSecond int
	median    float64 // of the service time, µs
	spread    float64
	failClass string
	failShare float64
	outcome   string
}{
	{"playtime.start", 40, 4200, 0.5, "rate-limited", 0.004, "failed"},
	{"playtime.heartbeat", 160, 2900, 0.45, "timeout", 0.002, "indeterminate"},
	{"playtime.end", 38, 3600, 0.5, "", 0, ""},
	{"ingest.http", 70, 6100, 0.6, "server-error", 0.006, "failed"},
	{"ingest.kafka", 90, 900, 0.4, "", 0, ""},
}

// buildRun writes a rehearsal in which a little of everything went wrong.
func buildRun(t *testing.T, dir string) {
	t.Helper()
	began := time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)
	m := fixtureManifest(began)
	w, err := record.Create(dir, m)
	must(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	planned := map[string]int{}
	for second := range fixtureSeconds {
		var frames []*record.Frame
		for i := range fixtureOps {
			frames = append(frames, fixtureFrame(t, random, second, i, planned))
		}
		must(t, w.Frames(frames))
	}
	m.Load.Planned = planned
	for _, f := range fixtureFailures() {
		must(t, w.Failure(f))
	}
	for _, f := range fixtureFindings() {
		must(t, w.Finding(f))
	}
	must(t, w.Ledger(record.Ledger{
		Planned: 9100, NeverSent: 0, Failed: 21, Indeterminate: 4, Acknowledged: 9075, Found: 9072, Lost: 3,
		Duplicated: 2, Reordered: 5, Landed: 1, Foreign: 17, Complete: true,
		Examples: []record.Example{
			{Kind: "lost", ID: "9f3c2e7d1a5b48c6b0e4d8f2a6c0e4b8", Player: 812, Event: 3},
			{Kind: "lost", ID: "1b7e5d3c9a8f46e2b4c6d8e0f2a4c6e8", Player: 1904, Event: 0},
			{Kind: "duplicated", ID: "c4d6e8f0a2b4c6d8e0f2a4b6c8d0e2f4", Player: 77, Event: 11},
		},
	}))
	truth := record.InsightsFigures{AsOfMS: began.Add(30 * time.Second).UnixMilli(), ConcurrentPlayers: 2310, ConcurrentUGC: 4871, TotalPlayers: 4962, AveragePlaytime: 1743.2, AverageUGC: 2.96}
	told := truth
	told.ConcurrentPlayers, told.AveragePlaytime = 2304, 1811.75
	must(t, w.Insights(record.InsightsPair{Truth: truth, Target: &told}))
	m.Ended, m.Finished = record.Complete, began.Add(41*time.Second)
	must(t, w.Manifest(m))
	must(t, w.Close())
}

func fixtureManifest(began time.Time) record.Manifest {
	ccu := make([]int, fixtureSeconds)
	for i := range ccu {
		ccu[i] = min(2400, 300*(i+1)) - max(0, (i-18)*150)
	}
	return record.Manifest{
		Name: "smoke", Verb: "rehearse", TargetIs: "acme-staging", Began: began,
		Muster: record.Build{Version: "0.1.0", Commit: "0123abc", Go: "go1.26.0"},
		Host:   record.Host{OS: "linux", Arch: "amd64", Cores: 8},
		Target: json.RawMessage(`{"version":1,"name":"acme-staging","playtime":{"base_url":"https://play.acme.example","metrics_key":"[redacted]"}}`),
		Generator: &record.Generator{
			CPUSeconds: 18.4, MaxRSSBytes: 212 << 20, Attackers: 4, MaxInFlight: 4096, PeakInFlight: 311, SlotsExhausted: 0, WorkersAtCap: 2,
		},
		Load: &record.LoadPlan{
			Scenario:       json.RawMessage(`{"version":1,"name":"smoke","duration":960000000000,"time_scale":40,"players":{"ccu":[{"at":0,"players":0},{"at":320000000000,"players":2400}]}}`),
			ScenarioDigest: "6b1f0d5c8f6f4b0d9c3a7e2f1d4c5b6a798081726354453627180f1e2d3c4b5a",
			Seed:           7, ScheduleHash: "a1b2c3d4e5f60718293a4b5c6d7e8f901122334455667788990011223344aabb",
			TimeScale: 40, PlannedWall: fixtureSeconds * time.Second, Warmup: 2 * time.Second, Slice: record.Slice{Index: 0, Count: 1},
			Players: 5000, PeakCCU: 2400, CCU: ccu, MaxLag: 250 * time.Millisecond, LateShare: 0.1,
			Operations: []string{"playtime.start", "playtime.heartbeat", "playtime.end", "ingest.http", "ingest.kafka"},
			Thresholds: []string{
				"playtime.heartbeat response p99 < 250ms", "ingest.kafka service p99.9 < 5ms", "errors < 0.1%", "lost == 0", "ingest.sns errors < 1%",
			},
		},
		Conform: &record.ConformPlan{Claimed: []string{"playtime", "ingest.http", "ingest.kafka", "ingest.readback"}, FailOn: "must", Clauses: 12},
	}
}

// fixtureFrame draws one second of one operation and counts into planned what was due.
func fixtureFrame(t *testing.T, random *rand.Rand, second, op int, planned map[string]int) *record.Frame {
	t.Helper()
	o := fixtureOps[op]
	f := record.NewFrame(second, o.name)
	n := max(1, int(float64(o.perSecond)*min(1, float64(second+1)/8)*(0.9+0.2*random.Float64())))
	planned[o.name] += n
	f.Planned, f.Fired, f.Sent = int64(n), int64(n), int64(n)
	slow := 1.0
	if second == 14 || second == 15 { // the target stalls for a while
		slow = 28
	}
	for range n {
		service := slow * o.median * math.Exp(o.spread*random.NormFloat64())
		lag := 180 * math.Exp(0.7*random.NormFloat64())
		tally(t, f.Service, service)
		tally(t, f.Response, service+lag)
		tally(t, f.Lag, lag)
		if random.Float64() < o.failShare*slow {
			f.Outcomes[o.outcome]++
			f.Classes[o.failClass]++
			continue
		}
		f.Outcomes["acknowledged"]++
	}
	return f
}

func tally(t *testing.T, h *hdrhistogram.Histogram, us float64) {
	t.Helper()
	must(t, h.RecordValue(int64(us)))
}

func fixtureFailures() []record.Failure {
	return []record.Failure{
		{Second: 6, Operation: "playtime.start", Class: "rate-limited", Status: 429, Detail: `{"error":{"code":429,"error_ref":11008,"message":"slow down"}}`,
			Curl: `curl -i -X POST "$PLAYTIME_URL/v1/metrics/sessions/start" -H "Authorization: Bearer $ACCESS_TOKEN"`},
		{Second: 14, Operation: "ingest.http", Class: "server-error", Status: 503, Detail: "upstream <busy> & slow"},
		{Second: 15, Operation: "playtime.heartbeat", Class: "timeout", Detail: "no answer within 10s"},
	}
}

func fixtureFindings() []record.Finding {
	const ms = time.Millisecond
	finding := func(id, level, transport, status, duty string, took time.Duration) record.Finding {
		return record.Finding{ID: id, Level: level, Transport: transport, Status: status, Duty: duty, Basis: "section 3.2",
			Contract: map[bool]string{true: "playtime", false: "ingest"}[id[0] == 'p'], Attempts: 1, Duration: took}
	}
	all := []record.Finding{
		finding("playtime/start/answers-204", "MUST", "http", record.Pass, "a well-formed start is answered with 204", 4*ms),
		finding("playtime/start/refuses-bad-hash", "MUST", "http", record.Fail, "a start whose hash does not verify is refused", 6*ms),
		finding("playtime/start/limits-ids", "SHOULD", "http", record.Fail, "a start with more than 100 ids is refused", 5*ms),
		finding("playtime/heartbeat/answers-204", "MUST", "http", record.Pass, "a heartbeat of a running session is answered with 204", 3*ms),
		finding("playtime/end/answers-204", "MUST", "http", record.Pass, "the end of a running session is answered with 204", 3*ms),
		finding("playtime/insights/total-players", "MAY", "http", record.NotClaimed, "the total counts each player once", 0),
		finding("ingest/http/accepts-array", "MUST", "http", record.Pass, "an array of events is accepted", 7*ms),
		finding("ingest/http/needs-key", "MUST", "http", record.Pass, "a request without a key is refused", 2*ms),
		finding("ingest/kafka/requires-tls", "MUST", "kafka", record.Pass, "a connection without TLS is refused", 31*ms),
		finding("ingest/kafka/stores-event", "MUST", "kafka", record.Inconclusive, "an acknowledged record is stored", 20_000*ms),
		finding("ingest/kafka/keeps-order", "SHOULD", "kafka", record.NotRun, "records of one key keep their order", 0),
		finding("ingest/events/keeps-for-a-year", "MUST", "http", record.Unobservable, "events are kept for a year", 0),
	}
	all[1].Violations = []record.Violation{{
		Wanted: "a status from 400 to 499", Got: "204",
		Exchange: "> POST /v1/metrics/sessions/start\n> Authorization: Bearer $ACCESS_TOKEN\n>\n> {\"session_hash\":\"00\"}\n< failed, status 204\n",
		Curl:     `curl -i -X POST "$PLAYTIME_URL/v1/metrics/sessions/start" -H "Authorization: Bearer $ACCESS_TOKEN" --data-raw '{"session_hash":"00"}'`,
		Replay:   "playtime/start/refuses-bad-hash",
	}, {Wanted: "the session to stay unknown", Got: "a heartbeat of it was answered with 204"}}
	all[2].Violations = []record.Violation{{Wanted: "422 for 101 ids", Got: "204 & <no body>"}}
	all[5].Reason = "the target does not claim playtime.insights"
	all[9].Reason = "read-back did not answer within 20s"
	all[10].Reason = "left out by the filter"
	all[11].Reason = "it would take a year"
	return all
}
