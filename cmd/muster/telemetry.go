package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/telemetry"
	"github.com/passmuster/muster/internal/transport"
)

// telemetryFlags say where a run is shown as metrics while it goes on.
type telemetryFlags struct {
	Metrics       string        `placeholder:"HOST:PORT" help:"Serve the run's metrics for Prometheus at http://HOST:PORT/metrics while it goes on; port 0 takes any free one. Without a host other machines can scrape it, too; 127.0.0.1:PORT keeps it to this one."`
	MetricsLinger time.Duration `placeholder:"D" help:"When the run is over, wait at most so long for one scrape that sees its end (default 0s: no wait)."`
	OTLP          string        `name:"otlp" placeholder:"URL" help:"Push the run's metrics to an OpenTelemetry collector by OTLP over HTTP every 5 s; without a path in the URL to /v1/metrics. Only this flag turns it on: OTEL_EXPORTER_OTLP_ENDPOINT does not. OTEL_EXPORTER_OTLP_HEADERS, _CERTIFICATE, _CLIENT_CERTIFICATE and _CLIENT_KEY and OTEL_RESOURCE_ATTRIBUTES are heeded."`
}

// config reads the flags; nil when the run is to be shown nowhere.
func (f telemetryFlags) config() (*telemetry.Config, error) {
	c := &telemetry.Config{Metrics: f.Metrics, Linger: f.MetricsLinger}
	if f.MetricsLinger != 0 && (f.MetricsLinger < 0 || f.Metrics == "") {
		return nil, usage(fmt.Errorf("--metrics-linger %v: want 0s or more, and --metrics", f.MetricsLinger), "it waits for a scrape of what --metrics serves")
	}
	if f.OTLP != "" {
		var err error
		if c.OTLP, err = telemetry.Endpoint(f.OTLP); err != nil {
			return nil, usage(fmt.Errorf("--otlp: %w", err), "such as --otlp http://localhost:4318; credentials belong into OTEL_EXPORTER_OTLP_HEADERS")
		}
	}
	if c.Metrics == "" && c.OTLP == nil {
		return nil, nil //nolint:nilnil // there is nothing to show it with, which is no error
	}
	return c, nil
}

// show begins to show a run that l is to play. The caller must end it.
func (f telemetryFlags) show(ctx context.Context, v *voice, l *player) (*shown, error) {
	c, err := f.config()
	if c == nil || err != nil {
		return &shown{}, err
	}
	c.Run, c.Slice, c.Version = fmt.Sprintf("%016x", l.portion.run), l.portion.slice, build().Version
	c.Transports, c.Tell = carriers(l.routes), v.say
	t, err := telemetry.Open(ctx, *c)
	if address := new(net.OpError); errors.As(err, &address) {
		return nil, usage(fmt.Errorf("--metrics %s: %w", f.Metrics, err), "is the address free, and one of this machine's? --metrics 127.0.0.1:0 takes any free port")
	}
	if err != nil {
		return nil, usage(err, "do the OTEL_EXPORTER_OTLP_ variables fit --otlp %s?", c.OTLP)
	}
	if url := t.URL(); url != "" {
		if t.Everywhere() {
			url += ", and from other machines by this one's name"
		}
		v.say("metrics at %s", url)
	}
	return &shown{t}, nil
}

// shown is a run that is shown as metrics, or nowhere.
type shown struct{ *telemetry.Telemetry }

// watch has the metrics told of all that the run directory is given.
func (s *shown) watch(r *runDir) {
	if s.Telemetry != nil {
		s.Observe(record.Entry{Manifest: &r.manifest})
		r.writer.Watch(s)
	}
}

// end shows the end of the run. It takes a few seconds at most, and the time of --metrics-linger.
func (s *shown) end(ctx context.Context) {
	if s.Telemetry != nil {
		s.Close(ctx)
	}
}

// carriers returns the transport of each operation.
func carriers(routes []transport.Route) map[string]string {
	by := map[string]string{}
	for _, r := range routes {
		for _, k := range []contract.Kind{contract.Start, contract.Heartbeat, contract.End, contract.Flush} {
			if name := r.Renderer.Operation(k, r.Transport); name != "" {
				by[name] = string(r.Transport)
			}
		}
	}
	return by
}
