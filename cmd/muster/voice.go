package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/passmuster/muster/conformance"
)

// voice is how muster speaks. Results go to stdout; progress and diagnostics to stderr, progress bars only when that
// is a terminal. An error is one lower-case line each, without a full stop, then at most one line with a hint.
type voice struct {
	stdout, stderr io.Writer
	terminal       bool // stderr is one, so progress may be drawn
	color          bool // stdout is one, and NO_COLOR is not set

	redactor *conformance.Redactor // takes the secrets of the target out of every diagnostic; nil until one is known
}

func newVoice(stdout, stderr io.Writer) *voice {
	plain := os.Getenv("NO_COLOR") != "" // the field's convention
	return &voice{stdout: stdout, stderr: stderr, terminal: isTerminal(stderr), color: isTerminal(stdout) && !plain}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// say writes one line of progress.
func (v *voice) say(format string, args ...any) {
	_, _ = fmt.Fprintln(v.stderr, v.redactor.Redact(fmt.Sprintf(format, args...))) // nobody can be told when stderr is gone
}

// exit prints what err has to say and returns the code to exit with.
func (v *voice) exit(err error) int {
	if err == nil {
		return exitOK
	}
	var coded *codedError
	if !errors.As(err, &coded) {
		coded = &codedError{code: exitFault, err: err, hint: "this is muster's own fault; please report it"}
		if errors.Is(err, context.Canceled) {
			coded = &codedError{code: exitInterrupted, err: errors.New("interrupted")}
		}
	}
	if coded.err != nil {
		for line := range strings.Lines(coded.err.Error()) {
			v.say("muster: %s", strings.TrimSuffix(line, "\n"))
		}
	}
	if coded.hint != "" {
		v.say("hint: %s", coded.hint)
	}
	return coded.code
}
