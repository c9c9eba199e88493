package telemetry

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
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
	provider *metric.MeterProvider // joins readers and resource; nobody else's
	scraped  *scraped              // nil when nobody is to scrape
	pusher   *pusher               // nil when nothing is to be pushed
}

// Open begins to show a run: it listens for scrapes at once, and pushes for the first time after Config.Every. The caller
// must Close it. Failures to push are told, never returned.
func Open(ctx context.Context, c Config) (*Telemetry, error) {
	t := &Telemetry{config: c, State: NewState(c, time.Now())}
	options := []metric.Option{metric.WithResource(c.resource())}
	var err error
	if c.OTLP != nil {
		if t.pusher, err = newPusher(ctx, c, t.State); err != nil {
			return nil, err
		}
		options = append(options, metric.WithReader(t.pusher.reader))
	}
	if c.Metrics != "" {
		reader, registry, err := newReader(t.State)
		if err != nil {
			return nil, fmt.Errorf("serve metrics: %w", err)
		}
		if t.scraped, err = listen(ctx, c.Metrics, t.State, registry); err != nil {
			return nil, err
		}
		options = append(options, metric.WithReader(reader))
	}
	t.provider = metric.NewMeterProvider(options...)
	if t.pusher != nil {
		t.pusher.start(cmp.Or(c.Every, pushEvery))
	}
	return t, nil
}

// URL returns where to scrape; empty when there is nowhere. Of a server that listens on every address of the machine it is
// the one that this machine can open itself.
func (t *Telemetry) URL() string {
	if t.scraped == nil {
		return ""
	}
	addr := t.scraped.addr
	if at, err := netip.ParseAddrPort(addr); err == nil && at.Addr().IsUnspecified() {
		addr = fmt.Sprintf("localhost:%d", at.Port())
	}
	return "http://" + addr + "/metrics"
}

// Everywhere says whether other machines can scrape as well, because the server listens on every address of this one.
func (t *Telemetry) Everywhere() bool {
	if t.scraped == nil {
		return false
	}
	at, err := netip.ParseAddrPort(t.scraped.addr)
	return err == nil && at.Addr().IsUnspecified()
}

// Close shows the end of the run and ends: it waits for a last scrape if it was told to (unless ctx ends first), pushes for
// the last time, and takes no longer than Config.Linger and a few seconds. Nothing that happens to the metrics is an error
// of the run, so it is told and not returned.
func (t *Telemetry) Close(ctx context.Context) {
	if t.scraped != nil {
		t.linger(ctx)
		if err := t.scraped.close(); err != nil {
			t.config.Tell("%s", brief(err))
		}
	}
	if t.pusher != nil {
		t.pusher.close()
	}
	_ = t.provider.Shutdown(context.Background()) // the readers hold nothing that could fail to be let go
}

// linger waits for a scrape that sees the end of the run, if there was one and somebody asked for it.
func (t *Telemetry) linger(ctx context.Context) {
	if t.config.Linger > 0 && ctx.Err() == nil && t.ended() && !t.scraped.seen() {
		t.config.Tell("waiting up to %v for a scrape of %s that sees the end of the run", t.config.Linger, t.URL())
		t.scraped.await(ctx, t.config.Linger)
	}
}

// resource says whose metrics these are, in OpenTelemetry's terms. Slices of a run are instances of their own.
func (c Config) resource() *resource.Resource {
	return resource.NewSchemaless(
		attribute.String("service.name", "muster"), attribute.String("service.version", c.Version),
		attribute.String("service.instance.id", fmt.Sprintf("%s-%d", c.Run, c.Slice.Index)),
	)
}
