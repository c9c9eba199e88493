package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/loadgen"
	"github.com/passmuster/muster/scenarios"
)

// nowhere is a driver that takes every message and acknowledges it at once.
type nowhere struct {
	begin sync.Once
	sent  atomic.Int64
}

// Send implements transport.Driver.
func (n *nowhere) Send(_ context.Context, _ *contract.Message, done func(contract.Reply)) {
	n.begin.Do(func() { fmt.Println("begin") })
	n.sent.Add(1)
	now := time.Now()
	done(contract.Reply{Outcome: contract.Acknowledged, Status: 204, Sent: now, Done: now})
}

// Close implements transport.Driver.
func (n *nowhere) Close(context.Context) error { return nil }

// floor plays a plan of a million actions at full speed into a driver that does nothing: what is left is the plan, the
// engine, rendering, signing and recording.
func floor(ctx context.Context, args []string) (err error) {
	plan := scenarioHead("floor") + "duration: 2h\ntime_scale: 10000\nplayers:\n  ccu: [{at: 0s, players: 20000}, {at: 2h, players: 20000}]\n" +
		"  session: {law: fixed, mean: 24h}\n  heartbeat: {period: 150s}\ngenerator: {max_in_flight: 64}\n"
	scenario, err := scenarios.Decode("floor.yaml", []byte(plan))
	if err != nil {
		return err
	}
	renderer, err := playtime.NewRenderer(&target.Target{Name: "bench", Playtime: &target.Playtime{
		AccessTokens: []target.Secret{token}, MetricsKey: metricsKey,
	}})
	if err != nil {
		return err
	}
	writer, err := record.Create(args[0], record.Manifest{Version: record.Version, Name: "floor"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, writer.Close()) }()
	driver := &nowhere{}
	_, err = loadgen.Run(ctx, loadgen.Config{
		Scenario: scenario, Run: 1, Recorder: writer,
		Routes: []transport.Route{{Transport: contract.HTTP, Renderer: renderer, Driver: driver}},
	})
	fmt.Println("units", driver.sent.Load())
	return err
}
