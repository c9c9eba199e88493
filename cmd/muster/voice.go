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
	terminal       bool    // stderr is one, so progress may be drawn
	screen         *screen // what is drawn there; nil where it is none
	color          bool    // stdout is one, and NO_COLOR is not set
	plain          bool    // NO_COLOR is set

	redactor *conformance.Redactor // takes the secrets of the target out of every diagnostic; nil until one is known
}

func newVoice(stdout, stderr io.Writer) *voice {
	v := &voice{stdout: stdout, stderr: stderr, plain: os.Getenv("NO_COLOR") != ""} // the field's convention
	v.color = isTerminal(stdout) && !v.plain
	if f, ok := stderr.(*os.File); ok && isTerminal(f) && os.Getenv("TERM") != "dumb" { // that one cannot move its cursor
		v.terminal, v.screen = true, newScreen(f)
	}
	return v
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// several writes a number and what it counts, in the plural where it is due.
func several[N int | int64 | uint64](n N, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// say writes one line of progress.
func (v *voice) say(format string, args ...any) {
	line := v.redactor.Redact(fmt.Sprintf(format, args...)) + "\n"
	if v.screen != nil {
		v.screen.above(line)
		return
	}
	_, _ = io.WriteString(v.stderr, line) // nobody can be told when stderr is gone
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
