package telemetry

import (
	"compress/gzip"
	"encoding/pem"
	"io"
	"log"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	otlp "go.opentelemetry.io/proto/otlp/metrics/v1"
	"google.golang.org/protobuf/proto"
)

// receiver is a collector that decodes what it is sent.
type receiver struct {
	*httptest.Server
	got chan *otlp.ResourceMetrics
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{got: make(chan *otlp.ResourceMetrics, 1000)}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.URL.Path != "/v1/metrics" || q.Method != http.MethodPost || q.Header.Get("Content-Encoding") != "gzip" || q.Header.Get("Content-Type") != "application/x-protobuf" {
			t.Errorf("sent %s %s %v, want a compressed POST of protobuf to /v1/metrics", q.Method, q.URL, q.Header)
		}
		plain, err := gzip.NewReader(q.Body)
		if err != nil {
			t.Error(err)
			return
		}
		body, err := io.ReadAll(plain)
		var request collector.ExportMetricsServiceRequest
		if err == nil {
			err = proto.Unmarshal(body, &request)
		}
		if err != nil || len(request.ResourceMetrics) != 1 {
			t.Errorf("sent %d resources, %v", len(request.ResourceMetrics), err)
			return
		}
		r.got <- request.ResourceMetrics[0]
		w.WriteHeader(http.StatusOK)
	}))
	t.Cleanup(r.Close)
	return r
}

// last returns what was sent last.
func (r *receiver) last(t *testing.T) *otlp.ResourceMetrics {
	var last *otlp.ResourceMetrics
	for len(r.got) > 0 {
		last = <-r.got
	}
	if last == nil {
		t.Fatal("nothing was sent")
	}
	return last
}

// sentMetric returns one of those that were sent.
func sentMetric(t *testing.T, r *otlp.ResourceMetrics, name string) *otlp.Metric {
	for _, s := range r.ScopeMetrics {
		for _, m := range s.Metrics {
			if m.Name == name {
				return m
			}
		}
	}
	t.Fatalf("no metric %s among what was sent", name)
	return nil
}

// pushing is the configuration of a run that is pushed to an address.
func pushing(t *testing.T, address string, every time.Duration) Config {
	c := identity()
	u, err := Endpoint(address)
	if err != nil {
		t.Fatal(err)
	}
	c.OTLP, c.Every = u, every
	return c
}

// Close pushes what came since the last export, however far away the next one is.
func TestCollectorGetsWhatTheRunLeft(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-token=secret")
	r := newReceiver(t)
	telemetry, said := open(t, pushing(t, r.URL, time.Hour))
	whole(telemetry.State)
	telemetry.Close(t.Context())
	sent := r.last(t)
	attributes := map[string]string{}
	for _, a := range sent.Resource.Attributes {
		attributes[a.Key] = a.Value.GetStringValue()
	}
	if attributes["service.name"] != "muster" || attributes["service.instance.id"] != "00000000000000aa-0" || attributes["service.version"] != "v1.2.3" {
		t.Errorf("resource %v, want the service muster in this version, an instance for each slice of a run", attributes)
	}
	count := 0
	for _, s := range sent.ScopeMetrics {
		count += len(s.Metrics)
	}
	if want := len(telemetry.metrics.all); count != want {
		t.Errorf("%d metrics sent, want all %d", count, want)
	}
	sum := sentMetric(t, sent, "muster.actions.planned").GetSum()
	if !sum.IsMonotonic || sum.AggregationTemporality != otlp.AggregationTemporality_AGGREGATION_TEMPORALITY_CUMULATIVE || sum.DataPoints[0].GetAsDouble() != 4 {
		t.Errorf("planned: sent %v, want a sum that only grows, of 4", sum)
	}
	response := sentMetric(t, sent, "muster.response")
	h := response.GetHistogram().DataPoints[0]
	if response.Unit != "s" || h.GetCount() != 1 || math.Abs(h.GetSum()-0.03) > 3e-4 || len(h.ExplicitBounds) != len(limits()) || len(h.BucketCounts) != len(limits())+1 {
		t.Errorf("response: sent %v in %q, want one value of 30 ms in seconds", h, response.Unit)
	}
	if h.StartTimeUnixNano == 0 || h.TimeUnixNano < h.StartTimeUnixNano {
		t.Errorf("sent from %d to %d, want a span of time", h.StartTimeUnixNano, h.TimeUnixNano)
	}
	if lines := said.all(); len(lines) > 0 {
		t.Errorf("told %q, want nothing", lines)
	}
}

// While the run goes on it is pushed again and again.
func TestCollectorIsSentMoreAsTheRunGoesOn(t *testing.T) {
	r := newReceiver(t)
	telemetry, _ := open(t, pushing(t, r.URL, 10*time.Millisecond))
	deadline := time.After(patience)
	for range 3 {
		whole(telemetry.State)
		select {
		case <-r.got:
		case <-deadline:
			t.Fatal("no export came")
		}
	}
	telemetry.Close(t.Context())
	if got := sentMetric(t, r.last(t), "muster.actions.planned").GetSum().DataPoints[0].GetAsDouble(); got != 12 {
		t.Errorf("the last export has %g planned, want all 12", got)
	}
}

