package main

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/loadgen"
)

// lineEvery is how often a run speaks where there is no terminal to draw on.
const lineEvery = 10 * time.Second

// live shows how a load run goes on: a line that is drawn anew every second on a terminal, a plain line every ten
// seconds elsewhere.
type live struct {
	voice *voice
	name  string

	mu    sync.Mutex // guards what follows
	last  time.Duration
	signs []string       // that the generator showed in the second seen
	seen  int            // likewise
	told  map[string]int // the second in which each sign was last told as a line of its own
}

// live returns the display of one run.
func (v *voice) live(name string) *live { return &live{voice: v, name: name} }

// show takes the state of the run, once a second.
func (l *live) show(p loadgen.Progress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.voice.terminal && p.Elapsed-l.last < lineEvery {
		return
	}
	l.last = p.Elapsed
	line := l.name + "  " + describe(p) + l.signsAt(p.Elapsed)
	if l.voice.terminal {
		_, _ = fmt.Fprintf(l.voice.stderr, "\r\x1b[K%s", line)
		return
	}
	l.voice.say("%s", line)
}

// signsLast is how many seconds a sign stays in the line.
const signsLast = 3

// unfit takes the signs by which the generator shows that it may be the limit. Where there is no terminal they are told
// at once, each at most every ten seconds.
func (l *live) unfit(second int, signs []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.signs, l.seen = signs, second
	if l.voice.terminal {
		return
	}
	var news []string
	for _, s := range signs {
		if last, told := l.told[s]; !told || time.Duration(second-last)*time.Second >= lineEvery {
			news = append(news, s)
		}
	}
	if len(news) == 0 {
		return
	}
	if l.told == nil {
		l.told = map[string]int{}
	}
	for _, s := range news {
		l.told[s] = second
	}
	l.voice.say("%s  generator: %s in second %d", l.name, strings.Join(news, ", "), second)
}

// signsAt returns what the line says of signs that were seen a moment ago.
func (l *live) signsAt(elapsed time.Duration) string {
	if len(l.signs) == 0 || elapsed > time.Duration(l.seen+1+signsLast)*time.Second {
		return ""
	}
	return "  generator: " + strings.Join(l.signs, ", ")
}

// end leaves the terminal on a fresh line.
func (l *live) end() {
	if l.voice.terminal {
		_, _ = fmt.Fprint(l.voice.stderr, "\r\x1b[K")
	}
}

// describe puts the state of a run in one line: time left, players, rate, both clocks' p99 and what went wrong.
func describe(p loadgen.Progress) string {
	left := max(0, p.Planned-p.Elapsed).Round(time.Second)
	line := fmt.Sprintf("%s left  %d playing  %.0f actions/s  p99 response %s service %s lag %s", left, p.CCU, p.Rate,
		short(p.Response), short(p.Service), short(p.Lag))
	for _, o := range []contract.Outcome{contract.Failed, contract.Indeterminate, contract.NeverSent} {
		if n := p.Outcomes[o]; n > 0 {
			line += fmt.Sprintf("  %d %s", n, strings.ReplaceAll(o.String(), "_", " "))
		}
	}
	return line
}

// short rounds a duration to what a person reads at a glance.
func short(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return d.Round(time.Second).String()
	case d >= 10*time.Millisecond:
		return d.Round(time.Millisecond).String()
	default:
		return d.Round(10 * time.Microsecond).String()
	}
}
