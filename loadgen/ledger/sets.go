package ledger

// dense is a set of events that takes one bit for every event of the plan.
type dense []uint64

func newDense(events int64) dense { return make(dense, (events+63)/64) }

func (b dense) has(event int64) bool { return b[event>>6]>>(event&63)&1 != 0 }
func (b dense) set(event int64)      { b[event>>6] |= 1 << (event & 63) }

// pageWords is how many words of a sparse set are kept together: 4,096 events in 512 bytes.
const pageWords = 64

// sparse is a set of few events, or of many that lie together: it takes memory only for pages that hold any.
type sparse map[int64]*[pageWords]uint64

func (s sparse) set(event int64) {
	p := s[event>>12]
	if p == nil {
		p = new([pageWords]uint64)
		s[event>>12] = p
	}
	p[event>>6&(pageWords-1)] |= 1 << (event & 63)
}

// word returns the 64 events from 64*w on.
func (s sparse) word(w int64) uint64 {
	if len(s) == 0 {
		return 0
	}
	if p := s[w/pageWords]; p != nil {
		return p[w%pageWords]
	}
	return 0
}
