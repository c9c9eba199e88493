package telemetry

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/sdk/metric"

	"github.com/passmuster/muster/internal/record"
)

// busySecond is what one attacker leaves of a second of twenty operations with eight parts each.
func busySecond() []*record.Frame {
	var frames []*record.Frame
	for i := range 20 {
		f := record.NewFrame(3, fmt.Sprintf("operation.%d", i))
		f.Planned, f.Fired, f.Sent, f.Outcomes["acknowledged"] = 5000, 5000, 5000, 5000
		for j := range int64(5000) {
			v := 200 + j*j%90_000
			_, _, _ = f.Response.RecordValue(v+300), f.Service.RecordValue(v), f.Lag.RecordValue(v/20)
		}
		for _, part := range []string{record.LagPacer, record.LagHandOff, record.LagWorker, record.LagLane, record.LagConnect, record.KafkaBuffer, record.KafkaLinger, record.KafkaBroker} {
			for j := range int64(5000) {
				_ = f.Part(part).RecordValue(j % 3000)
			}
		}
		frames = append(frames, f)
	}
	return frames
}

// BenchmarkObserve is what it costs the run to be watched for a second.
func BenchmarkObserve(b *testing.B) {
	s := NewState(identity(), time.Now())
	whole(s)
	frames := busySecond()
	b.ReportAllocs()
	for b.Loop() {
		s.Observe(record.Entry{Frames: frames})
		s.Observe(record.Entry{Health: []record.Health{{Second: 3, Facts: map[string]float64{record.CPUShare: 0.5}}}})
	}
}

// BenchmarkWrite is what the same second costs the run directory, to compare.
func BenchmarkWrite(b *testing.B) {
	w, err := record.Create(b.TempDir()+"/run", record.Manifest{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	frames := busySecond()
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Frames(frames); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkScrape is what a scrape costs.
func BenchmarkScrape(b *testing.B) {
	s := NewState(identity(), time.Now())
	whole(s)
	s.Observe(record.Entry{Frames: busySecond()})
	reader, registry, err := newReader(s)
	if err != nil {
		b.Fatal(err)
	}
	provider := metric.NewMeterProvider(metric.WithReader(reader))
	defer func() { _ = provider.Shutdown(context.Background()) }()
	handler := promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	b.ReportAllocs()
	size := 0
	for b.Loop() {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		size = w.Body.Len()
	}
	b.ReportMetric(float64(size), "bytes/scrape")
}

// BenchmarkProduce is how long a scrape or an export holds the lock that the run's frames wait for.
func BenchmarkProduce(b *testing.B) {
	s := NewState(identity(), time.Now())
	whole(s)
	s.Observe(record.Entry{Frames: busySecond()})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Produce(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
