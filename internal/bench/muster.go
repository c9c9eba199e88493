package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/passmuster/muster/internal/bench/process"
)

// play is a load run of bin/muster: its scenario and its target, as YAML.
type play struct {
	name     string // of the files and of the run directory
	scenario string
	target   string
	env      []string
}

// flatOut is a plan that is due at once, so that muster sends as fast as it can and always has as much under way as the
// bound allows: 20,000 players who beat every 150 s, their hours passing in a second or two. There are more actions than
// any generator sends meanwhile; nobody waits for the end.
func (r *rig) flatOut() string { return allAtOnce(r.seconds, "heartbeat: {period: 150s}") }

// fastest is above what any generator sends in a second on two cores.
const fastest = 300_000

func allAtOnce(seconds int, cadence string) string {
	const players, period, besides = 20_000, 150, 3 // s; besides: starting and settling
	duration := fastest * (seconds + besides) / players * period
	return fmt.Sprintf(`
duration: %ds
time_scale: 10000
players:
  ccu: [{at: 0s, players: %d}, {at: %ds, players: %d}]
  session: {law: fixed, mean: 240h}
  %s
`, duration, players, duration, players, cadence)
}

// scenarioHead begins every scenario file.
func scenarioHead(name string) string { return "version: 1\nname: " + name + "\n" }

// httpTarget is a target that claims sessions only, at a server that answers 204 to everything.
func httpTarget(scheme, addr string) string {
	return fmt.Sprintf(`version: 1
name: bench
load: {allowed: true}
playtime:
  base_url: %s://%s
  access_tokens: [%s]
  metrics_key: %s
`, scheme, addr, token, metricsKey)
}

// The secrets of targets that check none.
const (
	token      = "bench-access-token-bench-access-token"
	metricsKey = "bench-metrics-key-bench-metrics-key"
)

// staged is a play that can be run once.
type staged struct {
	process.Command
	out string // the run directory
}

// stage writes the files of a play, lets muster check them, and returns the command that plays it, with a run directory
// of its own. A scenario that this muster does not take is lacking.
func (r *rig) stage(ctx context.Context, p play) (staged, error) {
	scenario, err := r.file(p.name+".scenario.yaml", scenarioHead(p.name)+p.scenario)
	if err != nil {
		return staged{}, err
	}
	target, err := r.file(p.name+".target.yaml", p.target)
	if err != nil {
		return staged{}, err
	}
	if !executable(r.muster()) {
		return staged{}, fmt.Errorf("%s is not there; want it built: make build", r.muster())
	}
	if out, err := exec.CommandContext(ctx, r.muster(), "scenarios", "check", scenario).CombinedOutput(); err != nil {
		return staged{}, &lacking{oneLine(strings.ReplaceAll(string(out), r.dir+"/", ""))}
	}
	r.runs++
	out := filepath.Join(r.dir, "runs", fmt.Sprintf("%s-%d", p.name, r.runs))
	env := p.env
	if r.cert != "" {
		env = append(env[:len(env):len(env)], "SSL_CERT_FILE="+r.cert)
	}
	return staged{out: out, Command: process.Command{
		Args: []string{r.muster(), "load", scenario, "--target", target, "--out", out, "--regardless", "--floor", "0s"}, Env: env, Core: r.generator,
	}}, nil
}

// contestant lets muster play it in a contest.
func (r *rig) contestant(name, unit string, core int, against *server, p play) contestant {
	return r.outside(name, unit, course{core: core, against: against}, func(ctx context.Context) (process.Command, error) {
		s, err := r.stage(ctx, p)
		return s.Command, err
	})
}
