package main

import (
	"context"
	"fmt"
	"time"

	"github.com/passmuster/muster/internal/bench/figures"
)

// dialling is a plan of so many players who beat every ten seconds, each time over a new connection that muster closes.
// They come within ten seconds, so the rate is the same from the first second to the last.
func dialling(players int, sources string) string {
	return fmt.Sprintf(`
duration: 5m
players:
  ccu: [{at: 0s, players: 0}, {at: 10s, players: %d}, {at: 5m, players: %d}]
  session: {law: fixed, mean: 1h}
  heartbeat: {period: 10s}
connections: {mode: per-player, idle: 0s, sources: [%s]}
`, players, players, sources)
}

func measureConnections(ctx context.Context, r *rig, s *section) error {
	const errorsWhat, p99What = "6,667 new connections/s from 16 addresses: address errors", "the same: connect p99 ÷ one address's at a tenth of the rate"
	none, notAbove := figures.AtMost(0, "errors"), figures.AtMost(1, "")
	sink, err := r.peer(ctx, r.server, "sink")
	if err != nil {
		return err
	}
	defer sink.End()
	const many, few = 66_670, 6_667
	const comeWithin = 10*time.Second + readyWithin
	one, err := r.excerpt(ctx, play{name: "dial-1", scenario: dialling(few, "127.0.0.2"), target: httpTarget("http", sink.addr)}, sink, few, comeWithin)
	if err != nil {
		s.add(missing(errorsWhat, none, err), missing(p99What, notAbove, err))
		return nil
	}
	all, err := r.excerpt(ctx, play{name: "dial-16", scenario: dialling(many, "127.0.0.16/28"), target: httpTarget("http", sink.addr)}, sink, many, comeWithin)
	if err != nil {
		s.add(missing(errorsWhat, none, err), missing(p99What, notAbove, err))
		return nil
	}
	return s.dialled(one, all, errorsWhat, p99What, none, notAbove)
}

// dialled reports on new connections from one address and from sixteen.
func (s *section) dialled(one, all *excerpt, errorsWhat, p99What string, none, notAbove figures.Goal) error {
	slow, err := one.links()
	if err != nil {
		return err
	}
	fast, err := all.links()
	if err != nil {
		return err
	}
	if fast.Connect == nil || slow.Connect == nil || fast.Dials < fast.Reused || fast.Dials == 0 {
		why := fmt.Sprintf("%d dials and %d connections used again are on record", fast.Dials, fast.Reused)
		s.add(figures.NotYet(errorsWhat, "", none, why), figures.NotYet(p99What, "", notAbove, why))
		return nil
	}
	s.series = append(s.series,
		figures.Series{Name: "muster, one address, 667/s", Unit: "connection", Readings: []figures.Reading{one.Reading}},
		figures.Series{Name: "muster, 16 addresses, 6,667/s", Unit: "connection", Readings: []figures.Reading{all.Reading}})
	p99 := func(h interface{ ValueAtQuantile(float64) int64 }) float64 { return float64(h.ValueAtQuantile(99)) }
	how := fmt.Sprintf("%s dials/s from 127.0.0.16/28, p99 %s µs; one address %s dials/s, p99 %s µs; tcp_tw_reuse as the system has it",
		figures.Number(float64(fast.Dials)/float64(all.to-all.from)), figures.Number(p99(fast.Connect)),
		figures.Number(float64(slow.Dials)/float64(one.to-one.from)), figures.Number(p99(slow.Connect)))
	s.add(
		figures.Judge(errorsWhat, how, none, []float64{float64(fast.AddressErrors)}),
		figures.Judge(p99What, how, notAbove, []float64{p99(fast.Connect) / p99(slow.Connect)}),
		figures.Judge("the same: new connections held/s", how, figures.AtLeast(6600, "/s"), []float64{float64(fast.Dials-fast.DialErrors) / float64(all.to-all.from)}),
	)
	return nil
}
