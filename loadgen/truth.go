package loadgen

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/engine"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/loadgen/player"
)

// activeFor is how long a player or content counts as concurrent after its last sign of life.
const activeFor = 30 * time.Minute

// insightsWithin bounds the wait for the target's own figures.
const insightsWithin = 10 * time.Second

// truth is what the five insights must be, as far as this run's acknowledged actions go. It holds 16 bytes a player and
// token, and 8 for each id of the catalogue. Safe for concurrent use.
type truth struct {
	cast   *player.Cast
	slices int
	tokens int

	mu       sync.Mutex
	sessions []acknowledged // by the player's place in the slice
	users    []int64        // by token: Unix milliseconds of the last sign of life; 0 when he never started a session
	content  []int64        // by content id: likewise
	ids      []int64        // reused

	starts, startIDs, ends, playMS, abandoned int64
}

// acknowledged is a player's session that is known to be open at the target.
type acknowledged struct {
	session uint32
	startMS int64 // as stamped into its start; 0 when no session is open
}

// newTruth knows nothing yet. With no tokens given, every player has one of his own.
func newTruth(cast *player.Cast, p plan.Params, tokens, catalogue int) *truth {
	peak := p.Curve.Peak()
	if tokens <= 0 {
		tokens = peak
	}
	t := &truth{cast: cast, slices: max(p.Slices, 1), tokens: tokens}
	t.sessions = make([]acknowledged, peak/t.slices+1)
	t.users = make([]int64, min(tokens, peak))
	t.content = make([]int64, max(catalogue, 1)+1)
	return t
}

// done takes up an acknowledged action of a session. The engine sends a player's actions one after the other, so they
// come in their order.
func (t *truth) done(s *engine.Sample) {
	if s.Due.Kind == plan.Flush || s.Reply.Outcome != contract.Acknowledged {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	held := &t.sessions[int(s.Due.Player)/t.slices]
	if s.Due.Kind == plan.Start {
		t.start(held, s)
	}
	if held.startMS == 0 || held.session != s.Due.Session {
		return // its start was not acknowledged, so a target need not know it
	}
	t.touch(s)
	if s.Due.Kind == plan.End {
		t.ends++
		t.playMS += s.Action.At.UnixMilli() - held.startMS
		held.startMS = 0
	}
}

func (t *truth) start(held *acknowledged, s *engine.Sample) {
	if held.startMS != 0 {
		t.abandoned++
	}
	*held = acknowledged{session: s.Due.Session, startMS: s.Action.At.UnixMilli()}
	t.starts++
	t.startIDs += int64(len(s.Action.UGC))
}

// touch notes a sign of life of a player and of the content in his session.
func (t *truth) touch(s *engine.Sample) {
	now := s.Reply.Done.UnixMilli()
	user := &t.users[int(s.Due.Player)%t.tokens]
	*user = max(*user, now)
	t.ids = t.cast.AppendUGC(t.ids[:0], s.Due.Player, s.Due.Session)
	for _, id := range t.ids {
		t.content[id] = max(t.content[id], now)
	}
}

// orphans counts the sessions that were started and never ended.
func (t *truth) orphans() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.abandoned
	for _, held := range t.sessions {
		if held.startMS != 0 {
			n++
		}
	}
	return n
}

// figures are the five insights as of now.
func (t *truth) figures(now time.Time) record.InsightsFigures {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := record.InsightsFigures{
		AsOfMS:          now.UnixMilli(),
		AveragePlaytime: mean(float64(t.playMS)/1000, t.ends),
		AverageUGC:      mean(float64(t.startIDs), t.starts),
	}
	since := now.Add(-activeFor).UnixMilli()
	for _, last := range t.users {
		if last > 0 {
			f.TotalPlayers++
		}
		if last > since {
			f.ConcurrentPlayers++
		}
	}
	for _, last := range t.content {
		if last > since {
			f.ConcurrentUGC++
		}
	}
	return f
}

func mean(sum float64, n int64) float64 {
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// compare puts the target's own figures beside the truth.
func (t *truth) compare(ctx context.Context, target contract.InsightsReader) record.InsightsPair {
	pair := record.InsightsPair{Version: record.Version}
	if target == nil {
		pair.Truth, pair.Note = t.figures(time.Now()), "the target offers no insights"
		return pair
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), insightsWithin)
	defer cancel()
	in, err := target.Insights(ctx)
	pair.Truth = t.figures(time.Now())
	if err != nil {
		pair.Note = fmt.Sprintf("the target's insights could not be read: %v", err)
		return pair
	}
	pair.Target = &record.InsightsFigures{
		AsOfMS: in.AsOfMS, ConcurrentPlayers: in.ConcurrentPlayers, ConcurrentUGC: in.ConcurrentUGC,
		TotalPlayers: in.TotalPlayers, AveragePlaytime: in.AveragePlaytime, AverageUGC: in.AverageUGCSession,
	}
	return pair
}
