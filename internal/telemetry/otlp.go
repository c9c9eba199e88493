package telemetry

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
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

// readable refuses files that the standard variables name and that cannot be read. The SDK would log that in its own way, and
// go on without them.
func readable() error {
	var faults []error
	for _, name := range []string{"CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY"} {
		for _, prefix := range []string{"OTEL_EXPORTER_OTLP_", "OTEL_EXPORTER_OTLP_METRICS_"} {
			file := os.Getenv(prefix + name)
			if file == "" {
				continue
			}
			if _, err := os.ReadFile(file); err != nil { //nolint:gosec // it is the user's own file
				faults = append(faults, fmt.Errorf("push metrics: %s%s: %w", prefix, name, err))
			}
		}
	}
	return errors.Join(faults...)
}

// pusher pushes a State to a collector by the official exporter, from a goroutine of its own. What could not be sent is
// counted, and told the first time. A failed export is not tried again: the next holds all that it held. The SDK's own
// periodic reader would do the same, but hands every failure to a handler that the whole process shares.
type pusher struct {
	to       string
	state    *State
	reader   *metric.ManualReader
	exporter *otlpmetrichttp.Exporter
	tell     func(format string, args ...any)

	stop  context.CancelFunc
	ended chan struct{}

	sent, failed int // exports; of the goroutine until it has ended
}

// newPusher returns a pusher that does not push yet; its reader is to be registered first.
func newPusher(ctx context.Context, c Config, state *State) (*pusher, error) {
	if err := readable(); err != nil {
		return nil, err
	}
	exporter, err := otlpmetrichttp.New(ctx,
		otlpmetrichttp.WithEndpointURL(c.OTLP.String()), otlpmetrichttp.WithCompression(otlpmetrichttp.GzipCompression),
		otlpmetrichttp.WithTimeout(pushWithin), otlpmetrichttp.WithRetry(otlpmetrichttp.RetryConfig{Enabled: false}),
	)
	if err != nil {
		return nil, fmt.Errorf("push metrics to %s: %w", c.OTLP, err)
	}
	return &pusher{
		to: c.OTLP.String(), state: state, exporter: exporter, tell: c.Tell,
		reader: metric.NewManualReader(metric.WithProducer(state)), ended: make(chan struct{}),
	}, nil
}

// start begins to push every so often. The caller must close it.
func (p *pusher) start(every time.Duration) {
	ctx, stop := context.WithCancel(context.Background())
	p.stop = stop
	go func() {
		defer close(p.ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				p.push(ctx, pushWithin)
			case <-ctx.Done():
				return
			}
		}
	}()
}

// push exports once, within a time. What is cut short because ctx ends is not counted: the last export holds it all.
func (p *pusher) push(ctx context.Context, within time.Duration) {
	limited, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	var all metricdata.ResourceMetrics
	err := p.reader.Collect(limited, &all)
	if err == nil {
		err = p.exporter.Export(limited, &all)
	}
	switch {
	case err == nil:
		p.sent++
		p.state.exported("sent")
	case ctx.Err() != nil:
	default:
		if p.failed++; p.failed == 1 {
			p.tell("metrics could not be sent to %s: %s; the run goes on", p.to, brief(err))
		}
		p.state.exported("failed")
	}
}

// close pushes for the last time, if there is anything, and says how often it did not work.
func (p *pusher) close() {
	p.stop()
	<-p.ended
	if p.state.begun() {
		p.push(context.Background(), flushWithin)
	}
	_ = p.exporter.Shutdown(context.Background()) // it only lets go of its client
	if p.failed > 0 {
		p.tell("%d of %d exports of metrics to %s failed", p.failed, p.sent+p.failed, p.to)
	}
}
