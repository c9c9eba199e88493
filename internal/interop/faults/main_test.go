//go:build integration

package faults

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/fitness"
	"github.com/passmuster/muster/internal/record"
)

const (
	burnFor     = 30 * time.Second // longer than any test; they are stopped before
	runWithin   = 2 * time.Minute
	noticedIn   = 5 // seconds
	startWithin = 30 * time.Second
)

// muster is the binary under test; TestMain builds it.
var muster string

func TestMain(m *testing.M) {
	if os.Getenv("MUSTER_TEST_BURN") != "" {
		for end := time.Now().Add(burnFor); time.Now().Before(end); {
		}
		return
	}
	os.Exit(build(m))
}

func build(m *testing.M) int {
	dir, err := os.MkdirTemp("", "muster-faults-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a folder that stays behind harms nobody
	muster = filepath.Join(dir, "muster")
	if out, err := exec.Command("go", "build", "-o", muster, "github.com/passmuster/muster/cmd/muster").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build muster: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// scenario writes a scenario of so many players and seconds, with more lines at its end.
func scenario(t *testing.T, players, seconds int, more string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "scenario.yaml")
	text := fmt.Sprintf(`version: 1
name: fault
duration: %[2]ds
players:
  ccu: [{at: 0s, players: %[1]d}]
  session: {law: fixed, mean: 2s}
  heartbeat: {period: 1s, jitter: 100ms}
%[3]s`, players, seconds, more)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// play runs a load in a process of its own that a wrapper starts, and returns its run directory, how it exited and what
// it said.
type play struct {
	dir    string
	cmd    *exec.Cmd
	output strings.Builder
}

func start(t *testing.T, file string, env []string, wrapper ...string) *play {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), runWithin)
	t.Cleanup(cancel)
	p := &play{dir: filepath.Join(t.TempDir(), "run")}
	args := append(wrapper, muster, "load", file, "--regardless", "--floor", "0s", "--out", p.dir)
	p.cmd = exec.CommandContext(ctx, args[0], args[1:]...)
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

// wait returns the exit code.
func (p *play) wait(t *testing.T) int {
	t.Helper()
	var exit *exec.ExitError
	if err := p.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatalf("%v\n%s", err, p.output.String())
	}
	return p.cmd.ProcessState.ExitCode()
}

// health reads what the run says of its generator so far.
func (p *play) health(t *testing.T) []record.Health {
	t.Helper()
	run, err := record.Open(p.dir)
	if err != nil {
		t.Fatalf("%v\n%s", err, p.output.String())
	}
	var all []record.Health
	for h, err := range run.Health() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, h)
	}
	return all
}

// underWay waits until the run has told of so many seconds.
func (p *play) underWay(t *testing.T, seconds int) {
	t.Helper()
	for deadline := time.Now().Add(startWithin); ; time.Sleep(50 * time.Millisecond) {
		data, _ := os.ReadFile(filepath.Join(p.dir, record.HealthFile)) // not there yet
		if strings.Count(string(data), "\n") >= seconds {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the run did not tell of %d seconds within %v\n%s", seconds, startWithin, p.output.String())
		}
	}
}

// noticed demands that one of the signs showed within five seconds of the second in which the fault began.
func (p *play) noticed(t *testing.T, from int, signs ...string) {
	t.Helper()
	var seen []string
	for _, h := range p.health(t) {
		for _, s := range fitness.Seen(h) {
			seen = append(seen, fmt.Sprintf("%s in second %d", s.Name, h.Second))
			if slices.Contains(signs, s.Name) && h.Second <= from+noticedIn {
				return
			}
		}
	}
	t.Errorf("seen %q, want one of %q within %d s of second %d\n%s", seen, signs, noticedIn, from, p.output.String())
}
