package loadgen

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/engine"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/loadgen/player"
)

const (
	mostAwaited = 1 << 15          // events that are half known; when there are more, every second one is measured no more
	awaitedFor  = 30 * time.Second // then nothing is expected to come of them any more
)

// visibility measures how long it takes from the acknowledgement of an event by Kafka until it is seen in the log. The log
// is read at intervals, so a span is too long by up to one of them; what was seen before it was acknowledged counts as 0.
// The two moments of an event may come in any order, from several goroutines.
type visibility struct {
	cast     *player.Cast
	perFlush uint32

	mu    sync.Mutex
	first map[eventName]time.Time // the first of its two moments
	mask  uint32                  // of those that are measured, these bits of the name are 0
	spans *hdrhistogram.Histogram // since the last take
}

// eventName is a player's event.
type eventName struct{ player, event uint32 }

func newVisibility(cast *player.Cast) *visibility {
	return &visibility{cast: cast, perFlush: uint32(cast.PerFlush()), first: map[eventName]time.Time{}, spans: record.NewHistogram()}
}

// done notes when a flush by Kafka was acknowledged.
func (v *visibility) done(s *engine.Sample) {
	if s.Due.Kind != plan.Flush || s.Action.Transport != contract.Kafka || s.Reply.Outcome != contract.Acknowledged {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for i := range v.perFlush {
		if _, seenBefore := v.meet(eventName{s.Due.Player, s.Due.Seq*v.perFlush + i}, s.Reply.Done); seenBefore {
			record.Observe(&v.spans, 0)
		}
	}
}

// seen notes when an event was first seen.
func (v *visibility) seen(player, event uint32, now time.Time) {
	if v.cast.Transport(player) != contract.Kafka {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if acked, known := v.meet(eventName{player, event}, now); known {
		record.Observe(&v.spans, now.Sub(acked))
	}
}

// meet returns the first moment of an event when this is its second, and keeps this one when it is the first.
func (v *visibility) meet(name eventName, now time.Time) (first time.Time, met bool) {
	if !v.measured(name) {
		return first, false
	}
	if first, met = v.first[name]; met {
		delete(v.first, name)
		return first, true
	}
	for len(v.first) >= mostAwaited {
		v.mask = v.mask<<1 | 1
		for name := range v.first {
			if !v.measured(name) {
				delete(v.first, name)
			}
		}
	}
	if v.measured(name) {
		v.first[name] = now
	}
	return first, false
}

func (v *visibility) measured(name eventName) bool {
	return (name.player*0x9e3779b1^name.event*0x85ebca6b)>>7&v.mask == 0
}

// take returns the spans since the last call as a frame of a second and an operation; nil when there are none.
func (v *visibility) take(second int, operation string) *record.Frame {
	v.mu.Lock()
	defer v.mu.Unlock()
	for name, since := range v.first {
		if time.Since(since) > awaitedFor {
			delete(v.first, name)
		}
	}
	if v.spans.TotalCount() == 0 {
		return nil
	}
	f := &record.Frame{Second: second, Operation: operation, Parts: map[string]*hdrhistogram.Histogram{record.KafkaSeen: v.spans}}
	v.spans = record.NewHistogram()
	return f
}
