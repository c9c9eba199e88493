package clauses

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
	"github.com/passmuster/muster/internal/target"
)

// Bounds of what a judge remembers: at least so many, at most twice as many.
const (
	maxTracked = 1 << 16 // sessions
	maxNonces  = 1 << 16
)

// Judge holds what clients send against the clauses that they owe. It implements contract.Judge.
type Judge struct {
	key string

	mu       sync.Mutex // guards what follows
	sessions recent[*track]
	nonces   recent[string] // the timestamp that came with each
}

// NewJudge returns a judge of clients that sign with the metrics key of this target. A target without a playtime
// section is an error.
func NewJudge(t *target.Target) (*Judge, error) {
	if t.Playtime == nil {
		return nil, fmt.Errorf("judge playtime clients for target %q: it has no playtime section", t.Name)
	}
	return &Judge{
		key:      t.Playtime.MetricsKey.Reveal(),
		sessions: recent[*track]{most: maxTracked},
		nonces:   recent[string]{most: maxNonces},
	}, nil
}

// Clauses returns the ids of the clauses that Judge can find broken, in order.
func (*Judge) Clauses() []string {
	ids := make([]string, len(duties))
	for i, d := range duties {
		ids[i] = d.clause
	}
	return ids
}

// Judge returns the clauses that m breaks. A message to another path than those of the three operations is nobody's
// breach.
func (j *Judge) Judge(now time.Time, m *contract.Message) []contract.Breach {
	kind, ours := playtime.KindAt(m.Path)
	if !ours || m.Method != http.MethodPost {
		return nil
	}
	l := look{kind: kind, now: now, m: m, key: j.key}
	l.req, l.faults = playtime.Decode(playtime.Operation(kind), m.Body)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.recall(&l)
	var breaches []contract.Breach
	for _, d := range duties {
		if !d.read || len(l.faults) == 0 {
			if got := d.got(&l); got != "" {
				breaches = append(breaches, contract.Breach{Clause: d.clause, Wanted: d.wanted, Got: got})
			}
		}
	}
	j.remember(&l)
	return breaches
}

// look is one message and what is known of its session.
type look struct {
	kind   contract.Kind
	now    time.Time
	m      *contract.Message
	key    string
	req    playtime.Request
	faults []playtime.FieldError

	before   *track // of the session; nil when it was never seen
	forgot   bool   // sessions were forgotten, so one that was never seen may have been
	reused   bool   // the nonce was seen before
	reusedTS string // with this timestamp
}

// track is what is remembered of a session.
type track struct {
	order int64
	unit  int // digits of its timestamps
	ids   []int64
	last  time.Time
	over  bool
}

// recall looks up what is known. Sessions of different users are different ones.
func (j *Judge) recall(l *look) {
	if len(l.faults) > 0 {
		return
	}
	l.before, _ = j.sessions.get(sessionOf(l))
	l.forgot = j.sessions.lost
	l.reusedTS, l.reused = j.nonces.get(l.req.Nonce)
}

func (j *Judge) remember(l *look) {
	if len(l.faults) > 0 {
		return
	}
	t := &track{order: l.req.Order, unit: len(l.req.TS), ids: l.req.IDs, last: l.now, over: l.kind == contract.End}
	if l.kind != contract.Start && l.before != nil {
		t.ids, t.order = l.before.ids, max(t.order, l.before.order)
	}
	j.sessions.put(sessionOf(l), t)
	j.nonces.put(l.req.Nonce, l.req.TS)
}

func sessionOf(l *look) string {
	token, _ := l.m.Get("Authorization")
	return strings.TrimSpace(token) + "\x00" + l.req.SessionID
}

// recent is a map that forgets what was put into it long ago.
type recent[V any] struct {
	most        int // entries that are kept for certain
	young, aged map[string]V
	lost        bool // something was forgotten
}

func (r *recent[V]) get(key string) (V, bool) {
	if v, has := r.young[key]; has {
		return v, true
	}
	v, has := r.aged[key]
	return v, has
}

func (r *recent[V]) put(key string, v V) {
	if _, has := r.young[key]; !has && (r.young == nil || len(r.young) >= r.most) {
		r.lost = r.lost || len(r.aged) > 0
		r.young, r.aged = map[string]V{}, r.young
	}
	r.young[key] = v
}
