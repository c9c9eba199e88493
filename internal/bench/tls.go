package main

import (
	"context"
	"fmt"
	"time"

	"github.com/passmuster/muster/internal/bench/figures"
	"github.com/passmuster/muster/internal/bench/process"
	"github.com/passmuster/muster/internal/record"
)

// eachNew is the connections of a plan in which every action has a connection of its own.
func eachNew(resumed string) string {
	return "connections: {mode: per-player, idle: 0s, tls: {version: \"1.3\", curves: [x25519], resumed: " + resumed + "}}\ngenerator: {max_in_flight: 16}\n"
}

func measureTLS(ctx context.Context, r *rig, s *section) error {
	kept, each, idle := figures.AtMost(1.25, ""), figures.AtLeast(2.5, ""), figures.AtMost(10, "KiB")
	const (
		keptWhat = "over TLS, kept open: CPU per signed action ÷ wrk's CPU per request"
		eachWhat = "full TLS 1.3 handshakes per core ÷ openssl s_time -new"
		idleWhat = "an idle TLS connection held for a player"
	)
	nginx, err := r.nginx(ctx)
	if err != nil {
		s.add(missing(keptWhat, kept, err), missing(eachWhat, each, err), missing(idleWhat, idle, err))
		return nil
	}
	defer nginx.End()
	all := r.contest(ctx, []contestant{
		r.wrk(r.generator, "https", nginx),
		r.contestant("muster", "action", r.generator, nginx, r.secure("tls-kept", oneByOne, nginx)),
		r.sTime(nginx),
		r.contestant("muster, each a full handshake", "connection", r.generator, nginx, r.secure("tls-full", eachNew("0"), nginx)),
		r.resuming("muster, each resumed", nginx, r.secure("tls-resumed", eachNew("1"), nginx)),
	})
	for i := range all {
		all[i].Name += ", TLS"
	}
	s.series = append(s.series, all...)
	const how = "nginx, ECDSA P-256, TLS 1.3; generator on one core, server on the other"
	s.add(
		figures.Ratio(keptWhat, how, kept, all[1], all[0], figures.Reading.CPUPerUnit),
		figures.Ratio(eachWhat, how+", X25519", each, all[3], all[2], figures.Reading.PerCore),
		figures.Ratio("CPU of a resumed handshake ÷ that of a full one", how+", X25519", figures.AtMost(0.8, ""), all[4], all[3], figures.Reading.CPUPerUnit),
	)
	s.add(r.idle(ctx, idleWhat, idle, nginx))
	return nil
}

func (r *rig) secure(name, connections string, s *server) play {
	return play{name: name, scenario: r.flatOut() + connections, target: httpTarget("https", s.addr)}
}

// resuming is muster whose handshakes have to have been resumed, by its own record: a full one is no reading.
func (r *rig) resuming(name string, s *server, p play) contestant {
	return contestant{name: name, unit: "connection", run: func(ctx context.Context) (figures.Reading, error) {
		staged, err := r.stage(ctx, p)
		if err != nil {
			return figures.Reading{}, err
		}
		reading, err := r.reading(ctx, staged.Command, course{core: r.generator, against: s})
		if err != nil {
			return reading, err
		}
		full, resumed, err := handshakes(staged.out)
		if err == nil && resumed < 9*full {
			err = &lacking{fmt.Sprintf("%d handshakes were full and %d resumed", full, resumed)}
		}
		return reading, err
	}}
}

// handshakes counts those of a run.
func handshakes(dir string) (full, resumed int64, err error) {
	run, err := record.Open(dir)
	if err != nil {
		return 0, 0, err
	}
	for l, err := range run.Links() {
		if err != nil {
			return full, resumed, err
		}
		full, resumed = full+l.Full, resumed+l.Resumed
	}
	return full, resumed, nil
}

// sTime is openssl's own client, which handshakes as often as it can.
func (r *rig) sTime(s *server) contestant {
	return r.outside("openssl s_time -new", "connection", course{core: r.generator, against: s}, func(context.Context) (process.Command, error) {
		tool, err := r.tool("openssl", "apt-get install openssl")
		return process.Command{Args: []string{tool, "s_time", "-connect", s.addr, "-new", "-www", "/", "-time", "600"}}, err
	})
}

// crowd is as many players with a connection each that nobody uses again for a while.
func crowd(players int) string {
	return fmt.Sprintf(`
duration: 2m
players:
  ccu: [{at: 0s, players: 0}, {at: 20s, players: %d}, {at: 2m, players: %d}]
  session: {law: fixed, mean: 1h}
  heartbeat: {period: 10m}
connections: {mode: per-player, idle: 30m, tls: {version: "1.3", curves: [x25519], resumed: 0}}
`, players, players)
}

// idle measures what a process grows by for each connection that it holds: two crowds, the difference between them.
// Garbage is collected often, so that it is little beside what lives.
func (r *rig) idle(ctx context.Context, what string, goal figures.Goal, nginx *server) figures.Row {
	const few, many = 1000, 9000
	const how = "RSS of bin/muster with 9,000 players on line less that with 1,000, GOGC=5, by player"
	var held [2]float64
	for i, players := range []int{few, many} {
		rss, err := r.held(ctx, play{
			name: fmt.Sprintf("idle-%d", players), scenario: crowd(players), target: httpTarget("https", nginx.addr), env: []string{"GOGC=5"},
		}, players, nginx)
		if err != nil {
			return missing(what, goal, err)
		}
		held[i] = float64(rss)
	}
	return figures.Judge(what, how, goal, []float64{(held[1] - held[0]) / (many - few) / 1024})
}

// held runs a play until everybody is on line and returns what is resident then.
func (r *rig) held(ctx context.Context, p play, players int, s *server) (int64, error) {
	staged, err := r.stage(ctx, p)
	if err != nil {
		return 0, err
	}
	before, err := s.counter.count(ctx)
	if err != nil {
		return 0, err
	}
	muster, err := process.Start(ctx, staged.Command)
	if err != nil {
		return 0, err
	}
	defer muster.Kill()
	if err := r.reaches(ctx, muster, s, before+int64(players)-1, readyWithin); err != nil {
		return 0, err
	}
	const collected = 3 * time.Second // garbage of the handshakes
	if err := pause(ctx, muster, collected); err != nil {
		return 0, err
	}
	if sockets := muster.Sockets(); sockets < players {
		return 0, &lacking{fmt.Sprintf("%d connections are open for %d players", sockets, players)}
	}
	return muster.RSS()
}
