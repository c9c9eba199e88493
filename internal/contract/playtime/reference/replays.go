package reference

import (
	"sync"

	"github.com/passmuster/muster/internal/contract/playtime"
)

// maxReplays is how many messages are remembered, at least; at most twice as many.
const maxReplays = 1 << 16

// replays remembers the latest messages by their hash, which covers the nonce and the timestamp. It is safe for
// concurrent use.
type replays struct {
	mu          sync.Mutex
	young, aged map[string]struct{}
}

// again says whether this message was seen before, and remembers it.
func (r *replays) again(req *playtime.Request) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, young := r.young[req.Hash]
	_, aged := r.aged[req.Hash]
	if young || aged {
		return true
	}
	if r.young == nil || len(r.young) >= maxReplays {
		r.young, r.aged = map[string]struct{}{}, r.young
	}
	r.young[req.Hash] = struct{}{}
	return false
}
