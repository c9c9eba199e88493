package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/loadgen"
	"github.com/passmuster/muster/reports"
)

func TestScreenDrawsInPlace(t *testing.T) {
	var out strings.Builder
	columns := 20
	s := &screen{out: &out, size: func() (int, int) { return columns, 9 }}
	for _, c := range []struct {
		name string
		do   func()
		want string
	}{
		{"the first lines", func() { s.draw([]string{"one", "\x1b[1;32mtwo and more\x1b[0m"}) }, "one\n\x1b[1;32mtwo and more\x1b[0m"},
		{"others in their place", func() { s.draw([]string{"three", "four four four"}) }, "\r\x1b[1A\x1b[K\x1b[B\x1b[J\x1b[Athree\nfour four four"},
		{"a word above them", func() { s.above("said\n") }, "\r\x1b[1A\x1b[K\x1b[B\x1b[J\x1b[Asaid\nthree\nfour four four"},
		{"a terminal that wrapped them", func() { columns = 5; s.draw([]string{"five"}) }, "\r\x1b[3A\x1b[K\x1b[B\x1b[J\x1b[Afive"},
		{"the end", func() { s.draw(nil) }, "\r\x1b[K"},
		{"a word when nothing is drawn", func() { s.above("more\n") }, "more\n"},
	} {
		out.Reset()
		c.do()
		if out.String() != c.want {
			t.Errorf("%s: %q, want %q", c.name, out.String(), c.want)
		}
	}
}

// TestDisplayOnATerminal shows a run on a terminal that is only remembered, and leaves it as it was.
func TestDisplayOnATerminal(t *testing.T) {
	var out strings.Builder
	v := &voice{stderr: &out, terminal: true, screen: &screen{out: &out, size: func() (int, int) { return 60, 9 }}}
	asked := make(chan struct{}, 99)
	d := v.display("smoke", func() reports.Summary {
		asked <- struct{}{}
		return reports.Summary{Name: "smoke", Live: true, Verdict: reports.Passed}
	})
	<-asked
	d.unfit(3, []string{"slots exhausted"})
	d.show(loadgen.Progress{Elapsed: time.Minute, Planned: time.Hour})
	v.say("aborting: %v", errors.New("because"))
	d.end()
	if got := out.String(); !strings.Contains(got, "smoke  about to begin\nverdict    – running") || !strings.Contains(got, "aborting: because\n") || !strings.HasSuffix(got, "\x1b[A") {
		t.Errorf("the terminal was given %q", got)
	}
	if strings.Contains(out.String(), "playing") || strings.Contains(out.String(), "exhausted") {
		t.Errorf("plain lines on a terminal: %q", out.String())
	}
}

func TestDisplayElsewhere(t *testing.T) {
	var out strings.Builder
	v := &voice{stderr: &out}
	d := v.display("smoke", nil)
	for second := 1; second <= 25; second++ {
		d.show(loadgen.Progress{Elapsed: time.Duration(second) * time.Second, Planned: time.Minute, CCU: second})
		d.unfit(second, []string{"slots exhausted"})
	}
	d.end()
	if got := out.String(); strings.Count(got, "playing") != 2 || strings.Count(got, "generator: slots exhausted") != 3 || !strings.Contains(got, "smoke  50s left  10 playing") {
		t.Errorf("a plain display said %q", got)
	}
}
