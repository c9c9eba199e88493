//go:build integration

package apachekafka

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"
)

// patience bounds every wait of these tests.
const patience = 30 * time.Second

// broker is the one broker of all tests, reached through the gate.
var (
	broker *Server
	door   *gate
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

// run starts the broker, runs the tests and ends it.
func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "muster-apache-kafka-")
	if err == nil {
		err = open(dir)
	}
	code := 1
	if err == nil {
		code = m.Run()
	}
	if err := errors.Join(err, shut(), os.RemoveAll(dir)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// shut ends what open got to.
func shut() error {
	var faults []error
	if broker != nil {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		faults = append(faults, broker.Close(ctx))
	}
	if door != nil {
		faults = append(faults, door.Close())
	}
	return errors.Join(faults...)
}

func open(dir string) (err error) {
	opts := Options{Dir: dir}
	if opts.Jars, err = Jars(); err != nil {
		return err
	}
	if door, err = newGate(); err != nil {
		return err
	}
	opts.Advertise = door.Addr().String()
	ready := make(chan struct{})
	go func() { <-ready; door.serve() }()
	if broker, err = Start(context.Background(), opts); err != nil {
		return err
	}
	door.to = broker.Addr()
	close(ready)
	return broker.AddTopic(context.Background(), Topic{Name: "first", Partitions: 1}) // the admin's connections are open then
}
