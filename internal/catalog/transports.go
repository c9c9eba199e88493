package catalog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/httpdriver"
	"github.com/passmuster/muster/internal/transport/kafkadriver"
	"github.com/passmuster/muster/internal/transport/snsdriver"
)

// Settings are what a caller may choose about connections.
type Settings struct {
	Connections int           // kept open per HTTP base URL; 0 is the driver's default
	Timeout     time.Duration // for one answer; 0 is the driver's default
	KeepReplies bool          // keep response headers and bodies, for probes
	UserAgent   string        // tells the target who calls; empty sends none

	// MaxRate caps how many messages a Sender sends, over all doors, per second; 0 is no cap. Routes have none: a load
	// run is refused beforehand when its plan is above the cap.
	MaxRate float64

	Kafka Kafka // what a load run may choose about producing; the zero value is the driver's defaults

	HTTP HTTP                // what a load run may choose about its HTTP connections; OpenRoutes goes by it
	Note func(remark string) // told what OpenRoutes had to do otherwise than asked, in one line; nil for nobody
}

// Kafka is how records are produced. The members are those of kafkadriver.Config.
type Kafka struct {
	Linger      time.Duration // negative for not at all
	Acks        string
	Compression string
	Repeatable  bool
	MaxBuffered int
}

// Transport is one transport as the rest of muster sees it.
type Transport struct {
	Name contract.Transport
	// Open connects to a door, wrong in one way when a departure is asked for.
	Open func(ctx context.Context, d Door, s Settings, wrong contract.Departure) (transport.Driver, error)
}

// Transports returns all transports that this binary can drive.
func Transports() []Transport {
	return []Transport{
		{Name: contract.HTTP, Open: openHTTP},
		{Name: contract.Kafka, Open: openKafka},
		{Name: contract.SNS, Open: openSNS},
	}
}

func openHTTP(_ context.Context, d Door, s Settings, wrong contract.Departure) (transport.Driver, error) {
	if wrong != contract.AsTold {
		return nil, fmt.Errorf("open %s: departure %q is not known by HTTP", d.Field, wrong)
	}
	return httpdriver.New(httpdriver.Config{
		BaseURL: d.BaseURL, Connections: s.Connections, Timeout: s.Timeout, KeepReplies: s.KeepReplies, UserAgent: s.UserAgent,
	})
}

// openKafka grants a broker the least time that its client can do with, where a caller is less patient.
func openKafka(ctx context.Context, d Door, s Settings, wrong contract.Departure) (transport.Driver, error) {
	if s.Timeout > 0 {
		s.Timeout = max(s.Timeout, kafkadriver.MinTimeout)
	}
	return kafkadriver.New(ctx, kafkadriver.Config{
		Kafka: *d.Kafka, Timeout: s.Timeout, Departure: wrong, Linger: s.Kafka.Linger, Acks: s.Kafka.Acks,
		Compression: s.Kafka.Compression, Repeatable: s.Kafka.Repeatable, MaxBuffered: s.Kafka.MaxBuffered,
	})
}

func openSNS(ctx context.Context, d Door, s Settings, wrong contract.Departure) (transport.Driver, error) {
	return snsdriver.New(ctx, snsdriver.Config{SNS: *d.SNS, Timeout: s.Timeout, Connections: s.Connections, Departure: wrong})
}

// openDoor connects to d by the transport that it names.
func openDoor(ctx context.Context, d Door, s Settings, wrong contract.Departure) (transport.Driver, error) {
	for _, t := range Transports() {
		if t.Name == d.Transport {
			return t.Open(ctx, d, s, wrong)
		}
	}
	return nil, fmt.Errorf("open %s: transport %q is not in this binary", d.Field, d.Transport)
}

// OpenRoutes opens every door of t for a load run; those of HTTP connect when there is something to send (see Reach). Close the returned routes with CloseRoutes.
func OpenRoutes(ctx context.Context, t *target.Target, s Settings) ([]transport.Route, error) {
	var routes []transport.Route
	s = s.forEach(t)
	for _, c := range Contracts() {
		doors := c.Doors(t)
		if len(doors) == 0 {
			continue
		}
		renderer, err := c.Renderer(t)
		if err != nil {
			return nil, errors.Join(err, CloseRoutes(ctx, routes))
		}
		for _, d := range doors {
			driver, err := openForLoad(ctx, d, s)
			if err != nil {
				return nil, errors.Join(err, CloseRoutes(ctx, routes))
			}
			routes = append(routes, transport.Route{Transport: d.Transport, Renderer: renderer, Driver: driver})
		}
	}
	return routes, nil
}

// CloseRoutes closes the drivers of routes.
func CloseRoutes(ctx context.Context, routes []transport.Route) error {
	var errs []error
	for _, r := range routes {
		errs = append(errs, r.Driver.Close(ctx))
	}
	return errors.Join(errs...)
}

// OpenReader connects to where t shows its accepted events; nil when it does not.
func OpenReader(ctx context.Context, t *target.Target) (transport.Reader, error) {
	if t.Ingest == nil || t.Ingest.Readback == nil {
		return nil, nil
	}
	if log := t.Ingest.Readback.HTTP; log != nil {
		return httpdriver.NewReader(ctx, log.URL)
	}
	if log := t.Ingest.Readback.Kafka; log != nil {
		return kafkadriver.NewReader(ctx, *log, true)
	}
	return nil, nil
}
