package main

import (
	"errors"
	"fmt"
	"testing"

	"github.com/passmuster/muster/internal/record"
)

func TestNeverBegan(t *testing.T) {
	refused := errors.New("refused")
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{refused, false},
		{unreachable(refused, "is it up?"), true},
		{errors.Join(unreachable(refused, "is it up?"), refused), true},
		{verdict(exitInvalid), false},
		{verdict(exitInterrupted), false},
		{usage(refused, "look again"), false},
		{fmt.Errorf("load: %w", refused), false},
	} {
		if got := neverBegan(c.err); got != c.want {
			t.Errorf("%v: got %v, want %v", c.err, got, c.want)
		}
	}
}

// TestRunsOfOneSecond have directories of their own.
func TestRunsOfOneSecond(t *testing.T) {
	t.Chdir(t.TempDir())
	m := record.Manifest{Name: "smoke"}
	for _, want := range []string{"runs/00010101-000000-smoke", "runs/00010101-000000-smoke-2", "runs/00010101-000000-smoke-3"} {
		w, err := runFlags{}.createDir(m)
		if err != nil {
			t.Fatal(err)
		}
		if w.Dir() != want {
			t.Errorf("got %s, want %s", w.Dir(), want)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := (runFlags{Out: "runs/00010101-000000-smoke"}).createDir(m); !errors.Is(err, record.ErrTaken) {
		t.Errorf("a directory that was asked for and holds a run: got %v, want %v", err, record.ErrTaken)
	}
}
