// Package longrun makes up the summary of an hour of six operations over three transports, and of 300 clauses, with
// everything on record that a run can have, so that tests can see how large its page becomes and how quickly it opens.
//
// Nothing flows in; a summary and its exhibits flow out, always the same. It is for tests only and imports reports and
// internal/record.
package longrun

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/reports"
)

// An hour in intervals of eight seconds.
const (
	intervals = 450
	width     = 8
	hour      = intervals * width
	clauses   = 300
)

// Summary returns the hour.
func Summary() (reports.Summary, reports.Exhibits) {
	r := rand.New(rand.NewPCG(1, 2))
	began := time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)
	l := &reports.Load{
		LoadVerdict: reports.Passed, ScheduleHash: fmt.Sprintf("%064x", 7), TimeScale: 1, Players: 250_000, PeakCCU: 100_000, DurationS: hour, WarmupS: 60,
		Reach: hour, IntervalS: width, Kafka: &record.KafkaSettings{},
		Ledger: &record.Ledger{Planned: 9_000_000, Acknowledged: 8_990_000, Found: 8_990_000, Failed: 10_000, Complete: true},
		Generator: reports.Generator{MaxLagUS: 250_000, LateShare: 0.1, LateSeconds: []int{700, 701, 702, 2000}, Seconds: hour - 60, EffectLagUS: 125_000,
			Health: &reports.Health{Seconds: hour, Facts: map[string]reports.FactRange{record.CPUShare: {Mean: 0.4, Worst: 0.8, Second: 7}}}},
		Track: &reports.InsightsTrack{Seconds: hour, Asked: 120},
	}
	for i := range intervals {
		l.Timeline = append(l.Timeline, interval(r, i))
		l.Track.Points = append(l.Track.Points, moment(r, i))
	}
	for _, name := range operations() {
		l.Operations = append(l.Operations, operation(r, name))
	}
	l.All = operation(r, "all")
	for _, transport := range transports() {
		l.Connections = append(l.Connections, reports.Connections{Transport: transport, MostOpen: 60_000, Dials: 900_000, Full: 700_000, Resumed: 200_000})
	}
	s := reports.Summary{
		Version: reports.Version, Verdict: reports.Passed, Name: "launch-day", Verb: "rehearse", Target: "acme-staging", Ended: record.Complete, Load: l,
		Conformance: &reports.Conformance{Verdict: reports.Conformant, FailOn: "must", Counts: map[string]int{record.Pass: clauses}},
	}
	return s, reports.Exhibits{Failures: failures(), Findings: findings(), Manifest: record.Manifest{
		Name: "launch-day", Verb: "rehearse", Began: began, Finished: began.Add(hour * time.Second), Ended: record.Complete,
		Load: &record.LoadPlan{PlannedWall: hour * time.Second},
	}}
}

func operations() []string {
	return []string{"playtime.start", "playtime.heartbeat", "playtime.end", "ingest.http", "ingest.kafka", "ingest.sns"}
}

func transports() []string { return []string{"http", "kafka", "sns"} }

// wave is a value that rises to most and falls again in the hour, and trembles.
func wave(r *rand.Rand, i int, most float64) float64 {
	return most * math.Sin(math.Pi*(float64(i)+0.5)/intervals) * (0.85 + 0.3*r.Float64())
}

func times(r *rand.Rand, scale float64) reports.Percentiles {
	at := func(us float64) int64 { return int64(scale * us * math.Exp(0.3*r.NormFloat64())) }
	return reports.Percentiles{Count: 1000, P50: at(900), P90: at(2_400), P99: at(9_000), P999: at(40_000), Max: at(90_000)}
}

func part(r *rand.Rand, i int) reports.Stretch {
	rate := wave(r, i, 900)
	return reports.Stretch{Planned: rate, Sent: rate * 0.999, Acknowledged: rate * 0.998, Unacknowledged: rate * 0.002, Response: times(r, 1), Service: times(r, 0.8)}
}

