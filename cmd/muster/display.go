package main

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/numeral"
	"github.com/passmuster/muster/loadgen"
	"github.com/passmuster/muster/reports"
)

// lineEvery is how often a run speaks where there is no terminal to draw on.
const lineEvery = 10 * time.Second

// drawEvery is how often the view of a run on a terminal is drawn anew.
const drawEvery = time.Second

// display shows how a load run goes on: a view that is drawn anew every second on a terminal, a plain line every ten seconds
// elsewhere.
type display struct {
	voice *voice
	name  string
	sum   func() reports.Summary // how the run stands; only asked where there is a terminal
	stop  chan struct{}
	ended sync.WaitGroup

	mu    sync.Mutex // guards what follows
	last  time.Duration
	began time.Time      // of the plan; zero before
	told  map[string]int // the second in which each sign of the generator's was last told as a line of its own
}

// display begins the display of one run, of which sum says how it stands. The caller must end it.
func (v *voice) display(name string, sum func() reports.Summary) *display {
	d := &display{voice: v, name: name, sum: sum, stop: make(chan struct{}), told: map[string]int{}}
	if v.screen != nil {
		d.ended.Go(d.run)
	}
	return d
}

// run draws until the end, which leaves the terminal on a fresh line.
func (d *display) run() {
	every := time.NewTicker(drawEvery)
	defer every.Stop()
	defer d.voice.screen.draw(nil)
	for {
		d.draw(time.Now())
		select {
		case <-every.C:
		case <-d.stop:
			return
		}
	}
}

// draw draws the view as of now.
func (d *display) draw(now time.Time) {
	view := reports.Screen{Color: !d.voice.plain}
	view.Columns, view.Rows = d.voice.screen.size()
	d.mu.Lock()
	if !d.began.IsZero() {
		view.Elapsed = now.Sub(d.began)
	}
	d.mu.Unlock()
	lines := view.Lines(d.sum())
	for i, line := range lines {
		lines[i] = d.voice.redactor.Redact(line)
	}
	d.voice.screen.draw(lines)
}

// show takes the state of the run, once a second.
func (d *display) show(p loadgen.Progress) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.began = time.Now().Add(-p.Elapsed)
	if d.voice.screen != nil || p.Elapsed-d.last < lineEvery {
		return
	}
	d.last = p.Elapsed
	d.voice.say("%s  %s", d.name, describe(p))
}

// unfit takes the signs by which the generator shows that it may be the limit. Where there is no terminal they are told
// at once, each at most every ten seconds; a terminal's view has them.
func (d *display) unfit(second int, signs []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.voice.screen != nil {
		return
	}
	var news []string
	for _, s := range signs {
		if last, told := d.told[s]; !told || time.Duration(second-last)*time.Second >= lineEvery {
			news = append(news, s)
		}
	}
	if len(news) == 0 {
		return
	}
	for _, s := range news {
		d.told[s] = second
	}
	d.voice.say("%s  generator: %s in second %d", d.name, strings.Join(news, ", "), second)
}

// end ends the display. No other method may follow it.
func (d *display) end() {
	close(d.stop)
	d.ended.Wait()
}

// describe puts the state of a run in one line: time left, players, rate, both clocks' p99 and what went wrong.
func describe(p loadgen.Progress) string {
	left := max(0, p.Planned-p.Elapsed).Round(time.Second)
	line := fmt.Sprintf("%s left  %s playing  %s actions/s  p99 response %s service %s lag %s", left, numeral.Thousands(int64(p.CCU)),
		numeral.Thousands(int64(p.Rate+0.5)), measured(p.Response), measured(p.Service), measured(p.Lag))
	for _, o := range []contract.Outcome{contract.Failed, contract.Indeterminate, contract.NeverSent} {
		if n := p.Outcomes[o]; n > 0 {
			line += fmt.Sprintf("  %s %s", numeral.Thousands(n), strings.ReplaceAll(o.String(), "_", " "))
		}
	}
	return line
}

// measured writes a time, or that there was none to measure.
func measured(d time.Duration) string {
	if d <= 0 {
		return "–"
	}
	return reports.Duration(d.Microseconds())
}
