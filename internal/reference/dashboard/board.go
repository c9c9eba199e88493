package dashboard

import (
	"sync"
	"time"
)

const (
	interval   = time.Second
	maxViewers = 32
)

// Board samples a source and shows it. It is safe for concurrent use; the owner closes it.
type Board struct {
	about  About
	source Source
	page   *page

	mu      sync.Mutex
	now     time.Time // of the last snapshot
	last    Snapshot
	history history
	viewers map[chan []byte]bool
	skipped int64 // events that a viewer was too slow for
	failed  int64 // views that could not be rendered; 0 unless the templates are wrong

	stop, done chan struct{}
	once       sync.Once
}

// Start takes the first snapshot and then one each second, until Close.
func Start(about About, source Source) (*Board, error) {
	page, err := newPage()
	if err != nil {
		return nil, err
	}
	b := &Board{
		about: about, source: source, page: page,
		viewers: map[chan []byte]bool{}, stop: make(chan struct{}), done: make(chan struct{}),
	}
	b.sample()
	go b.run()
	return b, nil
}

// Close ends the sampling and every stream, and returns when no more snapshot is asked for.
func (b *Board) Close() {
	b.once.Do(func() { close(b.stop) })
	<-b.done
}

func (b *Board) run() {
	defer close(b.done)
	every := time.NewTicker(interval)
	defer every.Stop()
	for {
		select {
		case <-every.C:
			b.sample()
		case <-b.stop:
			return
		}
	}
}

// sample takes one snapshot and shows it to the viewers there are. A viewer who has not taken the event before gets the
// newer one in its place.
func (b *Board) sample() {
	now := time.Now()
	snapshot := b.source(now)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now, b.last = now, snapshot
	b.history.push(newPoint(now, &snapshot))
	if len(b.viewers) == 0 {
		return
	}
	event, err := b.page.event(b.view())
	if err != nil {
		b.failed++
		return
	}
	for viewer := range b.viewers {
		select {
		case <-viewer:
			b.skipped++
		default:
		}
		viewer <- event
	}
}

// view is how things stand as of the last snapshot. The caller holds mu.
func (b *Board) view() view { return newView(b.about, b.now, &b.last, b.history) }

// join adds a viewer and gives it the present view; nil when there are too many.
func (b *Board) join() (chan []byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.viewers) == maxViewers {
		return nil, nil
	}
	event, err := b.page.event(b.view())
	if err != nil {
		b.failed++
		return nil, err
	}
	viewer := make(chan []byte, 1) // one event waits; sample alone sends
	viewer <- event
	b.viewers[viewer] = true
	return viewer, nil
}

func (b *Board) leave(viewer chan []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.viewers, viewer)
}
