package engine

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/loadgen/plan"
)

// slot holds one due from the moment it is taken from the plan until its outcome is recorded. Its memory is used again
// for the next due. It is owned in turn by the pacer, a worker, the driver and the drainer; channels hand it on.
type slot struct {
	url     string // names the slot to the round tripper
	due     plan.Due
	op      int // index in the table
	lane    int
	behind  uint32 // the slot that waits for this one, + 1; guarded by lanes.mu
	planned time.Time
	fired   time.Time
	action  contract.Action
	message contract.Message
	reply   contract.Reply
	done    func(contract.Reply)
	out     atomic.Bool // taken and not yet drained
}

// newSlots returns n slots whose done functions put them into completed, which must have room for all of them.
func newSlots(n int, completed chan<- uint32) []slot {
	slots := make([]slot, n)
	for i := range slots {
		s := &slots[i]
		s.url = fmt.Sprintf("http://m/#%d", i)
		s.done = func(r contract.Reply) {
			if r.Done.IsZero() {
				r.Done = time.Now()
			}
			s.reply = r
			completed <- uint32(i)
		}
	}
	return slots
}

// lanes keeps the actions of one player in order: a lane is the chain of his slots that are under way, each waiting for
// the one before. A player has two, one for his session and one for his events. Safe for concurrent use.
type lanes struct {
	mu   sync.Mutex
	tail []uint32 // by lane: the last slot of the chain, + 1; 0 when nothing is under way
}

func newLanes(players int) *lanes { return &lanes{tail: make([]uint32, 2*players)} }

// lane returns the number of a player's lane for a kind. Index is his place among the attacker's players.
func lane(index int, k plan.Kind) int {
	if k == plan.Flush {
		return 2*index + 1
	}
	return 2 * index
}

// enter appends slot i to its lane and says whether it has to wait for another.
func (l *lanes) enter(slots []slot, i uint32) (waits bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	tail := &l.tail[slots[i].lane]
	waits = *tail != 0
	if waits {
		slots[*tail-1].behind = i + 1
	}
	*tail = i + 1
	return waits
}

// leave takes slot i, which is the first, from its lane and returns the one that waited for it, if any.
func (l *lanes) leave(slots []slot, i uint32) (next uint32, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := &slots[i]
	if s.behind != 0 {
		next, s.behind = s.behind-1, 0
		return next, true
	}
	l.tail[s.lane] = 0
	return 0, false
}
