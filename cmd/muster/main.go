// Command muster checks whether endpoints keep two public contracts, and rehearses launch day against them.
//
// It is the composition root: flags, files and the environment flow in; it wires the catalog, the reference, the two
// halves and the reports, and an exit code flows out. Each verb is one short file. Only this package writes to the
// terminal, handles signals or exits.
package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is the whole program as a function of its arguments; the environment is read where flags are.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second Ctrl-C ends the process at once: by then the first has had its chance.
	context.AfterFunc(ctx, stop)

	v := newVoice(stdout, stderr)
	err := execute(ctx, args, v)
	if ctx.Err() != nil && neverBegan(err) {
		err = &codedError{code: exitInterrupted, err: errors.New("interrupted before anything was run")}
	}
	return v.exit(err)
}
