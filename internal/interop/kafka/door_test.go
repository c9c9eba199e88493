//go:build integration

package kafka

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	ingest "github.com/passmuster/muster/internal/contract/ingest/reference"
	"github.com/passmuster/muster/internal/interop/apachekafka"
	"github.com/passmuster/muster/internal/target"
)

// door is a broker that clients of others are let loose on.
type door struct {
	name   string
	target *target.Target
	raw    target.Kafka // a way to read what clients wrote, before the service behind the broker saw it
	caFile string
	close  func() error
}

// openReference starts `muster serve` as a process and learns of it from the target file that it writes.
func openReference(ctx context.Context, dir string) (*door, error) {
	file := filepath.Join(dir, "reference.yaml")
	serve := exec.Command(have.muster, "serve", "--addr", "127.0.0.1:0", "--kafka-addr", "127.0.0.1:0", "--write-target", file)
	serve.Stderr = os.Stderr
	out, err := serve.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := serve.Start(); err != nil {
		return nil, err
	}
	end := func() error { return stop(serve) }
	if err := awaitReady(ctx, out); err != nil {
		return nil, errors.Join(err, end())
	}
	t, err := target.Load(file, os.LookupEnv)
	if err != nil {
		return nil, errors.Join(err, end())
	}
	return &door{
		name: "reference", target: t, raw: *t.Ingest.Kafka, close: end,
		caFile: strings.TrimSuffix(file, ".yaml") + "-ca.pem",
	}, nil
}

// awaitReady reads what muster serve says until it is ready, and leaves the rest unread.
func awaitReady(ctx context.Context, out io.Reader) error {
	ready := make(chan error, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), "ready") {
				ready <- nil
				return
			}
		}
		ready <- errors.Join(errors.New("muster serve ended before it was ready"), lines.Err())
	}()
	select {
	case err := <-ready:
		return err
	case <-ctx.Done():
		return fmt.Errorf("wait for muster serve: %w", ctx.Err())
	}
}

// stop interrupts a process of ours and waits for its orderly end.
func stop(c *exec.Cmd) error {
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		return errors.Join(err, c.Wait())
	}
	late := time.AfterFunc(patience, func() { _ = c.Process.Kill() })
	defer late.Stop()
	if err := c.Wait(); err != nil && c.ProcessState.ExitCode() != 130 {
		return fmt.Errorf("end %s: %w", c.Path, err)
	}
	return nil
}

// openApache starts a genuine broker with the ingest reference behind it.
func openApache(ctx context.Context, dir string) (*door, error) {
	jars, err := apachekafka.Jars()
	if err != nil {
		return nil, err
	}
	dir = filepath.Join(dir, "apache")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	broker, err := apachekafka.Start(ctx, apachekafka.Options{Jars: jars, Dir: dir})
	if err != nil {
		return nil, err
	}
	serving, end := context.WithCancel(context.Background())
	served := make(chan error, 1)
	d := &door{name: "apache", caFile: filepath.Join(dir, "ca.pem"), close: func() error {
		end()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		return errors.Join(<-served, broker.Close(ctx))
	}}
	if d.target, err = broker.AddGame(ctx, "muster"); err != nil {
		served <- nil
		return nil, errors.Join(err, d.close())
	}
	half, err := ingest.New(d.target, "")
	if err != nil {
		served <- nil
		return nil, errors.Join(err, d.close())
	}
	d.raw = broker.Admin(d.target.Ingest.Kafka.Topic) // the game itself may not read what it wrote
	go func() { served <- broker.Serve(serving, half) }()
	return d, nil
}
