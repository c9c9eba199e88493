package telemetry

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/otlptranslator"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"
)

// Bounds of the server: scrapes at once, the time that one may take to ask and to be answered, and that the last may take
// once the run is over.
const (
	mostScrapes   = 4
	askWithin     = 5 * time.Second
	answerWithin  = 20 * time.Second
	partingWithin = time.Second
)

// scraped serves /metrics.
type scraped struct {
	addr   string
	server *http.Server
	ended  chan error    // what ended serving
	last   chan struct{} // closed once a scrape has seen the end of the run
	once   sync.Once
}

// newReader returns the official exporter as a reader of the State, and what it registers with.
func newReader(state *State) (metric.Reader, *prometheus.Registry, error) {
	registry := prometheus.NewRegistry()
	reader, err := otelprometheus.New(
		otelprometheus.WithRegisterer(registry), otelprometheus.WithProducer(state), otelprometheus.WithoutScopeInfo(), otelprometheus.WithoutTargetInfo(),
		otelprometheus.WithTranslationStrategy(otlptranslator.UnderscoreEscapingWithSuffixes),
	)
	return reader, registry, err
}

// listen serves the registry at /metrics of addr, until close.
func listen(ctx context.Context, addr string, state *State, registry *prometheus.Registry) (*scraped, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("serve metrics: %w", err)
	}
	s := &scraped{addr: listener.Addr().String(), ended: make(chan error, 1), last: make(chan struct{})}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", s.noting(state, promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: mostScrapes})))
	mux.Handle("GET /{$}", http.RedirectHandler("/metrics", http.StatusFound))
	s.server = &http.Server{Handler: mux, ReadHeaderTimeout: askWithin, ReadTimeout: askWithin, WriteTimeout: answerWithin, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	go func() { s.ended <- s.server.Serve(listener) }()
	return s, nil
}

// noting notes the first scrape that sees the run's end.
func (s *scraped) noting(state *State, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		over := state.ended()
		next.ServeHTTP(w, r)
		if over && r.Context().Err() == nil { // a scraper that gave up has not seen it
			s.once.Do(func() { close(s.last) })
		}
	})
}

// seen says whether a scrape has seen the run's end.
func (s *scraped) seen() bool {
	select {
	case <-s.last:
		return true
	default:
		return false
	}
}

// await returns once a scrape has seen the run's end, the time is up or ctx ends.
func (s *scraped) await(ctx context.Context, within time.Duration) {
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case <-s.last:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// close ends the serving; a scrape under way may finish. The error is why serving ended before.
func (s *scraped) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), partingWithin)
	defer cancel()
	if s.server.Shutdown(ctx) != nil { // a client that reads no answer is not waited for
		_ = s.server.Close()
	}
	if err := <-s.ended; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve metrics: %w", err)
	}
	return nil
}