// A collector that is down, refuses, hangs or talks too much costs the run nothing but two lines.
func TestCollectorThatDoesNotTakeIt(t *testing.T) {
	release := make(chan struct{})
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no\n\x1b[31m"+strings.Repeat("way ", 10_000), http.StatusForbidden)
	}))
	defer refusing.Close()
	hanging := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer hanging.Close()
	defer close(release)
	for name, url := range map[string]string{"gone": gone.URL, "refusing": refusing.URL, "hanging": hanging.URL} {
		t.Run(name, func(t *testing.T) {
			telemetry, said := open(t, pushing(t, url, 5*time.Millisecond))
			for range 200 {
				whole(telemetry.State) // observing does not wait for the collector
			}
			closed := make(chan struct{})
			go func() { telemetry.Close(t.Context()); close(closed) }()
			select {
			case <-closed:
			case <-time.After(patience):
				t.Fatal("close did not return")
			}
			lines := said.all()
			if len(lines) != 2 || !strings.Contains(lines[0], "metrics could not be sent to "+url) || !strings.Contains(lines[1], "exports of metrics to "+url) {
				t.Fatalf("told %q, want once why, and at the end how often", lines)
			}
			if strings.ContainsAny(lines[0], "\n\x1b") || len(lines[0]) > 600 {
				t.Errorf("told %q, want one short line", lines[0])
			}
			if p := telemetry.pusher; p.failed == 0 || p.sent != 0 {
				t.Errorf("counted %d failed and %d sent, want all failed", p.failed, p.sent)
			}
		})
	}
}

func TestEndpoint(t *testing.T) {
	for _, c := range []struct{ address, want, fault string }{
		{"http://localhost:4318", "http://localhost:4318/v1/metrics", ""},
		{"https://collector/", "https://collector/v1/metrics", ""},
		{"http://prometheus:9090/api/v1/otlp/v1/metrics", "http://prometheus:9090/api/v1/otlp/v1/metrics", ""},
		{"localhost:4318", "", "want http:// or https:// and a host"},
		{"grpc://localhost:4317", "", "want http:// or https:// and a host"},
		{"http://", "", "want http:// or https:// and a host"},
		{"https://user:secret@collector", "", "want no user or password in it"},
		{"https://collector?key=secret", "", "want nothing behind the path"},
		{"http://[::1", "", "read address: missing ']' in host"},
	} {
		u, err := Endpoint(c.address)
		switch {
		case c.fault != "" && (err == nil || err.Error() != c.fault):
			t.Errorf("%s: got %v, want %q", c.address, err, c.fault)
		case c.fault == "" && (err != nil || u.String() != c.want):
			t.Errorf("%s: got %v, %v, want %s", c.address, u, err, c.want)
		}
	}
}

// A run that never began is not pushed.
func TestNothingIsPushedOfNothing(t *testing.T) {
	r := newReceiver(t)
	telemetry, said := open(t, pushing(t, r.URL, time.Hour))
	telemetry.Close(t.Context())
	if lines := said.all(); len(r.got) > 0 || len(lines) > 0 {
		t.Errorf("%d exports, told %q; want neither", len(r.got), lines)
	}
}

// HTTPS is checked by the system's roots, or by those that the standard variable names.
func TestCollectorByHTTPS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it is told of the handshake that is meant to fail
	server.StartTLS()
	defer server.Close()
	telemetry, said := open(t, pushing(t, server.URL, time.Hour))
	whole(telemetry.State)
	telemetry.Close(t.Context())
	if lines := said.all(); len(lines) != 2 || !strings.Contains(lines[0], "certificate") {
		t.Errorf("told %q, want that the certificate is not trusted", lines)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("OTEL_EXPORTER_OTLP_CERTIFICATE", file)
	telemetry, said = open(t, pushing(t, server.URL, time.Hour))
	whole(telemetry.State)
	telemetry.Close(t.Context())
	if lines := said.all(); len(lines) > 0 {
		t.Errorf("told %q, want nothing: the certificate is trusted", lines)
	}
	if _, err := Open(t.Context(), pushing(t, "http://127.0.0.1:1", time.Hour)); err == nil || !strings.HasPrefix(err.Error(), "push metrics to http://127.0.0.1:1/v1/metrics: insecure") {
		t.Errorf("a certificate without TLS: got %v", err)
	}
	t.Setenv("OTEL_EXPORTER_OTLP_CERTIFICATE", file+".gone")
	t.Setenv("OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY", file+".gone")
	_, err := Open(t.Context(), pushing(t, server.URL, time.Hour))
	if err == nil || strings.Count(err.Error(), "no such file") != 2 || !strings.HasPrefix(err.Error(), "push metrics: OTEL_EXPORTER_OTLP_CERTIFICATE: open ") {
		t.Errorf("files that are not there: got %v, want both told", err)
	}
}
