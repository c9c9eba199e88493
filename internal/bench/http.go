package main

import (
	"context"

	"github.com/passmuster/muster/internal/bench/figures"
)

// The connections of a contest in which the client sends one message after the other on each of 64 connections, and of
// one in which it sends sixteen at a time on each of four.
const (
	oneByOne  = "connections: {pool: 64}\ngenerator: {max_in_flight: 64}\n"
	pipelined = "connections: {pool: 4, pipeline: 16}\ngenerator: {max_in_flight: 64}\n"
)

// plainHTTP is muster over plain HTTP at full speed.
func (r *rig) plainHTTP(name, connections string, s *server) play {
	return play{name: name, scenario: r.flatOut() + connections, target: httpTarget("http", s.addr)}
}

func measureHTTP(ctx context.Context, r *rig, s *section) error {
	pinned, err := r.peer(ctx, r.server, "sink")
	if err != nil {
		return err
	}
	defer pinned.End()
	all := r.contest(ctx, []contestant{
		r.wrk(r.generator, "http", pinned),
		r.contestant("muster", "action", r.generator, pinned, r.plainHTTP("http", oneByOne, pinned)),
		r.contestant("muster, pipelined", "action", r.generator, pinned, r.plainHTTP("http-pipelined", pipelined, pinned)),
		r.vegeta(r.generator, pinned),
		r.oha(r.generator, pinned),
		r.k6(r.generator, pinned),
		r.own("muster's parts without a network", "action", "floor"),
	})
	s.series = append(s.series, all...)
	wrk, muster, piped, vegeta, oha, k6, null := all[0], all[1], all[2], all[3], all[4], all[5], all[6]
	const how = "64 connections; generator on one core, server (fasthttp) on the other"
	cpu := figures.Reading.CPUPerUnit
	s.add(
		figures.Ratio("CPU per signed action ÷ wrk's CPU per request", how, figures.AtMost(1.5, ""), muster, wrk, cpu),
		figures.Ratio("the same, pipelined (4 connections, 16 under way on each)", how, figures.AtMost(0.8, ""), piped, wrk, cpu),
		figures.Ratio("k6's CPU per signed action ÷ ours", how, figures.AtLeast(10, ""), k6, muster, cpu),
		figures.Ratio("vegeta CLI's CPU per request ÷ ours per signed action", how, figures.Goal{}, vegeta, muster, cpu),
		figures.Ratio("oha's CPU per request ÷ ours per signed action", how, figures.Goal{}, oha, muster, cpu),
		figures.Ratio("CPU per action without a network (engine, rendering, signing) ÷ wrk's per request", how, figures.Goal{}, null, wrk, cpu),
	)
	return r.throughput(ctx, s)
}

// throughput lets generator and server share both cores, as they do on a small machine.
func (r *rig) throughput(ctx context.Context, s *section) error {
	shared, err := r.peer(ctx, -1, "sink")
	if err != nil {
		return err
	}
	defer shared.End()
	all := r.contest(ctx, []contestant{
		r.vegeta(-1, shared),
		r.contestant("muster", "action", -1, shared, r.plainHTTP("throughput", oneByOne, shared)),
		r.contestant("muster, pipelined", "action", -1, shared, r.plainHTTP("throughput-pipelined", pipelined, shared)),
		r.wrk(-1, "http", shared),
	})
	for i := range all {
		all[i].Name += ", cores shared"
	}
	s.series = append(s.series, all...)
	const how = "64 connections; generator and server (fasthttp) share all cores"
	s.add(
		figures.Ratio("actions/s ÷ vegeta CLI's requests/s, cores shared", how, figures.AtLeast(2.5, ""), all[1], all[0], figures.Reading.PerSecond),
		figures.Ratio("the same, pipelined", how, figures.AtLeast(5, ""), all[2], all[0], figures.Reading.PerSecond),
	)
	return nil
}
