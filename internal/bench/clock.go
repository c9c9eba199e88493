package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/bench/figures"
	"github.com/passmuster/muster/internal/record"
)

// paced is a plan at a constant rate: everybody beats every ten seconds, and they come within ten seconds.
func paced(rate int, pacing string) string {
	return fmt.Sprintf(`
duration: 5m
players:
  ccu: [{at: 0s, players: 0}, {at: 10s, players: %d}, {at: 5m, players: %d}]
  session: {law: fixed, mean: 1h}
  heartbeat: {period: 10s}
connections: {pool: 64}
generator: {pacing: %s}
`, 10*rate, 10*rate, pacing)
}

func measureClock(ctx context.Context, r *rig, s *section) error {
	sink, err := r.peer(ctx, r.server, "sink")
	if err != nil {
		return err
	}
	defer sink.End()
	for _, rate := range []int{1_000, 10_000} {
		goal := figures.AtMost(50, "µs")
		what := fmt.Sprintf("median send error at %s/s, precise mode", figures.Number(float64(rate)))
		p := play{name: fmt.Sprintf("paced-%d", rate), scenario: paced(rate, "precise"), target: httpTarget("http", sink.addr)}
		e, err := r.excerpt(ctx, p, sink, int64(10*rate), 10*time.Second+readyWithin)
		if err != nil {
			s.add(missing(what, goal, err))
			continue
		}
		row, err := e.sendError(what, goal)
		if err != nil {
			return err
		}
		s.add(row)
		s.series = append(s.series, figures.Series{Name: fmt.Sprintf("muster, precise, %d/s", rate), Unit: "action", Readings: []figures.Reading{e.Reading}})
	}
	s.add(recording()...)
	return nil
}

// sendError adds up the medians of the parts from an action's planned instant to its first byte on the wire.
func (e *excerpt) sendError(what string, goal figures.Goal) (figures.Row, error) {
	f, err := e.frame("playtime.heartbeat")
	if err != nil {
		return figures.Row{}, err
	}
	median, how := float64(f.Lag.ValueAtQuantile(50)), "median of fired - planned"
	for _, part := range []string{record.LagWorker, record.LagConnect} {
		if h := f.Parts[part]; h != nil && h.TotalCount() > 0 {
			median += float64(h.ValueAtQuantile(50))
			how += " + of " + part
		}
	}
	how += fmt.Sprintf("; p99 of fired - planned %s", micros(f.Lag.ValueAtQuantile(99)))
	return figures.Judge(what, how, goal, []float64{median}), nil
}

// recording measures what one sample costs in a frame's histogram, in this process.
func recording() []figures.Row {
	h := record.NewHistogram()
	b := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			if err := h.RecordValue(int64(i)%100_000 + 1); err != nil {
				b.Fatal(err)
			}
		}
	})
	const how = "a value into a frame's histogram; as a library, testing.Benchmark"
	return []figures.Row{
		figures.Judge("recording one sample", how, figures.AtMost(10, "ns"), []float64{float64(b.T.Nanoseconds()) / float64(b.N)}),
		figures.Judge("the same: allocations", how, figures.AtMost(0, "allocations"), []float64{float64(b.AllocsPerOp())}),
	}
}
