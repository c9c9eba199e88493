package loadgen

import (
	"sync"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/engine"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/loadgen/player"
)

// truth is what the five insights must be, as far as this run's acknowledged actions go. It holds 4 bytes a player and 4
// a token, and 4 for each id of the catalogue; an action costs the same whatever their number, and so do the figures. Safe
// for concurrent use.
type truth struct {
	cast   *player.Cast
	slices int
	tokens int
	began  time.Time // of the truth's own clock

	mu       sync.Mutex
	sessions []uint32 // by the player's place in the slice: milliseconds from began to the start's stamp, + 1; 0 when no session is open
	users    activity // by token
	content  activity // by content id
	ids      []int64  // reused

	starts, startIDs, ends, playMS, open, abandoned int64
}

// newTruth knows nothing yet. With no tokens given, every player has one of his own. Nothing that it is told may be
// stamped before began.
func newTruth(cast *player.Cast, p plan.Params, tokens, catalogue int, began time.Time) *truth {
	peak := p.Curve.Peak()
	if tokens <= 0 {
		tokens = peak
	}
	t := &truth{cast: cast, slices: max(p.Slices, 1), tokens: tokens, began: began}
	t.sessions = make([]uint32, peak/t.slices+1)
	t.users = newActivity(min(tokens, peak))
	t.content = newActivity(max(catalogue, 1) + 1)
	return t
}

// done takes up an action of a session. The engine sends a player's actions one after the other, so they come in their
// order: once a player tries to start, his earlier session is over, ended or not.
func (t *truth) done(s *engine.Sample) {
	if s.Due.Kind == plan.Flush {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	held := &t.sessions[int(s.Due.Player)/t.slices]
	if s.Due.Kind == plan.Start && *held != 0 {
		*held = 0
		t.open--
		t.abandoned++
	}
	if s.Reply.Outcome != contract.Acknowledged {
		return
	}
	at := t.stamp(s.Action.At)
	if s.Due.Kind == plan.Start {
		*held = at
		t.open++
		t.starts++
		t.startIDs += int64(len(s.Action.UGC))
	}
	if *held == 0 {
		return // its start was not acknowledged, so a target need not know it
	}
	t.touch(s)
	if s.Due.Kind == plan.End {
		t.ends++
		t.playMS += int64(at) - int64(*held)
		t.open--
		*held = 0
	}
}

// touch notes a sign of life of a player and of the content in his session.
func (t *truth) touch(s *engine.Sample) {
	now := t.second(s.Reply.Done)
	t.users.touch(int(s.Due.Player)%t.tokens, now)
	t.ids = t.cast.AppendUGC(t.ids[:0], s.Due.Player, s.Due.Session)
	for _, id := range t.ids {
		t.content.touch(int(id), now)
	}
}

// second returns the second of an instant on the truth's clock.
func (t *truth) second(at time.Time) uint32 { return uint32(max(at.Sub(t.began), 0) / time.Second) }

// orphans counts the sessions that were started and never ended.
func (t *truth) orphans() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.abandoned + t.open
}

// stamp returns what sessions keeps of the instant stamped into a start.
func (t *truth) stamp(at time.Time) uint32 { return uint32(at.Sub(t.began).Milliseconds()) + 1 }

// holding returns the places in the slice of the first n players with an open session.
func (t *truth) holding(n int) (places []int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := 0; i < len(t.sessions) && len(places) < n; i++ {
		if t.sessions[i] != 0 {
			places = append(places, i)
		}
	}
	return places
}

// holds says whether the player at a place has a session open that was started at this instant.
func (t *truth) holds(place int, start time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.sessions[place] == t.stamp(start)
}

// started says whether any session was.
func (t *truth) started() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.starts > 0
}

// figures are the five insights as of now.
func (t *truth) figures(now time.Time) record.InsightsFigures {
	t.mu.Lock()
	defer t.mu.Unlock()
	second := t.second(now)
	return record.InsightsFigures{
		AsOfMS:            now.UnixMilli(),
		ConcurrentPlayers: t.users.active(second),
		ConcurrentUGC:     t.content.active(second),
		TotalPlayers:      t.users.known,
		AveragePlaytime:   mean(float64(t.playMS)/1000, t.ends),
		AverageUGC:        mean(float64(t.startIDs), t.starts),
	}
}

func mean(sum float64, n int64) float64 {
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}
