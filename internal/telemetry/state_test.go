package telemetry

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"pgregory.net/rapid"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// What promtool check metrics says of the names, units and help is what Prometheus' users are used to.
func TestExpositionIsCleanByPrometheusOwnLint(t *testing.T) {
	text, families := exposition(t)
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("lint: %v, %v", problems, err)
	}
	for name, f := range families {
		if !strings.HasPrefix(name, "muster_") || f.GetHelp() == "" {
			t.Errorf("%s: want a name that begins with muster_, and help", name)
		}
		for _, m := range f.GetMetric() {
			if label(m, "run") != identity().Run {
				t.Errorf("%s: label run is %q, want %s", name, label(m, "run"), identity().Run)
			}
		}
	}
	if want := len(newMetrics("").all); len(families) != want {
		t.Errorf("%d metrics of a run that has left everything, want all %d", len(families), want)
	}
}

func TestStateTellsWhatTheRunLeft(t *testing.T) {
	_, families := exposition(t)
	for _, c := range []struct {
		want   float64
		name   string
		labels []string
	}{
		{1, "muster_run_info", []string{"scenario", "smoke", "target", "acme", "version", "v1.2.3", "slice", "0/1"}},
		{1, "muster_run_state", []string{"state", "complete"}},
		{0, "muster_run_state", []string{"state", "running"}},
		{1_700_000_000.25, "muster_run_began_timestamp_seconds", nil},
		{3, "muster_run_elapsed_seconds", nil},
		{5, "muster_run_planned_seconds", nil},
		{1, "muster_run_warmup_seconds", nil},
		{3, "muster_players_intended", nil},
		{90, "muster_plan_actions", []string{"operation", "ingest.kafka", "transport", "kafka"}},
		{4, "muster_actions_planned_total", []string{"operation", "ingest.kafka"}},
		{3, "muster_actions_sent_total", []string{"operation", "playtime.heartbeat", "transport", "http"}},
		{1, "muster_actions_total", []string{"operation", "ingest.http", "outcome", "never_sent"}},
		{3, "muster_errors_total", []string{"operation", "ingest.http", "class", "timeout"}},
		{7, "muster_connections_open", []string{"transport", "http"}},
		{9, "muster_connections_dialed_total", []string{"transport", "http"}},
		{1, "muster_connection_errors_total", []string{"kind", "dial"}},
		{1, "muster_connection_errors_total", []string{"kind", "address"}},
		{3, "muster_tls_handshakes_total", []string{"kind", "resumed"}},
		{9, "muster_insights_total_players", []string{"source", "truth"}},
		{8, "muster_insights_total_players", []string{"source", "target"}},
		{1, "muster_insights_unanswered_total", nil},
		{1, "muster_ledger_events", []string{"state", "lost"}},
		{1, "muster_ledger_complete", nil},
		{1, "muster_findings", []string{"level", "MUST", "status", "pass"}},
		{1, "muster_generator_sign_seconds_total", []string{"sign", "CPU throttled"}},
		{13, "muster_generator_cpu_throttled_seconds_total", nil},
		{0.001, "muster_generator_write_seconds", nil},
		{1e-6, "muster_generator_scheduler_wait_p99_seconds", nil},
		{1, "muster_generator_cpu_ratio", nil},
		{0, "muster_generator_late_seconds_total", nil},
		{1, "muster_otlp_exports_total", []string{"result", "sent"}},
	} {
		if got := value(families, c.name, c.labels...); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s%v: got %g, want %g", c.name, c.labels, got, c.want)
		}
	}
	for _, m := range families["muster_part_seconds"].GetMetric() {
		if h := m.GetHistogram(); h.GetSampleCount() != 1 || math.Abs(h.GetSampleSum()-0.005) > 0.005/100 {
			t.Errorf("part %s: %d values that sum to %g, want one of 5 ms", label(m, "part"), h.GetSampleCount(), h.GetSampleSum())
		}
	}
}

