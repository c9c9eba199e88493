package telemetry

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"go.opentelemetry.io/otel/sdk/metric"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/fitness"
	"github.com/passmuster/muster/internal/record"
)

// testingT is what the tests need of a test or a property.
type testingT interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// identity is the run of the tests.
func identity() Config {
	return Config{
		Run: "00000000000000aa", Version: "v1.2.3", Slice: record.Slice{Count: 1},
		Transports: map[string]string{"playtime.start": "http", "playtime.heartbeat": "http", "ingest.http": "http", "ingest.kafka": "kafka"},
	}
}

// scrape returns what Prometheus is served of a State, as text and read back by Prometheus' own parser.
func scrape(t testingT, s *State) (string, map[string]*dto.MetricFamily) {
	t.Helper()
	reader, registry, err := newReader(s)
	if err != nil {
		t.Fatal(err)
	}
	provider := metric.NewMeterProvider(metric.WithReader(reader))
	defer func() { _ = provider.Shutdown(context.Background()) }()
	w := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("scrape: %d %s", w.Code, w.Body)
	}
	text := w.Body.String()
	return text, parse(t, text)
}

func parse(t testingT, text string) map[string]*dto.MetricFamily {
	t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatalf("parse %s: %v", text, err)
	}
	return families
}

// find returns the series of a family with these labels, given as name, value, name, value; nil when there is none.
func find(families map[string]*dto.MetricFamily, name string, labels ...string) *dto.Metric {
	family := families[name]
	if family == nil {
		return nil
	}
next:
	for _, m := range family.GetMetric() {
		for i := 0; i < len(labels); i += 2 {
			if label(m, labels[i]) != labels[i+1] {
				continue next
			}
		}
		return m
	}
	return nil
}

func label(m *dto.Metric, name string) string {
	for _, l := range m.GetLabel() {
		if l.GetName() == name {
			return l.GetValue()
		}
	}
	return ""
}

// value returns a counter's or gauge's value; -1 when there is no such series.
func value(families map[string]*dto.MetricFamily, name string, labels ...string) float64 {
	m := find(families, name, labels...)
	switch {
	case m == nil:
		return -1
	case m.Counter != nil:
		return m.GetCounter().GetValue()
	default:
		return m.GetGauge().GetValue()
	}
}

// plan is that of the tests.
func plan() *record.LoadPlan {
	return &record.LoadPlan{
		Planned: map[string]int{"playtime.start": 10, "ingest.kafka": 90}, Operations: []string{"playtime.start", "ingest.kafka"},
		CCU: []int{1, 2, 3, 4, 5}, PlannedWall: 5 * time.Second, Warmup: time.Second, MaxLag: 100 * time.Millisecond,
	}
}

// whole tells a State of at least one of everything that a run can leave.
func whole(s *State) {
	m := record.Manifest{Name: "smoke", Began: time.UnixMilli(1_700_000_000_250), TargetIs: "acme", Muster: record.Build{Version: "v1.2.3"}, Ended: record.Running}
	s.Observe(record.Entry{Manifest: &m})
	m.Load = plan()
	s.Observe(record.Entry{Manifest: &m})
	var frames []*record.Frame
	for operation := range identity().Transports {
		f := record.NewFrame(2, operation)
		f.Planned, f.Fired, f.Sent = 4, 4, 3
		for o := range contract.Outcome(contract.Outcomes) {
			f.Outcomes[o.String()] = 1
		}
		f.Classes["timeout"] = 3
		_, _, _ = f.Response.RecordValue(30_000), f.Service.RecordValue(20_000), f.Lag.RecordValue(10_000)
		for _, part := range []string{record.LagPacer, record.LagHandOff, record.LagWorker, record.LagLane, record.LagConnect, record.KafkaBuffer,
			record.KafkaLinger, record.KafkaBroker, record.KafkaSeen, record.FailedResponse, record.FailedService} {
			_ = f.Part(part).RecordValue(5_000)
		}
		frames = append(frames, f)
	}
	s.Observe(record.Entry{Frames: frames})
	links := &record.Links{Second: 2, Transport: "http", Open: 7, Dials: 9, DialErrors: 2, AddressErrors: 1, Full: 4, Resumed: 3, TLSErrors: 1, Reused: 50, Stale: 1, Closed: 2, Evicted: 1,
		Connect: record.NewHistogram(), Handshake: record.NewHistogram()}
	_, _ = links.Connect.RecordValue(300), links.Handshake.RecordValue(3_000)
	s.Observe(record.Entry{Links: []*record.Links{links}})
	s.Observe(record.Entry{Health: []record.Health{facts(s)}})
	s.Observe(record.Entry{Track: &record.InsightsSecond{Second: 2, Truth: record.InsightsFigures{ConcurrentPlayers: 5}, Note: "no answer"}})
	for _, status := range []string{"pass", "fail"} {
		s.Observe(record.Entry{Finding: &record.Finding{Level: "MUST", Status: status}})
	}
	s.Observe(record.Entry{Failure: &record.Failure{Detail: "no part of any metric"}})
	s.Observe(record.Entry{Ledger: &record.Ledger{Planned: 90, Acknowledged: 88, Found: 87, Lost: 1, Failed: 2, Complete: true}})
	s.Observe(record.Entry{Insights: &record.InsightsPair{Truth: record.InsightsFigures{TotalPlayers: 9}, Target: &record.InsightsFigures{TotalPlayers: 8}}})
	s.exported("sent")
	m.Ended = record.Complete
	s.Observe(record.Entry{Manifest: &m})
}

// facts is a second of which the machine tells everything, as bad as it can be.
func facts(s *State) record.Health {
	h := record.Health{Second: 2, Facts: map[string]float64{}}
	for name := range s.metrics.facts {
		h.Facts[name] = 1
	}
	h.Facts[record.Throttled] = 1000 * float64(len(fitness.Signs()))
	return h
}

// exposition is what Prometheus is served of a run that has left everything.
func exposition(t testingT) (string, map[string]*dto.MetricFamily) {
	t.Helper()
	s := NewState(identity(), time.Now())
	whole(s)
	return scrape(t, s)
}
