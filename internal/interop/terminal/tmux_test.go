//go:build integration

package terminal

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// patience bounds every wait for something to be seen.
const patience = 60 * time.Second

// pane is a terminal with a shell in it.
type pane struct {
	socket string
}

// open starts a terminal of its own, and ends it with the test.
func open(t *testing.T, columns, rows int) *pane {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Fatalf("%v; .ci/integration-setup installs it", err)
	}
	dir, err := os.MkdirTemp("", "tmux") // its address must be shorter than the test's own folder often is
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	p := &pane{socket: filepath.Join(dir, "s")}
	p.tmux(t, "-f", "/dev/null", "new-session", "-d", "-x", strconv.Itoa(columns), "-y", strconv.Itoa(rows), "env PS1='$ ' sh")
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", p.socket, "kill-server").Run() })
	return p
}

func (p *pane) tmux(t *testing.T, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "tmux", append([]string{"-S", p.socket}, args...)...)
	command.Env = append(os.Environ(), "TMUX=", "LC_ALL=C.UTF-8")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("tmux %s: %v\n%s", args, err, out)
	}
	return string(out)
}

// run types a command.
func (p *pane) run(t *testing.T, command string) {
	t.Helper()
	p.tmux(t, "send-keys", "-l", command)
	p.tmux(t, "send-keys", "Enter")
}

// until waits until what is seen is as wished, and returns it.
func (p *pane) until(t *testing.T, what string, holds func(seen string) bool, flags ...string) string {
	t.Helper()
	seen := ""
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if seen = p.tmux(t, append([]string{"capture-pane", "-p"}, flags...)...); holds(seen) {
			return seen
		}
	}
	t.Fatalf("%s was not seen, but\n%s", what, seen)
	return ""
}

// muster builds the binary.
func muster(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "muster")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "github.com/passmuster/muster/cmd/muster")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}

// scenario writes one that lasts so long.
func scenario(t *testing.T, lasts string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "long.yaml")
	text := "version: 1\nname: long\nduration: " + lasts + "\nplayers:\n  ccu: [{at: 0s, players: 20}]\n  heartbeat: {period: 500ms}\nthresholds: [\"playtime.heartbeat response p99 < 20s\"]\ngenerator: {max_lag: 1m}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func contains(text string) func(string) bool {
	return func(seen string) bool { return strings.Contains(seen, text) }
}

func TestViewOfARun(t *testing.T) {
	binary, file := muster(t), scenario(t, "10m")
	p := open(t, 100, 30)
	p.run(t, "clear; echo before")
	p.run(t, fmt.Sprintf("%s load %s --floor 0s --out %s", binary, file, filepath.Join(t.TempDir(), "run")))
	p.until(t, "a verdict", contains("✓ holding so far"))
	seen := p.until(t, "a figure of the target's", contains("says the target"))
	for _, want := range []string{"before\n", "long  ", "░", " of 10m0s, ", " left", "20 intended", "acknowledged", "p50 ", "service p99 ", "✓ none of ", "lag p99 ", "✓ playtime.heartbeat response p99 < 20s: "} {
		if !strings.Contains(seen, want) {
			t.Errorf("the view does not say %q:\n%s", want, seen)
		}
	}
	if colours := p.tmux(t, "capture-pane", "-p", "-e"); !strings.Contains(colours, "\x1b[1m\x1b[32m✓ holding so far") {
		t.Errorf("the verdict is not green:\n%q", colours)
	}

	// What a narrower or lower terminal scrolls away is gone for us; what it shows must be the view alone.
	p.tmux(t, "resize-window", "-x", "44", "-y", "30")
	seen = p.until(t, "the narrow view, and nothing of the wide one", func(seen string) bool {
		return strings.Count(seen, "verdict ") == 1 && strings.Count(seen, "10m0s") == 1 && strings.Contains(seen, "\n           service p50 ")
	})
	if lines := strings.Split(strings.TrimSpace(seen), "\n"); !strings.HasPrefix(lines[0], "long  ") {
		t.Errorf("something of the wide view stands above the narrow one:\n%s", seen)
	}
	p.tmux(t, "resize-window", "-x", "100", "-y", "6")
	p.until(t, "a view of five lines at most", func(seen string) bool {
		return strings.Contains(seen, "verdict ") && !strings.Contains(seen, "threshold ")
	})
	p.tmux(t, "resize-window", "-x", "100", "-y", "60")
	p.until(t, "the whole view again", contains("threshold "))

	p.tmux(t, "send-keys", "C-c")
	p.until(t, "the end", contains("INTERRUPTED  long against reference"))
	seen = p.until(t, "the report", contains("report.html"))
	if strings.Contains(seen, "10m0s, ") || strings.Contains(seen, "^C") {
		t.Errorf("the view is still there:\n%s", seen)
	}
}

func TestViewWithoutColours(t *testing.T) {
	binary, file := muster(t), scenario(t, "10m")
	p := open(t, 100, 30)
	p.run(t, fmt.Sprintf("NO_COLOR=1 %s load %s --floor 0s --out %s", binary, file, filepath.Join(t.TempDir(), "run")))
	p.until(t, "a verdict", contains("✓ holding so far"))
	if colours := p.tmux(t, "capture-pane", "-p", "-e"); strings.Contains(colours, "\x1b[") {
		t.Errorf("colours although NO_COLOR is set:\n%q", colours)
	}
	p.tmux(t, "send-keys", "C-c")
	p.until(t, "the end", contains("INTERRUPTED"), "-S", "-")
}

func TestNoViewOnATerminalThatCannotMoveItsCursor(t *testing.T) {
	binary, file := muster(t), scenario(t, "25s")
	p := open(t, 100, 90)
	p.run(t, fmt.Sprintf("TERM=dumb %s load %s --floor 0s --out %s", binary, file, filepath.Join(t.TempDir(), "run")))
	seen := p.until(t, "the report", contains("report.html"))
	if !strings.Contains(seen, "s left  20 playing") || strings.Contains(seen, "verdict ") {
		t.Errorf("want a plain line and no view:\n%s", seen)
	}
}
