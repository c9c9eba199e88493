package main

import (
	"encoding/gob"
	"fmt"
	"io"
	"time"

	"github.com/passmuster/muster/internal/target"
)

// task is what a worker process is told at its beginning, secrets among it: it travels over a pipe and never by the
// arguments of a process, which everybody on the machine can read.
type task struct {
	Target  target.Target // as the parent has it, so that file, environment and embedded reference are read only once
	Clauses []string
	Timeout time.Duration // of one answer
	MaxRate float64       // messages per second of this worker; 0 is no cap
	Retries int
	Order   int64
}

// send writes the task in gob, the one form that keeps secrets and what no target file can say.
func (t task) send(w io.Writer) error {
	if err := gob.NewEncoder(w).Encode(t); err != nil {
		return fmt.Errorf("hand over the task: %w", err)
	}
	return nil
}

// receive reads the task that the parent sent.
func receive(r io.Reader) (t task, err error) {
	if err := gob.NewDecoder(r).Decode(&t); err != nil {
		return t, fmt.Errorf("read the task: %w", err)
	}
	return t, nil
}