func interval(r *rand.Rand, i int) reports.Interval {
	in := reports.Interval{
		CCU: int(wave(r, i, 100_000)), Stretch: part(r, i), Lag: times(r, 0.3), Heat: make([]int64, 70),
		Parts: map[string]reports.Percentiles{}, Classes: map[string]float64{}, Operations: map[string]reports.Stretch{},
		Links: map[string]reports.LinkStretch{}, Facts: map[string]float64{},
	}
	for bucket := 12; bucket < 45; bucket++ {
		in.Heat[bucket] = int64(wave(r, 10*(bucket-12), 900))
	}
	for _, name := range []string{record.LagPacer, record.LagHandOff, record.LagWorker, record.LagConnect, record.KafkaBuffer, record.KafkaLinger, record.KafkaBroker, record.KafkaSeen} {
		in.Parts[name] = times(r, 0.2)
	}
	for _, class := range []string{"timeout", "rate-limited", "server-error", "connection-reset"} {
		in.Classes[class] = wave(r, i, 3)
	}
	for _, name := range operations() {
		in.Operations[name] = part(r, i)
	}
	for _, transport := range transports() {
		in.Links[transport] = reports.LinkStretch{Open: int64(wave(r, i, 60_000)), Dials: wave(r, i, 300), Errors: wave(r, i, 2), Full: wave(r, i, 200), Resumed: wave(r, i, 90)}
	}
	for _, fact := range []string{record.MachineCPU, record.CPUShare, record.GCShare, record.Steal} {
		in.Facts[fact] = wave(r, i, 0.8)
	}
	for _, fact := range []string{record.SchedP99, record.GCPause, record.InFlight, record.Workers, record.Backlog, record.Goroutines, record.Threads, record.Descriptors, record.LinksOpen} {
		in.Facts[fact] = wave(r, i, 4_000)
	}
	in.Facts[record.Memory], in.Facts[record.HeapBytes] = wave(r, i, 2e9), wave(r, i, 1e9)
	return in
}

func moment(r *rand.Rand, i int) reports.Moment {
	m := reports.Moment{Second: i * width}
	for k := range m.Truth {
		m.Truth[k] = wave(r, i, 100_000)
	}
	if i%4 == 0 {
		target := m.Truth
		m.Target = &target
	}
	return m
}

func operation(r *rand.Rand, name string) reports.Operation {
	o := reports.Operation{
		Name: name, Planned: 1_000_000, Sent: 1_000_000, Acknowledged: 998_000, Failed: 2_000, Response: times(r, 1), Service: times(r, 0.8), Lag: times(r, 0.3),
		Classes: map[string]int64{"timeout": 900, "rate-limited": 600, "server-error": 400, "connection-reset": 100}, Parts: map[string]reports.Percentiles{},
	}
	for _, part := range []string{record.LagPacer, record.LagHandOff, record.LagWorker, record.LagConnect, record.KafkaBuffer, record.KafkaLinger, record.KafkaBroker, record.KafkaSeen} {
		o.Parts[part] = times(r, 0.2)
	}
	at := 400.0
	for range 61 {
		at *= 1 + 0.12*r.Float64()
		o.Curves.Response, o.Curves.Service = append(o.Curves.Response, int64(at)), append(o.Curves.Service, int64(0.8*at))
	}
	return o
}

func failures() []record.Failure {
	all := make([]record.Failure, 100)
	for i := range all {
		all[i] = record.Failure{Second: 30 * i, Operation: "ingest.http", Class: "server-error", Status: 503, Detail: "upstream busy", Curl: `curl -i -X POST "$INGEST_URL/ingress/events"`}
	}
	return all
}

func findings() []record.Finding {
	all := make([]record.Finding, clauses)
	for i := range all {
		all[i] = record.Finding{
			ID: fmt.Sprintf("playtime/section-%d/clause-with-a-name-%d", i/15, i), Level: "MUST", Transport: transports()[i%3], Status: record.Pass,
			Duty: "a message of this kind is answered within its time and in the form that the document gives", Basis: "the document, section 3.2, second paragraph",
		}
	}
	return all
}
