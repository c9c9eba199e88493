package telemetry

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// How metrics are pushed: how often, how long an export may take, and how long the last one, which the end of the run
// waits for.
const (
	pushEvery   = 5 * time.Second
	pushWithin  = 5 * time.Second
	flushWithin = 3 * time.Second
)

// signalPath is where collectors take metrics, when an address does not say.
const signalPath = "/v1/metrics"

// Endpoint reads the address of a collector: http or https, a host, and optionally a path; without one it is /v1/metrics.
func Endpoint(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read address: %w", errors.Unwrap(err)) // the whole error repeats the address
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return nil, errors.New("want http:// or https:// and a host")
	case u.User != nil:
		return nil, errors.New("want no user or password in it")
	case u.RawQuery != "", u.Fragment != "":
		return nil, errors.New("want nothing behind the path")
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = signalPath
	}
	return u, nil
}

// pusher is the official exporter, watched: what it could not send is counted, and told the first time. It never fails,
// because the SDK would print every failure.
type pusher struct {
	metric.Exporter
	tell func(error) // of the first failure

	mu           sync.Mutex
	sent, failed int
	state        *State
}

// newPusher returns the exporter to a collector. A failed export is not tried again: the next holds all that it held.
func newPusher(ctx context.Context, to *url.URL, state *State, tell func(error)) (*pusher, error) {
	exporter, err := otlpmetrichttp.New(ctx,
		otlpmetrichttp.WithEndpointURL(to.String()), otlpmetrichttp.WithCompression(otlpmetrichttp.GzipCompression),
		otlpmetrichttp.WithTimeout(pushWithin), otlpmetrichttp.WithRetry(otlpmetrichttp.RetryConfig{Enabled: false}),
	)
	if err != nil {
		return nil, err
	}
	return &pusher{Exporter: exporter, tell: tell, state: state}, nil
}

// Export implements metric.Exporter.
func (p *pusher) Export(ctx context.Context, metrics *metricdata.ResourceMetrics) error {
	err := p.Exporter.Export(ctx, metrics)
	if err != nil && errors.Is(ctx.Err(), context.Canceled) {
		return nil // cut short by the last export, which holds more
	}
	if p.count(err) {
		p.tell(err)
	}
	return nil
}

// count counts an export and says whether it is the first that failed.
func (p *pusher) count(err error) (news bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		p.sent++
		p.state.exported("sent")
		return false
	}
	p.failed++
	p.state.exported("failed")
	return p.failed == 1
}

// counts returns how many exports there were, and how many of them failed.
func (p *pusher) counts() (all, failed int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sent + p.failed, p.failed
}