// Before anything has happened the counters are there, so that a rate has a beginning.
func TestCountersBeginAtZero(t *testing.T) {
	s := NewState(identity(), time.Now())
	s.Observe(record.Entry{Manifest: &record.Manifest{Load: plan()}})
	_, families := scrape(t, s)
	for _, outcome := range []string{"acknowledged", "failed", "indeterminate", "never_sent"} {
		if got := value(families, "muster_actions_total", "operation", "playtime.start", "outcome", outcome); got != 0 {
			t.Errorf("%s: got %g, want 0", outcome, got)
		}
	}
	if got := value(families, "muster_players_intended"); got != 1 {
		t.Errorf("intended players at the beginning: got %g, want 1", got)
	}
	if families["muster_response_seconds"] != nil || families["muster_ledger_events"] != nil {
		t.Error("there are times and a ledger of a run that has sent nothing")
	}
}

// draw returns frames as attackers make them: some hold nothing but what was planned.
func draw(t *rapid.T) []*record.Frame {
	var frames []*record.Frame
	for range rapid.IntRange(1, 20).Draw(t, "frames") {
		f := record.NewFrame(rapid.IntRange(0, 30).Draw(t, "second"), rapid.SampledFrom([]string{"playtime.start", "ingest.kafka"}).Draw(t, "operation"))
		f.Planned = rapid.Int64Range(0, 1000).Draw(t, "planned")
		if rapid.Bool().Draw(t, "bare") {
			f.Response, f.Service, f.Lag = nil, nil, nil
		} else {
			f.Fired, f.Sent = rapid.Int64Range(0, 1000).Draw(t, "fired"), rapid.Int64Range(0, 1000).Draw(t, "sent")
			f.Outcomes[contract.Acknowledged.String()] = rapid.Int64Range(0, 1000).Draw(t, "acknowledged")
			for _, h := range []*hdrhistogram.Histogram{f.Response, f.Service, f.Lag, f.Part(record.LagPacer)} {
				for range rapid.IntRange(0, 5).Draw(t, "values") {
					_ = h.RecordValues(rapid.Int64Range(0, 3_600_000_000).Draw(t, "µs"), rapid.Int64Range(1, 100).Draw(t, "times"))
				}
			}
		}
		frames = append(frames, f)
	}
	return frames
}

// What is scraped is the sum of the frames: counts exactly, bucket for bucket, and sums of time as exactly as the frames'
// own histograms have them.
func TestScrapedIsTheSumOfTheFrames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		frames := draw(t)
		sums := map[string]*record.Frame{}
		for _, f := range frames {
			if sums[f.Operation] == nil {
				sums[f.Operation] = record.NewFrame(0, f.Operation)
			}
			if err := sums[f.Operation].Merge(f); err != nil {
				t.Fatal(err)
			}
		}
		s := NewState(identity(), time.Now())
		for batch := range slices.Chunk(frames, 3) {
			s.Observe(record.Entry{Frames: batch})
		}
		_, families := scrape(t, s)
		for operation, sum := range sums {
			for name, want := range map[string]int64{
				"muster_actions_planned_total": sum.Planned, "muster_actions_fired_total": sum.Fired, "muster_actions_sent_total": sum.Sent,
			} {
				if got := value(families, name, "operation", operation); got != float64(want) {
					t.Fatalf("%s of %s: %g, want %d", name, operation, got, want)
				}
			}
			acknowledged := max(value(families, "muster_actions_total", "operation", operation, "outcome", "acknowledged"), 0)
			if want := sum.Outcomes["acknowledged"]; acknowledged != float64(want) {
				t.Fatalf("acknowledged of %s: %g, want %d", operation, acknowledged, want)
			}
			check(t, "response", find(families, "muster_response_seconds", "operation", operation), sum.Response)
			check(t, "service", find(families, "muster_service_seconds", "operation", operation), sum.Service)
			check(t, "lag", find(families, "muster_lag_seconds", "operation", operation), sum.Lag)
			check(t, "pacer", find(families, "muster_part_seconds", "operation", operation, "part", record.LagPacer), sum.Parts[record.LagPacer])
		}
	})
}

