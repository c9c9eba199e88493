package reference

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/passmuster/muster/internal/contract"
)

// maxCounted bounds the tokens and addresses that are counted at once. Those above it are let through.
const maxCounted = 1 << 20

// limiter counts requests by the minute of the clock. It is safe for concurrent use.
type limiter struct {
	limits Limits

	mu     sync.Mutex // guards what follows
	minute int64
	counts map[string]int
}

func newLimiter(l Limits) *limiter { return &limiter{limits: l, counts: map[string]int{}} }

// limit counts a request, and refuses the one that is too much. Every request to the service writes. With several
// limits passed, the widest one is told.
func (l *limiter) limit(now time.Time, m *contract.Message) *refusal {
	if l.limits == (Limits{}) {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if minute := now.Unix() / 60; minute != l.minute {
		l.minute = minute
		clear(l.counts)
	}
	token, _ := m.Get("Authorization")
	from := address(m)
	all := l.above("requests "+from, l.limits.AddressRequests)
	one := l.above("writes "+from, l.limits.AddressWrites)
	one = token != "" && l.above("token "+token, l.limits.TokenWrites) || one
	wait := 60 - int(now.Unix()%60)
	switch {
	case all:
		return &refusal{status: http.StatusTooManyRequests, ref: refLimitAll, message: "too many requests in this minute", retryAfter: wait}
	case one:
		return &refusal{status: http.StatusTooManyRequests, ref: refLimitOne, message: "too many writes in this minute", retryAfter: wait}
	}
	return nil
}

// above counts one more of a kind and says whether there are too many now.
func (l *limiter) above(key string, most int) bool {
	if most <= 0 {
		return false
	}
	if _, known := l.counts[key]; !known && len(l.counts) >= maxCounted {
		return false
	}
	l.counts[key]++
	return l.counts[key] > most
}

// address returns where a request comes from, as a proxy tells it. All that come without a word of a proxy come from one.
func address(m *contract.Message) string {
	told, _ := m.Get("X-Forwarded-For")
	first, _, _ := strings.Cut(told, ",")
	return strings.TrimSpace(first)
}
