package telemetry

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"

	"github.com/passmuster/muster/internal/record"
)

// Config says how a run is shown, and which run it is.
type Config struct {
	Run        string            // number of the run, which all slices of it share
	Slice      record.Slice      // which share of the players this process plays
	Version    string            // of this binary
	Transports map[string]string // what carries each operation

	Metrics string        // where to listen for scrapes, as host:port; empty: nowhere
	Linger  time.Duration // how long the end of the run waits at most for a scrape that sees it; 0: not at all
	OTLP    *url.URL      // where to push, by Endpoint; nil: nowhere
	Every   time.Duration // how often to push; 0 is 5 s

	Tell func(format string, args ...any) // takes a line for whoever runs muster; from any goroutine, never nil
}

// Telemetry shows one run. Its State is to be told of it.
type Telemetry struct {
	*State
	config   Config
	provider *metric.MeterProvider
	scraped  *scraped // nil when nobody is to scrape
	pusher   *pusher  // nil when nothing is to be pushed
}

// Open begins to show a run: it listens for scrapes at once, and pushes for the first time after Config.Every. The caller
// must Close it. Failures to push are told, never returned.
func Open(ctx context.Context, c Config) (*Telemetry, error) {
	t := &Telemetry{config: c, State: NewState(c, time.Now())}
	options := []metric.Option{metric.WithResource(c.resource())}
	if c.OTLP != nil {
		if err := t.push(ctx, &options); err != nil {
			return nil, err
		}
	}
	if c.Metrics != "" {
		reader, registry, err := newReader(t.State)
		if err != nil {
			return nil, fmt.Errorf("serve metrics: %w", err)
		}
		options = append(options, metric.WithReader(reader))
		if t.scraped, err = listen(ctx, c.Metrics, t.State, registry); err != nil {
			return nil, err
		}
	}
	t.provider = metric.NewMeterProvider(options...)
	return t, nil
}

// push adds the reader that pushes.
func (t *Telemetry) push(ctx context.Context, options *[]metric.Option) (err error) {
	t.pusher, err = newPusher(ctx, t.config.OTLP, t.State, func(err error) {
		t.config.Tell("metrics could not be sent to %s: %s; the run goes on", t.config.OTLP.Redacted(), brief(err))
	})
	if err != nil {
		return fmt.Errorf("push metrics to %s: %w", t.config.OTLP.Redacted(), err)
	}
	every := t.config.Every
	if every <= 0 {
		every = pushEvery
	}
	*options = append(*options, metric.WithReader(metric.NewPeriodicReader(t.pusher,
		metric.WithInterval(every), metric.WithTimeout(pushWithin), metric.WithProducer(t.State))))
	return nil
}

// URL returns where to scrape; empty when there is nowhere.
func (t *Telemetry) URL() string {
	if t.scraped == nil {
		return ""
	}
	return "http://" + t.scraped.addr + "/metrics"
}

// Close shows the end of the run and ends: it waits for a last scrape if it was told to (unless ctx ends first), pushes for
// the last time, and takes no longer than Config.Linger and a few seconds. Nothing that happens to the metrics is an error
// of the run, so it is told and not returned.
func (t *Telemetry) Close(ctx context.Context) {
	if t.scraped != nil {
		t.scraped.await(ctx, t.config.Linger)
		if err := t.scraped.close(); err != nil {
			t.config.Tell("%s", brief(err))
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushWithin)
	defer cancel()
	err := t.provider.Shutdown(ctx)
	if t.pusher == nil {
		return
	}
	if err != nil && !errors.Is(err, context.DeadlineExceeded) { // an export that took too long is among the failed ones
		t.config.Tell("metrics: %s", brief(err))
	}
	if all, failed := t.pusher.counts(); failed > 0 {
		t.config.Tell("%d of %d exports of metrics to %s failed", failed, all, t.config.OTLP.Redacted())
	}
}

// resource says whose metrics these are, in OpenTelemetry's terms. Slices of a run are instances of their own.
func (c Config) resource() *resource.Resource {
	return resource.NewSchemaless(
		attribute.String("service.name", "muster"), attribute.String("service.version", c.Version),
		attribute.String("service.instance.id", fmt.Sprintf("%s-%d", c.Run, c.Slice.Index)),
	)
}