// check compares a scraped histogram with one of the frames' kind.
func check(t testingT, name string, got *dto.Metric, want *hdrhistogram.Histogram) {
	t.Helper()
	if want == nil || want.TotalCount() == 0 {
		if got != nil {
			t.Fatalf("%s: scraped %v, want nothing", name, got)
		}
		return
	}
	h := got.GetHistogram()
	if int64(h.GetSampleCount()) != want.TotalCount() {
		t.Fatalf("%s: %d values, want %d", name, h.GetSampleCount(), want.TotalCount())
	}
	sum := want.Mean() * float64(want.TotalCount()) / 1e6
	if math.Abs(h.GetSampleSum()-sum) > 1e-6*float64(want.TotalCount())+1e-9*sum {
		t.Fatalf("%s: sum %g s, want %g s", name, h.GetSampleSum(), sum)
	}
	for _, b := range h.GetBucket() {
		below := int64(0)
		for _, bar := range want.Distribution() {
			if math.IsInf(b.GetUpperBound(), 1) || bar.To <= int64(math.Round(b.GetUpperBound()*1e6)) {
				below += bar.Count
			}
		}
		if int64(b.GetCumulativeCount()) != below {
			t.Fatalf("%s: %d up to %g s, want %d", name, b.GetCumulativeCount(), b.GetUpperBound(), below)
		}
	}
}

// However many names a run comes up with, the series are bounded, and nothing is lost of their sum.
func TestSeriesAreBounded(t *testing.T) {
	s := NewState(identity(), time.Now())
	const names = 3 * mostSeries
	for i := range names {
		f := record.NewFrame(0, fmt.Sprintf("operation %d", i))
		f.Planned = 1
		s.Observe(record.Entry{Frames: []*record.Frame{f}})
	}
	_, families := scrape(t, s)
	series := families["muster_actions_planned_total"].GetMetric()
	sum := 0.0
	for _, m := range series {
		sum += m.GetCounter().GetValue()
	}
	if len(series) != mostSeries+1 || sum != names {
		t.Errorf("%d series that sum to %g, want %d and %d", len(series), sum, mostSeries+1, names)
	}
	if got := value(families, "muster_actions_planned_total", "operation", other); got != names-mostSeries {
		t.Errorf("others: got %g, want %d", got, names-mostSeries)
	}
}

// Names that are no UTF-8 must not make the whole scrape fail.
func TestNamesThatAreNoText(t *testing.T) {
	s := NewState(identity(), time.Now())
	s.Observe(record.Entry{Manifest: &record.Manifest{Name: "a\xff\"\n", TargetIs: "\xc3"}})
	if _, families := scrape(t, s); value(families, "muster_run_info", "scenario", "a?\"\n", "target", "?") != 1 {
		t.Errorf("got %v", families["muster_run_info"])
	}
}

// Scrapes and the run's goroutines meet; the race detector looks on.
func TestScrapesWhileTheRunGoesOn(t *testing.T) {
	s := NewState(identity(), time.Now())
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 20 {
				whole(s)
			}
		})
		all.Go(func() {
			for range 5 {
				scrape(t, s)
			}
		})
	}
	all.Wait()
	if _, families := scrape(t, s); value(families, "muster_actions_planned_total", "operation", "ingest.http") != 4*80 {
		t.Errorf("got %v", families["muster_actions_planned_total"])
	}
}

// Bounds that do not rise would be no buckets.
func TestBoundsRise(t *testing.T) {
	bounds := newRuler().bounds
	if !slices.IsSorted(bounds) || len(slices.Compact(slices.Clone(bounds))) != len(bounds) || bounds[0] != 1e-4 || bounds[len(bounds)-1] != 60 {
		t.Errorf("got %v, want them to rise from 100 µs to a minute", bounds)
	}
}
