package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/bench/figures"
)

// beat is the period of heartbeats of the playtime contract.
const beat = 150 * time.Second

// gathering is a plan of so many players who beat every 150 s. They come within 150 s, so that starts and then heartbeats
// are due at the same rate throughout, players / 150 s.
func gathering(players int, connections string) string {
	return fmt.Sprintf(`
duration: 10m
players:
  ccu: [{at: 0s, players: 0}, {at: 150s, players: %d}, {at: 10m, players: %d}]
  session: {law: fixed, mean: 24h}
  heartbeat: {period: 150s}
%s`, players, players, connections)
}

func measurePlayers(ctx context.Context, r *rig, s *section) error {
	sink, err := r.peer(ctx, r.server, "sink")
	if err != nil {
		return err
	}
	defer sink.End()
	const million = 1_000_000
	rss, cpu, state := figures.AtMost(96, "MiB"), figures.AtMost(25, "% of a core"), figures.AtMost(40, "B")
	one, err := r.crowd(ctx, sink, million, "connections: {pool: 64}\n")
	if err != nil {
		s.add(missing("1,000,000 CCU, 150 s heartbeats, signed, over HTTP: RSS", rss, err))
		return nil
	}
	const how = "real time up to full CCU and on; server (fasthttp) on the other core"
	s.series = append(s.series, figures.Series{Name: "muster, 1,000,000 CCU", Unit: "action", Readings: []figures.Reading{one.Reading}})
	s.add(
		figures.Judge("1,000,000 CCU, 150 s heartbeats, signed, over HTTP: peak RSS", how, rss, []float64{mebibytes(one.RSS)}),
		figures.Judge("the same: CPU", how, cpu, []float64{share(one.Reading)}),
		one.valid("the same: the plan kept, verdict not invalid"),
	)
	ten, err := r.crowd(ctx, sink, 10*million, "connections: {pool: 4, pipeline: 32}\n")
	if err != nil {
		s.add(missing("10,000,000 CCU: peak RSS", figures.AtMost(512, "MiB"), err))
		return nil
	}
	s.series = append(s.series, figures.Series{Name: "muster, 10,000,000 CCU, pipelined", Unit: "action", Readings: []figures.Reading{ten.Reading}})
	s.add(
		figures.Judge("10,000,000 CCU: peak RSS", how+"; pipelined", figures.AtMost(512, "MiB"), []float64{mebibytes(ten.RSS)}),
		ten.valid("the same: the plan kept, verdict not invalid"),
		figures.Judge("the same: CPU", how+"; pipelined", figures.Goal{Unit: "% of a core"}, []float64{share(ten.Reading)}),
		figures.Judge("state per resident player", "peak RSS with 10,000,000 players less that with 1,000,000, by player", state,
			[]float64{float64(ten.RSS-one.RSS) / (9 * million)}),
	)
	return nil
}

// crowd plays a gathering until everybody is there.
func (r *rig) crowd(ctx context.Context, sink *server, players int, connections string) (*excerpt, error) {
	r.say("  %s players gather within %v", figures.Number(float64(players)), beat)
	p := play{name: fmt.Sprintf("ccu-%d", players), scenario: gathering(players, connections), target: httpTarget("http", sink.addr)}
	return r.excerpt(ctx, p, sink, int64(players), beat+2*readyWithin)
}

// valid is the row of the verdict: whether the generator kept the plan.
func (e *excerpt) valid(what string) figures.Row {
	row := figures.Row{What: what, Goal: "valid", State: figures.Met, How: "lag p50 " + micros(e.summary.Generator.Lag.P50) + ", p99 " + micros(e.summary.Generator.Lag.P99)}
	row.Today = "valid, " + row.How
	if faults := ownFaults(e.summary.Faults.Generator); len(faults) > 0 {
		row.State, row.Today = figures.Missed, oneLine("invalid, "+row.How+": "+strings.Join(faults, " "))
	}
	return row
}

// ownFaults leaves out that the run was cut short: it was the benchmark that did it.
func ownFaults(faults []string) []string {
	return slices.DeleteFunc(slices.Clone(faults), func(f string) bool { return strings.HasPrefix(f, "The run was interrupted ") })
}

func micros(us int64) string { return figures.Number(float64(us)) + " µs" }

func mebibytes(n int64) float64 { return float64(n) / (1 << 20) }

// share is the CPU of a reading in percent of one core.
func share(r figures.Reading) float64 { return 100 * r.CPU.Seconds() / r.Wall.Seconds() }
