//go:build integration

package kafka

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// patience bounds every wait of these tests, cold starts of other people's programs included.
const patience = 60 * time.Second

// tools are the programs that the tests run.
type tools struct{ muster, foreign, node, kcat string }

// The programs, and the two brokers that the clients are let loose on.
var (
	have  tools
	doors []*door
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

// run builds and starts everything once, runs the tests, and leaves nothing behind.
func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "muster-interop-kafka-")
	if err == nil {
		err = open(dir)
	}
	code := 1
	if err == nil {
		code = m.Run()
	}
	for _, d := range doors {
		err = errors.Join(err, d.close())
	}
	if err = errors.Join(err, os.RemoveAll(dir), goleak.Find()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

func open(dir string) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute) // a C compiler links one of the clients
	defer cancel()
	if have, err = find(ctx, dir); err != nil {
		return err
	}
	for _, start := range []func(context.Context, string) (*door, error){openReference, openApache} {
		d, err := start(ctx, dir)
		if err != nil {
			return err
		}
		doors = append(doors, d)
	}
	return nil
}

// find looks for every program, builds ours, and says how to get what is missing.
func find(ctx context.Context, dir string) (tools, error) {
	var missing []error
	look := func(name, hint string) string {
		path, err := exec.LookPath(name)
		if err != nil {
			missing = append(missing, fmt.Errorf("%w; %s", err, hint))
		}
		return path
	}
	found := tools{
		node: look("node", "install Node.js 18 or later"), kcat: look("kcat", "apt-get install kcat"),
		muster: filepath.Join(dir, "muster"), foreign: filepath.Join(dir, "foreign"),
	}
	if _, err := os.Stat("kafkajs/node_modules/kafkajs"); err != nil {
		missing = append(missing, fmt.Errorf("%w; run: npm ci --prefix internal/interop/kafka/kafkajs", err))
	}
	for _, b := range []struct{ dir, out, pkg string }{
		{".", found.muster, "../../../cmd/muster"}, {"foreign", found.foreign, "."},
	} {
		build := exec.CommandContext(ctx, "go", "build", "-o", b.out, b.pkg)
		build.Dir, build.Env = b.dir, append(os.Environ(), "CGO_ENABLED=1")
		if out, err := build.CombinedOutput(); err != nil {
			missing = append(missing, fmt.Errorf("build %s in %s: %w; a C compiler is needed\n%s", b.pkg, b.dir, err, out))
		}
	}
	return found, errors.Join(missing...)
}
