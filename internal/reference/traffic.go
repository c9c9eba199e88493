package reference

import (
	"maps"
	"sync"
	"time"

	"github.com/passmuster/muster/internal/contract"
)

const (
	maxRecent = 20 // messages that the page lists
	maxPath   = 80 // bytes of a path in that list
)

// handled is what the page shows of one message: nothing that could be a secret.
type handled struct {
	at        time.Time
	took      time.Duration
	transport contract.Transport
	method    string
	path      string // without query, cut at maxPath
	status    int
	accepted  int
	wrong     bool // the client broke a clause
}

// traffic counts what the doors answered. The zero value is ready.
type traffic struct {
	mu       sync.Mutex
	statuses map[int]int64                // messages by HTTP status
	accepted map[contract.Transport]int64 // events
	recent   [maxRecent]handled           // the last ones; slot n%maxRecent holds message n
	n        int
}

func (t *traffic) count(h Handled, wrong bool) {
	row := handled{
		at: h.At, took: h.Took, transport: h.Message.Transport, method: h.Message.Method,
		path: h.Message.Path[:min(len(h.Message.Path), maxPath)], status: h.Reply.Status, accepted: h.Accepted, wrong: wrong,
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.statuses == nil {
		t.statuses, t.accepted = map[int]int64{}, map[contract.Transport]int64{}
	}
	if row.transport == contract.HTTP {
		t.statuses[row.status]++
	}
	t.accepted[row.transport] += int64(row.accepted)
	t.recent[t.n%maxRecent] = row
	t.n++
}

// totals returns copies of the counts, and the last messages, newest first.
func (t *traffic) totals() (statuses map[int]int64, accepted map[contract.Transport]int64, recent []handled) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range min(t.n, maxRecent) {
		recent = append(recent, t.recent[(t.n-1-i)%maxRecent])
	}
	return maps.Clone(t.statuses), maps.Clone(t.accepted), recent
}
