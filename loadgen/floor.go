package loadgen

import (
	"context"
	"fmt"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/loadgen/engine"
)

// floor plays the beginning of the plan against a target that answers at once and costs nothing: what is measured then is
// the instrument itself, on this machine as it is now. It is nil when it is not wanted or nothing is due so early.
func (b *books) floor(ctx context.Context) (*record.Floor, error) {
	if b.Floor <= 0 {
		return nil, nil //nolint:nilnil // no floor is an answer
	}
	c := b.engine()
	c.Plan.Duration = min(c.Plan.Duration, time.Duration(float64(b.Floor)*b.Scenario.TimeScale))
	c.Routes = make([]transport.Route, len(b.Routes))
	for i, r := range b.Routes {
		c.Routes[i] = transport.Route{Transport: r.Transport, Renderer: r.Renderer, Driver: nobody{}}
	}
	all := record.NewFrame(0, "floor")
	c.Frames = func(frames []*record.Frame) error {
		for _, f := range frames {
			if err := all.Merge(f); err != nil {
				return err
			}
		}
		return nil
	}
	played, err := engine.Run(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("measure the floor: %w", err)
	}
	if all.Fired == 0 {
		return nil, nil //nolint:nilnil // likewise
	}
	return &record.Floor{
		Seconds: played.Finished.Sub(played.Began).Seconds(), Actions: all.Fired,
		LagP50: all.Lag.ValueAtQuantile(50), LagP99: all.Lag.ValueAtQuantile(99),
		ResponseP50: all.Response.ValueAtQuantile(50), ResponseP99: all.Response.ValueAtQuantile(99),
	}, nil
}

// nobody is a driver that has its answer before it is asked.
type nobody struct{}

// Send implements transport.Driver.
func (nobody) Send(_ context.Context, _ *contract.Message, done func(contract.Reply)) {
	now := time.Now()
	done(contract.Reply{Outcome: contract.Acknowledged, Sent: now, Done: now})
}

// Close implements transport.Driver.
func (nobody) Close(context.Context) error { return nil }
