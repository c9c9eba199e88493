//go:build integration

package faults

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// need skips where a tool that makes the fault is not to be had.
func need(t *testing.T, command ...string) {
	t.Helper()
	if err := exec.Command(command[0], command[1:]...).Run(); err != nil {
		t.Skipf("%s: %v", strings.Join(command, " "), err)
	}
}

// Neighbours that share the one core take the CPU away.
func TestCPUTakenAway(t *testing.T) {
	need(t, "taskset", "-c", "0", "true")
	p := start(t, scenario(t, 200, 9, ""), nil, "taskset", "-c", "0")
	p.underWay(t, 2)
	began := len(p.health(t))
	for range 12 {
		burner := exec.CommandContext(t.Context(), "taskset", "-c", "0", os.Args[0])
		burner.Env = append(os.Environ(), "MUSTER_TEST_BURN=1")
		if err := burner.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = burner.Process.Kill(); _ = burner.Wait() })
	}
	p.wait(t)
	p.noticed(t, began, "CPU taken by others")
}

// A limit far below what the run needs makes it collect garbage all the time.
func TestMemoryLimit(t *testing.T) {
	p := start(t, scenario(t, 600, 6, ""), []string{"GOMEMLIMIT=12MiB"})
	p.wait(t)
	p.noticed(t, 0, "memory at its limit", "garbage collection")
}

// Muster keeps to the descriptors that it may have, but others may hold some, too: here three hundred are open before it
// begins.
func TestDescriptorLimit(t *testing.T) {
	need(t, "prlimit", "--nofile=640:640", "true")
	need(t, "bash", "-c", "true")
	script := `for fd in $(seq 10 309); do eval "exec $fd</dev/null"; done; exec "$0" "$@"`
	p := start(t, scenario(t, 800, 8, "connections: {mode: per-player, idle: 10s}\n"), nil, "prlimit", "--nofile=640:640", "bash", "-c", script)
	if code := p.wait(t); code != 3 {
		t.Errorf("exit code %d, want 3\n%s", code, p.output.String())
	}
	p.noticed(t, 0, "descriptors running out")
}

// In a network of its own the run has forty ports, for both ends of everything.
func TestPortsExhausted(t *testing.T) {
	need(t, "unshare", "-rn", "ip", "link", "set", "lo", "up")
	script := `ip link set lo up && echo "20000 20039" > /proc/sys/net/ipv4/ip_local_port_range && exec "$0" "$@"`
	p := start(t, scenario(t, 800, 8, "connections: {mode: per-player, idle: 10s}\n"), nil, "unshare", "-rn", "sh", "-c", script)
	if code := p.wait(t); code != 3 {
		t.Errorf("exit code %d, want 3\n%s", code, p.output.String())
	}
	p.noticed(t, 0, "addresses or ports exhausted")
}

// One worker cannot keep up with thousands of actions a second.
func TestWorkerCap(t *testing.T) {
	p := start(t, scenario(t, 3000, 6, "generator: {max_workers: 1, attackers: 1}\n"), nil)
	p.wait(t)
	p.noticed(t, 0, "workers at their cap")
}
