package health

import (
	"fmt"
	"sync"
	"time"

	"github.com/passmuster/muster/internal/record"
)

// backlog bounds the lines that wait to be written, and closeWithin the wait for them at the end.
const (
	backlog     = 60
	closeWithin = 30 * time.Second
)

// line is what is written of one second.
type line struct {
	health *record.Health // nil of a last moment
	links  []*record.Links
}

// writer writes lines from a goroutine of its own, so that a disk that stands still is seen, not waited for.
type writer struct {
	lines chan line
	ended chan struct{}
	err   error // the first; read after ended

	mu      sync.Mutex
	since   time.Time     // the write under way began; zero: there is none
	longest time.Duration // of those that ended since the last look
}

// write is Config.Record.
type write func(seconds []record.Health, links []*record.Links) error

func newWriter(write write) *writer {
	w := &writer{lines: make(chan line, backlog), ended: make(chan struct{})}
	go w.run(write)
	return w
}

// run writes until there are no more lines. After an error nothing more is written.
func (w *writer) run(write write) {
	defer close(w.ended)
	for l := range w.lines {
		seconds, links := w.waiting(l)
		if w.err != nil || len(seconds)+len(links) == 0 {
			continue
		}
		w.begin()
		w.err = write(seconds, links)
		w.finish()
	}
}

// waiting returns what is in l and in the lines that wait behind it.
func (w *writer) waiting(l line) (seconds []record.Health, links []*record.Links) {
	for more := true; more; {
		if l.health != nil {
			seconds = append(seconds, *l.health)
		}
		links = append(links, l.links...)
		select {
		case l, more = <-w.lines:
		default:
			more = false
		}
	}
	return seconds, links
}

// put takes a line and says whether there was room for it.
func (w *writer) put(l line) bool {
	select {
	case w.lines <- l:
		return true
	default:
		return false
	}
}

func (w *writer) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.since = time.Now()
}

func (w *writer) finish() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.longest, w.since = max(w.longest, time.Since(w.since)), time.Time{}
}

// slowest returns the longest write since the last look; one that is under way counts as far as it got.
func (w *writer) slowest(now time.Time) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	longest := w.longest
	if !w.since.IsZero() {
		longest = max(longest, now.Sub(w.since))
	}
	w.longest = 0
	return longest
}

func (w *writer) close() error {
	close(w.lines)
	timer := time.NewTimer(closeWithin)
	defer timer.Stop()
	select {
	case <-w.ended:
		return w.err
	case <-timer.C:
		return fmt.Errorf("health: the run directory took no more lines within %v", closeWithin)
	}
}
