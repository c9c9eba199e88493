package live

import "sync"

// The bounds on viewers.
const (
	mostViewers = 64
	mostBehind  = 8 // events that a viewer may be behind; then it is let go, and comes again for all there is
)

// viewer is one who is told of every change.
type viewer struct {
	events chan []byte // closed when nothing more will come
}

// viewers are all of them. Safe for concurrent use.
type viewers struct {
	mu      sync.Mutex // guards what follows
	all     map[*viewer]struct{}
	dropped int // those that were too slow, so far
	refused int // those that were too many, so far
}

// add lets a viewer in, with a first event if there is one; nil when there are too many.
func (v *viewers) add(first []byte) *viewer {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.all) >= mostViewers {
		v.refused++
		return nil
	}
	one := &viewer{events: make(chan []byte, mostBehind)}
	if first != nil {
		one.events <- first
	}
	if v.all == nil {
		v.all = map[*viewer]struct{}{}
	}
	v.all[one] = struct{}{}
	return one
}

// remove forgets a viewer that has gone.
func (v *viewers) remove(one *viewer) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.all, one)
}

// tell gives every viewer an event; whoever is too far behind is let go.
func (v *viewers) tell(event []byte) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for one := range v.all {
		select {
		case one.events <- event:
		default:
			v.dropped++
			delete(v.all, one)
			close(one.events)
		}
	}
}

// dismiss lets all go, once they have taken what they were told.
func (v *viewers) dismiss() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for one := range v.all {
		close(one.events)
	}
	clear(v.all)
}

// count returns how many there are, and how many were too slow or too many so far.
func (v *viewers) count() (now, dropped, refused int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.all), v.dropped, v.refused
}
